/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "filter/learn.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "support.h"

static char notes[4096];

static void
note(void *context, const char *text)
{
	(void)context;
	(void)strncat(notes, text, sizeof(notes) - strlen(notes) - 2);
	(void)strcat(notes, "\n");
}

static struct filter_learned *
learned_of(const struct seccomp_data *calls, size_t count)
{
	struct error e = { 0 };
	struct filter_learned *learned = filter_learned_new(&e);

	cr_assert(learned != NULL);
	for (size_t i = 0; i < count; i++)
		filter_learn(learned, &calls[i]);
	return learned;
}

#define CALL(number, ...)                                                      \
	{                                                                      \
		.nr = (number), .arch = FILTER_NATIVE_ARCH, .args = {          \
			__VA_ARGS__                                            \
		}                                                              \
	}

/* The profile, with those merged, as a program. */
static struct filter
program(const struct filter_learned *learned, const char *const *merge,
    size_t count)
{
	struct json_arena *arena = json_arena_new();
	struct spec *specs[4] = { NULL };
	const struct spec_seccomp *profiles[4];
	struct spec_seccomp profile;
	struct filter filter = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < count; i++) {
		cr_assert(zero(int, spec_parse_profile(merge[i],
					strlen(merge[i]), 0, &specs[i], &e)),
		    "%s", e.text);
		profiles[i] = specs[i]->lnx.seccomp;
	}
	const struct filter_merge all = { profiles, count, note, NULL };
	cr_assert(zero(int,
	    filter_learned_profile(learned, &all, arena, &profile, &e)));
	cr_assert(zero(int, filter_prepare(&profile, -1, &filter, &e)), "%s",
	    e.text);
	cr_assert(zero(int, filter_check_start(&filter, &e)));
	for (size_t i = 0; i < count; i++)
		spec_free(&specs[i]);
	json_arena_free(&arena);
	return filter;
}

static uint32_t
answer(const struct filter *filter, const struct seccomp_data call)
{
	return filter_run(filter->insns, filter->count, &call);
}

#define ANSWER(filter, ...)                                                    \
	answer(&(filter), (struct seccomp_data)CALL(__VA_ARGS__))

#define REFUSED ((uint32_t)(SECCOMP_RET_ERRNO | EPERM))

Test(filter_learn, only_what_was_seen_is_allowed)
{
	static const struct seccomp_data calls[] = {
		CALL(SYS_mkdirat, 0),
		CALL(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 6),
		CALL(SYS_prctl, PR_SET_NAME),
		CALL(SYS_clone, 0x1200000 | 17),
		/* As a C library that extends the sign. */
		CALL(SYS_ioctl, 0, 0xffffffff80045430),
	};
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(calls, ARRAY_SIZE(calls));
	AUTO(filter_free) struct filter filter = program(learned, NULL, 0);

	cr_expect(eq(u64, filter_learned_count(learned), 5));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		cr_expect(eq(u32, answer(&filter, calls[i]), SECCOMP_RET_ALLOW),
		    "row %zu", i);
	cr_expect(eq(u32, ANSWER(filter, SYS_socket, AF_INET, SOCK_STREAM, 6),
	    SECCOMP_RET_ALLOW));
	cr_expect(eq(u32, ANSWER(filter, SYS_ioctl, 0, 0x80045430),
	    SECCOMP_RET_ALLOW));
	cr_expect(
	    eq(u32, ANSWER(filter, SYS_clone, 0x1200000), SECCOMP_RET_ALLOW));
	cr_expect(eq(u32, ANSWER(filter, SYS_clone, 0x11200011), REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_socket, AF_INET, SOCK_DGRAM, 6),
	    REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_socket, AF_ALG, SOCK_STREAM, 6),
	    REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_prctl, PR_SET_MM), REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_ioctl, 0, 0x5412), REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_mount, 0), REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_clone3, 0),
	    (uint32_t)(SECCOMP_RET_ERRNO | ENOSYS)));
}

Test(filter_learn, nothing_seen_still_starts_and_ends)
{
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(NULL, 0);
	AUTO(filter_free) struct filter filter = program(learned, NULL, 0);
	static const int numbers[] = { SYS_execve, SYS_exit_group, SYS_exit,
		SYS_rt_sigreturn, SYS_clock_gettime, SYS_futex,
		SYS_rt_sigsuspend, SYS_sched_yield };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		cr_expect(eq(u32, ANSWER(filter, numbers[i], 0),
			      SECCOMP_RET_ALLOW),
		    "row %zu", i);
	cr_expect(eq(u32, ANSWER(filter, SYS_read, 0), REFUSED));
}

Test(filter_learn, too_many_sets_become_any_and_that_is_told)
{
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(NULL, 0);

	for (uint64_t i = 0; i < FILTER_LEARN_MAX; i++) {
		const struct seccomp_data call = CALL(SYS_ioctl, 0, 1000 + i);
		filter_learn(learned, &call);
		filter_learn(learned, &call);
	}
	AUTO(filter_free) struct filter some = program(learned, NULL, 0);
	cr_expect(eq(str, notes, ""));
	cr_expect(eq(u32, ANSWER(some, SYS_ioctl, 0, 1), REFUSED));
	const struct seccomp_data more = CALL(SYS_ioctl, 0, 7);
	filter_learn(learned, &more);
	AUTO(filter_free) struct filter any = program(learned, NULL, 0);
	cr_expect(eq(u32, ANSWER(any, SYS_ioctl, 0, 1), SECCOMP_RET_ALLOW));
	cr_expect(eq(str, notes,
	    "ioctl: more than 64 sets of arguments: it is allowed with "
	    "any\n"));
}

Test(filter_learn, a_hostile_workload_fills_nothing)
{
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(NULL, 0);
	static const uint32_t archs[] = { FILTER_NATIVE_ARCH, AUDIT_ARCH_I386,
		0, UINT32_MAX };

	for (int64_t number = INT32_MIN; number <= INT32_MAX;
	     number += 104729) {
		const struct seccomp_data call = { .nr = (int)number,
			.arch = archs[(uint64_t)number % 4] };
		filter_learn(learned, &call);
	}
	AUTO(filter_free) struct filter filter = program(learned, NULL, 0);
	cr_expect(ne(ptr, filter.insns, NULL));
	cr_expect(ne(ptr, strstr(notes, "is not in the profile"), NULL));
}

#define MERGED(rule)                                                           \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" rule "]}"

Test(filter_learn, merging_is_the_union)
{
	static const struct seccomp_data calls[] = { CALL(SYS_socket, 1, 1, 0),
		CALL(SYS_prctl, 15) };
	static const char *const merge[] = {
		MERGED("{\"names\": [\"socket\"], \"action\": "
		       "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
		       "\"value\": 2, \"op\": \"SCMP_CMP_EQ\"}, {\"index\": 0, "
		       "\"value\": 10, \"op\": \"SCMP_CMP_EQ\"}]}"),
		MERGED("{\"names\": [\"prctl\", \"mkdirat\"], \"action\": "
		       "\"SCMP_ACT_ALLOW\"}"),
	};
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(calls, ARRAY_SIZE(calls));
	AUTO(filter_free) struct filter filter = program(learned, merge, 2);
	static const struct seccomp_data allowed[] = {
		CALL(SYS_socket, 1, 1, 0),
		CALL(SYS_socket, 2, 5, 5),
		CALL(SYS_socket, 10, 5, 5),
		CALL(SYS_prctl, 99),
		CALL(SYS_mkdirat, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		cr_expect(eq(u32, answer(&filter, allowed[i]),
			      SECCOMP_RET_ALLOW),
		    "row %zu", i);
	cr_expect(eq(u32, ANSWER(filter, SYS_socket, 3, 1, 0), REFUSED));
	cr_expect(eq(u32, ANSWER(filter, SYS_socket, 1, 2, 0), REFUSED));
}

Test(filter_learn, what_would_lose_a_denial_is_not_merged)
{
	static const struct {
		const char *profile, *says;
	} rows[] = {
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
		    "defaultAction: " },
		{ MERGED("{\"names\": [\"read\"], \"action\": "
			 "\"SCMP_ACT_ALLOW\"}, {\"names\": [\"read\"], "
			 "\"action\": \"SCMP_ACT_KILL\"}"),
		    "syscalls[1]: read is also allowed by syscalls[0]" },
	};
	AUTO(filter_learned_free)
	struct filter_learned *learned = learned_of(NULL, 0);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free) struct spec *spec = NULL;
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct spec_seccomp profile;
		struct error e = { 0 };

		cr_assert(
		    zero(int, spec_parse_profile(rows[i].profile,
				  strlen(rows[i].profile), 0, &spec, &e)));
		const struct spec_seccomp *items[] = { spec->lnx.seccomp };
		const struct filter_merge merge = { items, 1, NULL, NULL };
		cr_expect(lt(int,
		    filter_learned_profile(learned, &merge, arena, &profile,
			&e),
		    0));
		cr_expect(ne(ptr, strstr(e.text, rows[i].says), NULL), "%s",
		    e.text);
	}
}
