/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench - time commands side by side, one round after the other, so that
 * whatever the machine does besides falls on all of them alike.
 *
 *     bench ROUNDS NAME COMMAND [ARG...] [+ COMMAND [ARG...]]... -- NAME ...
 *
 * Prints for each the median and the least wall time in milliseconds, the
 * ratio of its median to that of the first, and the peak resident memory of
 * its processes. What is joined by "+" is one item, timed as a whole.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ITEMS_MAX  16
#define ROUNDS_MAX 10000

struct item {
	const char *name;
	char **argv; /* commands, with NULL for each "+" and at the end */
	int commands;
	double *ms;
	long rss_kib;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
run_command(struct item *item, char **argv)
{
	posix_spawn_file_actions_t files;
	struct rusage usage;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&files);
	/* A program for bubblewrap may be open as 9: it is read each time. */
	(void)lseek(9, 0, SEEK_SET);
	for (int fd = 0; fd <= 1; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null",
		    O_RDWR, 0);
	if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) != 0 ||
	    wait4(pid, &status, 0, &usage) < 0) {
		perror(argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&files);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench: %s: %s ended with status %d\n",
		    item->name, argv[0], status);
		exit(1);
	}
	if (usage.ru_maxrss > item->rss_kib)
		item->rss_kib = usage.ru_maxrss;
}

static double
run_item(struct item *item)
{
	double before = now_ms();
	char **argv = item->argv;

	for (int i = 0; i < item->commands; i++) {
		run_command(item, argv);
		while (*argv != NULL)
			argv++;
		argv++;
	}
	return now_ms() - before;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static int
read_items(struct item *items, int argc, char **argv)
{
	int count = 0;

	for (int at = 0; at < argc && count < ITEMS_MAX; at++) {
		struct item *item = &items[count++];

		item->name = argv[at++];
		item->argv = &argv[at];
		item->commands = 1;
		for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
			if (strcmp(argv[at], "+") == 0) {
				argv[at] = NULL;
				item->commands++;
			}
		}
		if (at < argc)
			argv[at] = NULL;
	}
	return count;
}

int
main(int argc, char **argv)
{
	struct item items[ITEMS_MAX] = { 0 };
	int rounds = argc > 2 ? atoi(argv[1]) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench ROUNDS NAME COMMAND ... "
				"[-- NAME COMMAND ...]\n");
		return 2;
	}
	int count = read_items(items, argc - 2, argv + 2);
	for (int i = 0; i < count; i++) {
		items[i].ms = calloc((size_t)rounds, sizeof(double));
		if (items[i].ms == NULL)
			return 1;
		(void)run_item(&items[i]); /* caches are warm from here */
		items[i].rss_kib = 0;
	}
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < count; i++)
			items[i].ms[round] = run_item(&items[i]);
	}
	printf("%-28s %9s %9s %7s %9s\n", "", "median ms", "least ms", "ratio",
	    "peak KiB");
	for (int i = 0; i < count; i++)
		qsort(items[i].ms, (size_t)rounds, sizeof(double), compare);
	for (int i = 0; i < count; i++)
		printf("%-28s %9.2f %9.2f %7.2f %9ld\n", items[i].name,
		    items[i].ms[rounds / 2], items[i].ms[0],
		    items[i].ms[rounds / 2] / items[0].ms[rounds / 2],
		    items[i].rss_kib);
	return 0;
}
