/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sockets.h"

static volatile int *seen; /* shared with children */

static void
count(int number)
{
	(void)number;
	(*seen)++;
}

static void
handle(int number, int flags)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

/* Again and again: the first may come before the call that is to see it. */
static void
alarms(int flags)
{
	*seen = 0;
	handle(SIGALRM, flags);
	ualarm(100000, 50000);
}

static void
nap(int ms)
{
	usleep((useconds_t)ms * 1000);
}

/* An abstract name whose listener has no room left. */
static int
full_listener(const char *name, int *filler)
{
	struct sockaddr_un at;
	socklen_t length = sockets_named(&at, name, strlen(name + 1) + 1);
	int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(bind(fd, (void *)&at, length));
	MUST(listen(fd, 0));
	*filler = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(connect(*filler, (void *)&at, length));
	return fd;
}

static long
connect_to(const char *name, int limit_s)
{
	struct timeval limit = { .tv_sec = limit_s };
	struct sockaddr_un at;
	socklen_t length = sockets_named(&at, name, strlen(name + 1) + 1);
	int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	long result = connect(fd, (void *)&at, length);
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

static void
say_end(const char *what, pid_t child)
{
	int status;

	MUST(waitpid(child, &status, 0));
	if (WIFSIGNALED(status))
		printf("%s: signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
}

/* ---- connect ------------------------------------------------------------- */

/* A child that waits, gets a signal, and sees it in the way that is said. */
static void
signalled(const char *what, int number, int flags, int limit_s, bool is_let_in)
{
	int filler, listener = full_listener("\0full", &filler);

	*seen = 0;
	fflush(stdout);
	if (flags >= 0)
		handle(number, flags);
	pid_t child = MUST(fork());
	if (child == 0) {
		long result = connect_to("\0full", limit_s);
		fflush(stdout);
		_exit(result == 0 ? 0 : errno);
	}
	(void)signal(number, SIG_DFL);
	nap(400);
	kill(child, number);
	nap(150);
	for (int i = 0; flags >= 0 && *seen == 0 && i < 200; i++)
		nap(50);
	printf("%s: seen %d\n", what, *seen);
	if (is_let_in)
		MUST(accept(listener, NULL, NULL));
	say_end(what, child);
	close(filler);
	close(listener);
}

static void
stopped(void)
{
	int filler, status, listener = full_listener("\0full", &filler);

	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0)
		_exit(connect_to("\0full", 0) == 0 ? 0 : errno);
	nap(150);
	kill(child, SIGSTOP);
	MUST(waitpid(child, &status, WUNTRACED));
	printf("stopped: %d %d\n", WIFSTOPPED(status), WSTOPSIG(status));
	MUST(accept(listener, NULL, NULL));
	kill(child, SIGCONT);
	say_end("continued", child);
	close(filler);
	close(listener);
}

static void *
end_all(void *context)
{
	nap(100);
	_exit(*(int *)context);
}

static void *
do_connect(void *context)
{
	(void)connect_to(context, 0);
	return NULL;
}

static void
ended_by_a_thread(void)
{
	int filler, listener = full_listener("\0full", &filler);

	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		pthread_t thread;
		int status = 42;

		pthread_create(&thread, NULL, end_all, &status);
		(void)connect_to("\0full", 0);
		_exit(1);
	}
	say_end("ended by a thread", child);
	close(filler);
	close(listener);
}

/* Of several that wait one gets it; the others see nothing of that. */
static void
one_of_many(void)
{
	int filler, listener = full_listener("\0full", &filler);

	*seen = 0;
	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		pthread_t threads[8];

		handle(SIGUSR1, SA_RESTART);
		for (size_t i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, do_connect,
			    (void *)(size_t) "\0full");
		nap(150);
		for (int i = 0; i < 5; i++) {
			kill(getpid(), SIGUSR1);
			nap(60);
		}
		_exit(*seen);
	}
	say_end("one of many", child);
	close(filler);
	close(listener);
}

static int
connects(void)
{
	signalled("handler", SIGUSR1, 0, 0, false);
	signalled("restarted", SIGUSR1, SA_RESTART, 0, true);
	signalled("limited", SIGUSR1, SA_RESTART, 5, false);
	signalled("harmless", SIGCHLD, -1, 0, true);
	signalled("terminated", SIGTERM, -1, 0, false);
	signalled("killed", SIGKILL, -1, 0, false);
	stopped();
	ended_by_a_thread();
	one_of_many();
	int filler, listener = full_listener("\0full", &filler);
	SAY(connect_to("\0full", 1));
	close(filler);
	close(listener);
	return 0;
}

/* ---- sending, accepting, opening ----------------------------------------- */

static int
sends(void)
{
	static char much[400000];
	struct iovec iov = { much, sizeof(much) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	int pair[2];

	for (int flags = 0; flags <= SA_RESTART; flags += SA_RESTART) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		alarms(flags);
		long sent = sendmsg(pair[0], &message, 0);
		printf("a part: %d, seen %d\n",
		    sent > 0 && sent<(long)sizeof(much), *seen> 0);
		if (flags == 0)
			SAY(sendmsg(pair[0], &message, 0));
		ualarm(0, 0);
		close(pair[0]);
		close(pair[1]);
	}
	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		(void)sendmsg(pair[0], &message, 0);
		_exit(1);
	}
	nap(100);
	kill(child, SIGKILL);
	say_end("killed", child);
	return 0;
}

static int
accepts(void)
{
	int port, listener = sockets_listener(SOCK_STREAM, &port);

	alarms(0);
	SAY(accept(listener, NULL, NULL));
	ualarm(0, 0);
	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		(void)accept(listener, NULL, NULL);
		_exit(1);
	}
	nap(100);
	kill(child, SIGKILL);
	say_end("killed", child);
	return 0;
}

/* A FIFO by the name of fifo, in the current directory. */
static int
opens(void)
{
	alarms(0);
	SAY(open("fifo", O_RDONLY));
	ualarm(0, 0);
	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		nap(2000);
		_exit(open("fifo", O_WRONLY) < 0 ? errno : 0);
	}
	alarms(SA_RESTART);
	int fd = open("fifo", O_RDONLY);
	ualarm(0, 0);
	printf("open: %s, seen %d\n", fd < 0 ? strerrorname_np(errno) : "yes",
	    *seen > 0);
	say_end("writer", child);
	close(fd);
	fflush(stdout);
	child = MUST(fork());
	if (child == 0)
		_exit(open("fifo", O_RDONLY) < 0);
	nap(100);
	kill(child, SIGKILL);
	say_end("killed", child);
	return 0;
}

/* While a hundred wait, one works. */
static int
many(void)
{
	enum { WAITING = 100 };
	pid_t waiting[WAITING];
	int filler, port, listener = full_listener("\0full", &filler);
	int server = sockets_listener(SOCK_STREAM, &port);
	struct sockaddr_in in = sockets_at("127.0.0.1", port);
	int done = 0;

	fflush(stdout);
	for (int i = 0; i < WAITING; i++) {
		waiting[i] = MUST(fork());
		if (waiting[i] == 0)
			_exit(connect_to("\0full", 0) < 0);
	}
	nap(300);
	for (int i = 0; i < 300; i++) {
		int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

		done += connect(fd, (void *)&in, sizeof(in)) == 0;
		close(fd);
		close(accept(server, NULL, NULL));
	}
	printf("done %d\n", done);
	done = 0;
	for (int i = 0; i < WAITING; i++) {
		done += waitpid(waiting[i], NULL, WNOHANG) == 0;
		kill(waiting[i], SIGKILL);
	}
	printf("waited %d\n", done);
	while (wait(NULL) > 0)
		;
	close(filler);
	close(listener);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} waits[] = {
	{ "connect", connects },
	{ "send", sends },
	{ "accept", accepts },
	{ "open", opens },
	{ "many", many },
};

int
sockets_wait(char **argv)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		if (strcmp(argv[1], waits[i].name) == 0)
			return waits[i].run();
	}
	return 2;
}
