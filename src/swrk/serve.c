/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve - run criu, ask, pass on what it says.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "os/os.h"
#include "swrk.h"

/* Older ones do not know all that they may be asked, and do not say so. */
#define OLDEST 31600u

#define ANSWER_MAX (64u << 10)

struct work {
	const struct criu_reader *request;
	int lorica;    /* the socket to it */
	int criu;      /* and to criu */
	pid_t pid;     /* criu's */
	int status_fd; /* to be told when pages can be had, or -1 */
};

static const char *const logs[] = {
	[CRIU_DUMP] = "dump.log",
	[CRIU_PRE_DUMP] = "dump.log",
	[CRIU_RESTORE] = "restore.log",
};

/* ---- criu's process --------------------------------------------------------
 */

static void __attribute__((noreturn)) become_criu(int socket)
{
	static char name[] = "criu", verb[] = "swrk";
	char number[16];
	char *arguments[] = { name, verb, number, NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(number, sizeof(number), "%d", socket);
	/* It asks nobody and prints nothing. */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    fcntl(socket, F_SETFD, 0) < 0)
		_exit(126);
	execvp(name, arguments);
	dprintf(2, "%s", strerrordesc_np(errno));
	_exit(127);
}

static int
start(struct work *work, struct error *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	work->criu = pair[0];
	AUTO_FD int its = pair[1];
	work->pid = fork();
	if (work->pid == 0)
		become_criu(its);
	return work->pid < 0 ? error_sys(e, "fork") : 0;
}

static void
end(struct work *work)
{
	auto_close(&work->criu);
	while (
	    work->pid > 0 && waitpid(work->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- talking ----------------------------------------------------------------
 */

static int
ended(struct error *e)
{
	return error_set(e, ECHILD, "criu ended without an answer");
}

static int
say(const struct work *work, char *text, size_t length, struct error *e)
{
	AUTO_FREE char *owned = text;

	if (owned == NULL)
		return error_errno(e, ENOMEM, "memory");
	if (send(work->criu, owned, length, MSG_NOSIGNAL) != (ssize_t)length)
		return errno == EPIPE ? ended(e) : error_sys(e, "ask criu");
	return 0;
}

/* Its next answer; *fd came along, or is -1. */
static int
hear(const struct work *work, struct swrk_answer *out, int *fd, struct error *e)
{
	static char text[ANSWER_MAX];
	ssize_t got;

	do
		got = os_receive_fd(work->criu, text, sizeof(text), fd);
	while (got < 0 && errno == EINTR);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return ended(e);
	if (got < 0)
		return error_sys(e, "hear criu");
	if (!swrk_read(text, (size_t)got, out))
		return error_set(e, EPROTO, "criu's answer is malformed");
	return 0;
}

static int
check_version(const struct work *work, struct error *e)
{
	struct swrk_answer answer;
	AUTO_FD int fd = -1;
	size_t length = 0;
	char *question = swrk_question(SWRK_VERSION, &length);

	TRY(say(work, question, length, e));
	TRY(hear(work, &answer, &fd, e));
	if (answer.version < OLDEST)
		return error_set(e, ENOTSUP,
		    "criu %u.%u or newer is needed; this is %u.%u",
		    OLDEST / 10000, OLDEST / 100 % 100, answer.version / 10000,
		    answer.version / 100 % 100);
	return 0;
}

/* Pass an event on and hear whether to go on. */
static int
pass_on(const struct work *work, const struct swrk_answer *answer, int fd,
    struct error *e)
{
	struct criu_message message = { .pid = answer->pid };
	struct error verdict = { 0 };
	size_t length;
	char *text;

	memcpy(message.script, answer->script, sizeof(message.script));
	if (strcmp(answer->script, "status-ready") == 0 &&
	    work->status_fd >= 0 && write(work->status_fd, "", 1) != 1)
		error_sys(&verdict, "--status-fd");
	if (os_send_fd(work->lorica, &message, sizeof(message), fd) < 0)
		return error_sys(e, "answer");
	struct error reply = { 0 };
	if (recv(work->lorica, &reply, sizeof(reply), 0) !=
	    (ssize_t)sizeof(reply))
		return error_set(e, ECHILD, "nobody waits any more");
	/*
	 * It would wait for init, which waits for its other processes to be
	 * waited for, which criu that traces them would do after init.
	 */
	if (reply.code != 0 && strcmp(answer->script, "pre-resume") == 0) {
		(void)kill(work->pid, SIGKILL);
		return error_set(e, ECANCELED, "it is not to run");
	}
	text = swrk_go_on(reply.code == 0 && verdict.code == 0, &length);
	TRY(say(work, text, length, e));
	*e = verdict;
	return -e->code;
}

static int
follow(const struct work *work, struct error *e)
{
	for (;;) {
		struct swrk_answer answer;
		AUTO_FD int fd = -1;

		TRY(hear(work, &answer, &fd, e));
		if (answer.type == SWRK_NOTIFY) {
			TRY(pass_on(work, &answer, fd, e));
			continue;
		}
		if (answer.success)
			return 0;
		int code = answer.code > 0 ? answer.code : EIO;
		return answer.text[0] != '\0'
			   ? error_set(e, code, "criu: %s", answer.text)
			   : error_set(e, code, "criu failed%s%s",
				 answer.code > 0 ? ": " : "",
				 answer.code > 0 ? strerrordesc_np(code) : "");
	}
}

static int
work_through(struct work *work, struct error *e)
{
	char *text;
	size_t length;

	TRY(swrk_work(work->request, &text, &length, e));
	AUTO_FREE char *owned = text;
	TRY(start(work, e));
	TRY(check_version(work, e));
	TRY(say(work, take(&owned), length, e));
	return follow(work, e);
}

/* Not for criu: it would say it to whom it finds at that number. */
static int
status_fd(struct criu_reader reader)
{
	const char *name, *value;
	int fd = -1;

	while (criu_next(&reader, &name, &value)) {
		if (strcmp(name, CRIU_STATUS_FD) == 0)
			fd = (int)strtol(value, NULL, 10);
	}
	return fd;
}

int
swrk_serve(const struct criu_reader *request, int socket, struct error *e)
{
	AUTO(end)
	struct work work = { .request = request,
		.lorica = socket,
		.criu = -1,
		.status_fd = status_fd(*request) };
	char errors[1024];

	/* What is there is of another time. */
	(void)unlinkat(CRIU_FD_WORK, logs[request->verb], 0);
	if (work_through(&work, e) == 0)
		return 0;
	/* Its log is whole when it has ended. */
	end(&work);
	work.criu = work.pid = -1;
	swrk_log_errors(CRIU_FD_WORK, logs[request->verb], errors,
	    sizeof(errors));
	if (errors[0] == '\0')
		text_last_line(2, errors, sizeof(errors));
	if (errors[0] != '\0') {
		int code = e->code;

		/* It says more than criu's answer. */
		*e = (struct error){ 0 };
		error_set(e, code, "criu: %s", errors);
	}
	return -e->code;
}
