/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hog memory BYTES       touch that much memory, say so, and wait
 * hog processes N        make N processes that wait; prints how many there are
 * hog bomb               and those make others, for ever
 * hog cpu MS             compute for that long; prints where it was allowed to
 * hog pages BYTES        the same as memory, in huge pages; prints the error
 * hog open YES NO        open YES, which must succeed, and NO, which must not,
 *                        until SIGTERM; prints how often, or what was wrong
 * hog lock N             take the lock of descriptor N, as flock(1) does
 * hog rdma PATH N        open N contexts of that device; prints how many it got
 *
 * A static program that wants more than its share, for test bundles.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <rdma/ib_user_verbs.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Until somebody kills us: as the first process no default action does. */
static int
wait_for_ever(void)
{
	fflush(stdout);
	signal(SIGTERM, stop);
	while (stopped == 0)
		pause();
	return 0;
}

static int
hog_memory(char **words)
{
	size_t size = strtoull(words[0], NULL, 10);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	for (size_t at = 0; at < size; at += PAGE)
		((volatile char *)memory)[at] = 1;
	puts("all of it");
	return wait_for_ever();
}

static int
hog_processes(char **words)
{
	int wanted = atoi(words[0]);
	int made = 0;

	while (made < wanted) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				pause();
		if (pid < 0)
			break;
		made++;
	}
	printf("%d%s%s\n", made, made < wanted ? " " : "",
	    made < wanted ? strerrorname_np(errno) : "");
	return wait_for_ever();
}

static int
hog_bomb(char **words)
{
	(void)words;
	while (stopped == 0)
		(void)fork();
	return 0;
}

static double
seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
hog_cpu(char **words)
{
	double end = seconds(CLOCK_MONOTONIC) + atof(words[0]) / 1000;
	cpu_set_t allowed;

	CPU_ZERO(&allowed);
	while (seconds(CLOCK_MONOTONIC) < end)
		;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return 1;
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &allowed))
			printf("%zu ", cpu);
	}
	putchar('\n');
	return 0;
}

static int
hog_pages(char **words)
{
	size_t size = strtoull(words[0], NULL, 10);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (memory == MAP_FAILED) {
		puts(strerrorname_np(errno));
		return 0;
	}
	for (size_t at = 0; at < size; at += PAGE)
		((volatile char *)memory)[at] = 1;
	puts("all of it");
	return 0;
}

static int
hog_open(char **words)
{
	unsigned long times = 0;

	signal(SIGTERM, stop);
	puts("opening");
	fflush(stdout);
	for (; stopped == 0; times++) {
		int yes = open(words[0], O_RDONLY | O_CLOEXEC);
		int no = open(words[1], O_RDONLY | O_CLOEXEC);

		if (yes < 0 || no >= 0) {
			printf("after %lu: %s was %s\n", times,
			    words[yes < 0 ? 0 : 1],
			    yes < 0 ? "refused" : "allowed");
			return 1;
		}
		close(yes);
	}
	printf("%lu times\n", times);
	return 0;
}

static int
hog_rdma(char **words)
{
	int wanted = atoi(words[1]);
	int made = 0;

	for (; made < wanted; made++) {
		struct ib_uverbs_get_context_resp answer = { 0 };
		struct {
			struct ib_uverbs_cmd_hdr header;
			struct ib_uverbs_get_context ask;
		} command = {
			.header = {
				.command = IB_USER_VERBS_CMD_GET_CONTEXT,
				.in_words = sizeof(command) / 4,
				.out_words = sizeof(answer) / 4,
			},
			.ask = { .response = (uintptr_t)&answer },
		};
		int fd = open(words[0], O_RDWR);

		if (fd < 0 || write(fd, &command, sizeof(command)) < 0)
			break;
	}
	printf("%d%s%s\n", made, made < wanted ? " " : "",
	    made < wanted ? strerrorname_np(errno) : "");
	return wait_for_ever();
}

static int
hog_lock(char **words)
{
	return flock(atoi(words[0]), LOCK_EX | LOCK_NB) < 0;
}

static const struct {
	const char *name;
	int words;
	int (*run)(char **words);
} ways[] = {
	{ "memory", 1, hog_memory },
	{ "processes", 1, hog_processes },
	{ "bomb", 0, hog_bomb },
	{ "cpu", 1, hog_cpu },
	{ "pages", 1, hog_pages },
	{ "open", 2, hog_open },
	{ "lock", 1, hog_lock },
	{ "rdma", 2, hog_rdma },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[1], ways[i].name) == 0 &&
		    argc - 2 == ways[i].words)
			return ways[i].run(argv + 2);
	}
	return 2;
}
