/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delay - calls of one task that last or block, and what others come to
 * meanwhile; for the tests of the sentry, which is to serve those.
 *
 * delay blocked COUNT   so many threads open a FIFO that nobody writes
 * delay lingering COUNT so many sockets are closed that linger, while a thread
 *                       asks for their names
 * delay long WHAT COUNT a call of that kind, so often
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"

#define STACK (64u << 10)

static void
need(bool is_so, const char *what)
{
	if (is_so)
		return;
	perror(what);
	exit(1);
}

static void
start(void *(*run)(void *), void *context)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&thread, &attributes, run, context);
	need(errno == 0, "pthread_create");
}

static void
open_one(void)
{
	int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);

	fd = fd < 0 ? fd : close(fd);
	fd = open("/bin/delay", O_RDONLY | O_CLOEXEC);
	need(fd >= 0, "open");
	close(fd);
}

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* ---- that block ---------------------------------------------------------- */

static const char fifo[] = "/tmp/fifo";
static pthread_barrier_t all;

static void *
block(void *context)
{
	(void)pthread_barrier_wait(&all);
	(void)open(fifo, O_RDONLY | O_CLOEXEC);
	return context;
}

static int
blocked(int count)
{
	need(mkfifo(fifo, 0600) == 0, "mkfifo");
	(void)pthread_barrier_init(&all, NULL, (unsigned)count + 1);
	for (int i = 0; i < count; i++)
		start(block, NULL);
	open_one();
	(void)pthread_barrier_wait(&all);
	usleep(20000);
	double began = now();
	for (int i = 0; i < 20; i++)
		open_one();
	printf("%.3f\n", now() - began);
	return 0;
}

/* ---- that linger --------------------------------------------------------- */

static atomic_int asked = -1;

static void *
ask(void *context)
{
	struct sockaddr_in name;
	socklen_t length;

	while (context == NULL) {
		length = sizeof(name);
		(void)getsockname(atomic_load(&asked), (void *)&name, &length);
	}
	return context;
}

static void *
ask_as_directory(void *context)
{
	while (context == NULL)
		(void)openat(atomic_load(&asked), "x", O_RDONLY | O_CLOEXEC);
	return context;
}

static void *
end(void *context)
{
	close((int)(intptr_t)context);
	return NULL;
}

static int
lingering_socket(const struct sockaddr_in *to)
{
	static const char bytes[1 << 16];
	const struct linger linger = { 1, 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(connect(fd, (const void *)to, sizeof(*to)) == 0, "connect");
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	need(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) ==
		 0,
	    "SO_LINGER");
	return fd;
}

static int
lingering(int count)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(bind(listening, (void *)&address, length) == 0, "bind");
	need(listen(listening, count) == 0, "listen");
	need(getsockname(listening, (void *)&address, &length) == 0, "name");
	start(ask, NULL);
	start(ask_as_directory, NULL);
	for (int i = 0; i < count; i++) {
		int fd = lingering_socket(&address);

		atomic_store(&asked, fd);
		usleep((useconds_t)(i % 30) * 10);
		start(end, (void *)(intptr_t)fd);
		usleep(2000);
		atomic_store(&asked, -1);
		open_one();
	}
	puts("ok");
	return 0;
}

/* ---- that last ----------------------------------------------------------- */

static char deep[PATH_MAX];
static const char large[] = "/tmp/large";

/* "d/../d/../", and then that name. */
static void
fill(char *out, size_t at, const char *last)
{
	for (; at + 16 < PATH_MAX; at += 5)
		memcpy(out + at, "d/../", 5);
	snprintf(out + at, 16, "%s", last);
}

/* As many links as the kernel follows, each of as many names as it takes. */
static void
make_deep(void)
{
	char target[PATH_MAX], name[32], last[16] = "d";

	need(mkdir("/tmp/d", 0755) == 0, "mkdir");
	for (int i = 0; i < 39; i++) {
		snprintf(name, sizeof(name), "/tmp/l%d", i);
		fill(target, 0, last);
		need(symlink(target, name) == 0, "symlink");
		snprintf(last, sizeof(last), "l%d", i);
	}
	memcpy(deep, "/tmp/", 5);
	fill(deep, 5, last);
}

static void
make_large(void)
{
	static char bytes[1 << 20];
	int fd = open(large, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	memset(bytes, 1, sizeof(bytes));
	for (int i = 0; i < 256; i++)
		need(write(fd, bytes, sizeof(bytes)) == sizeof(bytes), "write");
	close(fd);
}

static void
walk(void)
{
	struct open_how how = { .resolve = RESOLVE_NO_MAGICLINKS };

	int fd = (int)syscall(SYS_openat2, AT_FDCWD, deep, &how, sizeof(how));
	need(fd >= 0, "openat2");
	close(fd);
}

static void
execute(void)
{
	char *const none[] = { NULL };

	(void)execve(deep, none, none);
}

static void
remove_large(void)
{
	need(unlink(large) == 0, "unlink");
}

static void
truncate_large(void)
{
	need(truncate(large, 0) == 0, "truncate");
}

static void
open_large(void)
{
	close(open(large, O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static const struct kind {
	const char *name;
	void (*make)(void);
	void (*call)(void);
	bool is_made_once;
} kinds[] = {
	{ "openat2", make_deep, walk, true },
	{ "execve", make_deep, execute, true },
	{ "unlink", make_large, remove_large, false },
	{ "truncate", make_large, truncate_large, false },
	{ "O_TRUNC", make_large, open_large, false },
};

struct seen {
	atomic_bool is_on, is_over;
	atomic_long during;
};

static void
other(struct seen *seen)
{
	while (!atomic_load(&seen->is_over)) {
		bool is_on = atomic_load(&seen->is_on);

		open_one();
		if (is_on && atomic_load(&seen->is_on))
			atomic_fetch_add(&seen->during, 1);
	}
	_exit(0);
}

static int
last(const struct kind *kind, int count)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double took = 0;

	pid_t child = fork();
	if (child == 0)
		other(seen);
	for (int i = 0; i < count; i++) {
		if (i == 0 || !kind->is_made_once)
			kind->make();
		double began = now();
		atomic_store(&seen->is_on, true);
		kind->call();
		atomic_store(&seen->is_on, false);
		took += now() - began;
	}
	atomic_store(&seen->is_over, true);
	waitpid(child, NULL, 0);
	printf("%ld %.3f\n", atomic_load(&seen->during), took);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "blocked") == 0)
		return blocked(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "lingering") == 0)
		return lingering(atoi(argv[2]));
	for (size_t i = 0; argc == 4 && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(argv[2], kinds[i].name) == 0)
			return last(&kinds[i], atoi(argv[3]));
	}
	return 2;
}
