/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls - what a system call costs who makes it: the least of many rounds, in
 * ns, a line each.
 *
 *     calls [THREADS]     that many more, which sleep
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15

static int listener;

static void
do_getppid(void)
{
	(void)syscall(SYS_getppid);
}

static void
do_open(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		exit(1);
	close(fd);
}

static void
do_stat(void)
{
	struct stat st;

	if (stat("/etc/passwd", &st) < 0)
		exit(1);
}

static void
do_lookup(void)
{
	if (access("/etc/nothing", F_OK) == 0)
		exit(1);
}

/* A datagram socket: nothing but the address is set. */
static void
do_connect(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (connect(listener, (const struct sockaddr *)&to, sizeof(to)) < 0)
		exit(1);
}

static const struct {
	const char *name;
	void (*run)(void);
	int times;
} calls[] = {
	{ "getppid", do_getppid, 20000 },
	{ "openat+close", do_open, 1000 },
	{ "stat", do_stat, 1000 },
	{ "access of nothing", do_lookup, 1000 },
	{ "connect, a datagram socket's", do_connect, 1000 },
};

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *
sleeps(void *context)
{
	for (;;)
		pause();
	return context;
}

int
main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 0;

	listener = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (listener < 0)
		return 1;
	for (int i = 0; i < threads; i++) {
		pthread_attr_t attr;
		pthread_t id;

		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, 65536);
		if (pthread_create(&id, &attr, sleeps, NULL) != 0)
			return 1;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		double least = 1e18;

		for (int round = 0; round < ROUNDS; round++) {
			double begin = now_ns();
			for (int n = 0; n < calls[i].times; n++)
				calls[i].run();
			double took = (now_ns() - begin) / calls[i].times;
			if (took < least)
				least = took;
		}
		printf("%s\t%.0f\n", calls[i].name, least);
	}
	return 0;
}
