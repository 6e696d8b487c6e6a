/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal - wait for init in the foreground: pass signals on, and relay
 * between our terminal and the container's.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"
#include "question.h"

struct relay {
	int signals;
	int master; /* -1: no terminal */
	int input;  /* 0 while it is relayed, else -1 */
	int job;
	int parent;
	pid_t pid;
	struct notify *notify;
	struct questions *questions; /* NULL: nobody is asked */
	bool is_raw;                 /* our terminal, which was as saved */
	struct termios saved;
};

static void
copy_size(int master)
{
	struct winsize size;

	if (master >= 0 && ioctl(0, TIOCGWINSZ, &size) == 0)
		(void)ioctl(master, TIOCSWINSZ, &size);
}

void
making_console_size(int master, const struct spec_process *process)
{
	sigset_t changed;

	/* One that comes from now on waits for the relay. */
	sigemptyset(&changed);
	sigaddset(&changed, SIGWINCH);
	sigprocmask(SIG_BLOCK, &changed, NULL);
	/* With a zero in it is none, for init too. */
	if (process->console_height.value == 0 ||
	    process->console_width.value == 0)
		copy_size(master);
}

void
making_hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
}

int
making_watch_signals(struct making *making, struct error *e)
{
	sigset_t all;

	making_hold_signals(&making->unheld);
	sigfillset(&all);
	making->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return making->signals < 0 ? error_sys(e, "signalfd") : 0;
}

static void
pass_signal(const struct relay *relay)
{
	struct signalfd_siginfo info;

	if (read(relay->signals, &info, sizeof(info)) != sizeof(info))
		return;
	/* Of who was to answer; what it ends may be the program as well. */
	if (info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT)
		questions_interrupt(relay->questions);
	if (info.ssi_signo == SIGWINCH)
		copy_size(relay->master);
	/* The program's end comes by the pidfd; the rest is for it. */
	else if (info.ssi_signo != SIGCHLD && info.ssi_signo != SIGURG)
		kill(relay->pid, (int)info.ssi_signo);
}

static void
go_raw(const struct relay *relay)
{
	struct termios raw = relay->saved;

	if (!relay->is_raw)
		return;
	cfmakeraw(&raw);
	(void)tcsetattr(0, TCSANOW, &raw);
}

static void
go_back(const struct relay *relay)
{
	if (relay->is_raw)
		(void)tcsetattr(0, TCSANOW, &relay->saved);
}

/*
 * The program was stopped, by its terminal say. Then whoever waits for us is to
 * see the same of us; and when we go on, so does the program.
 */
static void
stop_too(struct relay *relay)
{
	char byte;

	if (read(relay->job, &byte, 1) != 1) {
		relay->job = -1;
		return;
	}
	go_back(relay);
	(void)raise(SIGSTOP);
	/* Others have written there, and who goes on has not read it. */
	if (questions_has_terminal(relay->questions))
		questions_show(relay->questions);
	else
		go_raw(relay);
	copy_size(relay->master);
	kill(relay->pid, SIGCONT);
}

/* Copy what is there; false at the end of it. */
static bool
copy(int from, int to)
{
	char buf[4096];
	ssize_t got = read(from, buf, sizeof(buf));
	ssize_t done = 0;

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	while (done < got) {
		ssize_t put = write(to, buf + done, (size_t)(got - done));
		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0)
			done += put;
	}
	return got > 0;
}

enum {
	SIGNALS,
	MASTER,
	INPUT,
	NOTIFY,
	JOB,
	PARENT,
	INIT,
	QUESTIONS,
	COUNT = QUESTIONS + QUESTION_FDS,
};

static void
relay_input(struct relay *relay)
{
	if (questions_has_terminal(relay->questions))
		questions_typed(relay->questions);
	else if (!copy(0, relay->master))
		relay->input = -1;
}

/* A question has our terminal, or no more. */
static void
turn_terminal(struct relay *relay, bool had_terminal)
{
	bool has_terminal = questions_has_terminal(relay->questions);

	if (had_terminal == has_terminal)
		return;
	if (!has_terminal) {
		go_raw(relay);
		return;
	}
	go_back(relay);
	questions_show(relay->questions);
}

static void
relay_ready(struct relay *relay, const struct pollfd fds[COUNT])
{
	if (fds[SIGNALS].revents != 0)
		pass_signal(relay);
	if (fds[MASTER].revents != 0 && !copy(relay->master, 1))
		relay->master = -1;
	if (fds[INPUT].revents != 0)
		relay_input(relay);
	if (fds[NOTIFY].revents != 0)
		notify_read(relay->notify);
	if (fds[JOB].revents != 0)
		stop_too(relay);
	if (fds[PARENT].revents != 0) {
		kill(relay->pid, SIGKILL);
		relay->parent = -1;
	}
}

/* As relay_ready(), where there may be questions. */
static void
relay_hear(struct relay *relay, const struct pollfd fds[COUNT])
{
	bool had_terminal = questions_has_terminal(relay->questions);

	relay_ready(relay, fds);
	questions_hear(relay->questions, fds + QUESTIONS);
	if (fds[INIT].revents != 0)
		questions_end(relay->questions);
	turn_terminal(relay, had_terminal);
}

/* Wait for something; pidfd is -1 when init has ended: then for nothing. */
static int
relay_await(const struct relay *relay, int pidfd, struct pollfd fds[COUNT])
{
	struct questions *questions = pidfd < 0 ? NULL : relay->questions;
	/* What the container writes could change what is asked. */
	bool is_asked = questions_has_terminal(relay->questions);
	const struct pollfd others[QUESTIONS] = {
		[SIGNALS] = { relay->signals, POLLIN, 0 },
		[MASTER] = { is_asked ? -1 : relay->master, POLLIN, 0 },
		[INPUT] = { relay->input, POLLIN, 0 },
		[NOTIFY] = { relay->notify->socket, POLLIN, 0 },
		[JOB] = { relay->job, POLLIN, 0 },
		[PARENT] = { relay->parent, POLLIN, 0 },
		[INIT] = { pidfd, POLLIN, 0 },
	};

	memcpy(fds, others, sizeof(others));
	int time = questions_await(questions, fds + QUESTIONS);
	return poll(fds, COUNT, pidfd < 0 ? 0 : time);
}

/* Until init has ended and its last words are copied. */
static void
relay_loop(struct relay *relay, int pidfd)
{
	while (pidfd >= 0 || relay->master >= 0) {
		struct pollfd fds[COUNT];
		int ready = relay_await(relay, pidfd, fds);

		if (ready == 0 && pidfd < 0)
			return;
		if (ready < 0)
			continue;
		relay_hear(relay, fds);
		if (fds[INIT].revents != 0)
			pidfd = -1;
	}
}

static int
reap(int pidfd, int *status, struct error *e)
{
	siginfo_t info;

	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0) {
		if (errno != EINTR)
			return error_sys(e, "wait for init");
	}
	*status =
	    info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	return 0;
}

int
making_wait(int pidfd, pid_t pid, int master, int *status, struct error *e)
{
	struct notify nobody = { .socket = -1 };
	const struct making_wait what = { pidfd, pid, master, -1, -1, &nobody,
		NULL };

	return making_wait_for(&what, status, e);
}

int
making_wait_for(const struct making_wait *what, int *status, struct error *e)
{
	struct relay relay = {
		.master = what->master,
		.input = what->master >= 0 ? 0 : -1,
		.job = what->job,
		.parent = what->parent,
		.pid = what->pid,
		.notify = what->notify,
		.questions = what->questions,
	};
	sigset_t all;
	sigset_t before;

	relay.is_raw = what->master >= 0 && tcgetattr(0, &relay.saved) == 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	AUTO_FD int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return error_sys(e, "signalfd");
	relay.signals = signals;
	go_raw(&relay);
	relay_loop(&relay, what->pidfd);
	go_back(&relay);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return reap(what->pidfd, status, e);
}
