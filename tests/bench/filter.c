/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - what a profile costs as libseccomp compiles it, as a list and as a
 * tree, and as lorica does: instructions, time to compile and to load, time of
 * a call. Side by side, the best of many rounds.
 *
 *     filter CONFIG     its linux.seccomp
 */
#define _GNU_SOURCE
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../src/filter/program.h"
#include "base/auto.h"
#include "base/limits.h"
#include "os/os.h"

#define ROUNDS 25
#define CALLS  200000

/* What is timed: a call that is always allowed, two that are looked at, one
 * that is refused. None does any work. */
static const struct {
	const char *name;
	long number;
	long args[3];
} calls[] = {
	{ "getpid", SYS_getpid, { 0 } },
	{ "personality", SYS_personality, { 0xffffffff } },
	{ "socket", SYS_socket, { AF_UNIX, -1 } },
	{ "ioctl", SYS_ioctl, { -1, 0 } },
	{ "refused", SYS_kexec_load, { 0 } },
};

#define CALLS_KINDS (sizeof(calls) / sizeof(calls[0]))

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

struct result {
	double load_us;
	double call_ns[CALLS_KINDS];
};

static void
measure(const struct filter *filter, struct result *out)
{
	const struct sock_fprog program = { filter->count, filter->insns };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	double begin = now_us();
	if (filter->insns != NULL &&
	    os_seccomp_load(SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) < 0)
		_exit(1);
	out->load_us = now_us() - begin;
	for (size_t k = 0; k < CALLS_KINDS; k++) {
		begin = now_us();
		for (int i = 0; i < CALLS; i++)
			syscall(calls[k].number, calls[k].args[0],
			    calls[k].args[1], calls[k].args[2]);
		out->call_ns[k] = (now_us() - begin) * 1e3 / CALLS;
	}
}

/* In a process of its own, as a filter stays. Keeps the least of each. */
static void
take_one(const struct filter *filter, struct result *shared,
    struct result *least)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		measure(filter, shared);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "filter: cannot be loaded\n");
		exit(1);
	}
	if (least->load_us > shared->load_us)
		least->load_us = shared->load_us;
	for (size_t k = 0; k < CALLS_KINDS; k++) {
		if (least->call_ns[k] > shared->call_ns[k])
			least->call_ns[k] = shared->call_ns[k];
	}
}

struct kind {
	const char *name;
	unsigned optimize; /* 0: no filter */
	bool ours;
	struct filter filter;
	double compile_ms;
	struct result least;
};

static void
compile(struct kind *kind, const struct spec_seccomp *profile)
{
	struct error e = { 0 };

	kind->compile_ms = 1e9;
	for (int i = 0; i < 5; i++) {
		double begin = now_us();

		filter_free(&kind->filter);
		if (filter_compile(profile, kind->optimize, &kind->filter, &e) <
			0 ||
		    (kind->ours &&
			filter_add_enosys(profile, &kind->filter, &e) < 0)) {
			fprintf(stderr, "filter: %s\n", e.text);
			exit(1);
		}
		if (kind->ours)
			filter_optimize(&kind->filter);
		double ms = (now_us() - begin) / 1e3;
		if (ms < kind->compile_ms)
			kind->compile_ms = ms;
	}
}

static void
print(const struct kind *kind)
{
	printf("%-22s %6u %10.2f %8.0f", kind->name, kind->filter.count,
	    kind->optimize == 0 ? 0 : kind->compile_ms,
	    kind->optimize == 0 ? 0 : kind->least.load_us);
	for (size_t k = 0; k < CALLS_KINDS; k++)
		printf(" %11.0f", kind->least.call_ns[k]);
	printf("\n");
}

int
main(int argc, char **argv)
{
	static char text[LIMIT_JSON_BYTES];
	struct kind kinds[] = {
		{ .name = "no filter" },
		{ .name = "libseccomp's list", .optimize = 1 },
		{ .name = "libseccomp's tree", .optimize = 2 },
		{ .name = "lorica", .optimize = 1, .ours = true },
	};
	struct error e = { 0 };
	struct spec *spec = NULL;
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;

	if (in == NULL)
		return 2;
	size_t length = fread(text, 1, sizeof(text), in);
	(void)fclose(in);
	if (spec_parse(text, length, NULL, NULL, &spec, &e) < 0 ||
	    spec->lnx.seccomp == NULL) {
		fprintf(stderr, "filter: %s: %s\n", argv[1], e.text);
		return 1;
	}
	struct result *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].optimize != 0)
			compile(&kinds[i], spec->lnx.seccomp);
		kinds[i].least.load_us = 1e9;
		for (size_t k = 0; k < CALLS_KINDS; k++)
			kinds[i].least.call_ns[k] = 1e9;
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			take_one(&kinds[i].filter, shared, &kinds[i].least);
	}
	printf("%-22s %6s %10s %8s", "", "insns", "compile ms", "load us");
	for (size_t k = 0; k < CALLS_KINDS; k++)
		printf(" %8s ns", calls[k].name);
	printf("\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		print(&kinds[i]);
		filter_free(&kinds[i].filter);
	}
	spec_free(&spec);
	return 0;
}
