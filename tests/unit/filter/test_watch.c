/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/watch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "spec/spec.h"
#include "support.h"

static uint32_t
answer(const struct filter *filter, const struct seccomp_data *call)
{
	return filter_run(filter->insns, filter->count, call);
}

static const struct {
	uint32_t arch;
	uint32_t seccomp; /* its number */
} abis[] = {
	{ AUDIT_ARCH_X86_64, 317 },
	{ AUDIT_ARCH_X86_64, 317 | 0x40000000 },
	{ AUDIT_ARCH_I386, 354 },
	{ AUDIT_ARCH_AARCH64, 277 },
	{ AUDIT_ARCH_ARM, 383 },
};

Test(filter_watch, every_denial_is_seen_and_has_its_answer)
{
	AUTO(spec_free)
	struct spec *spec = support_profile_file(DOCKER_PROFILE);
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	AUTO(filter_free) struct filter watched = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_watch_denied(&filter, &watched, &e)));
	for (size_t i = 0; i < ARRAY_SIZE(abis) * 1024; i++) {
		struct seccomp_data call = { .nr = (int)(i % 1024),
			.arch = abis[i / 1024].arch,
			.args = { i % 7 == 0 ? UINT64_MAX : i % 41 } };
		uint32_t own = answer(&filter, &call);
		uint32_t asked = answer(&watched, &call);

		if (!filter_denies(own)) {
			cr_expect(eq(u32, asked, own), "call %zu", i);
			continue;
		}
		cr_expect(eq(u32, asked, SECCOMP_RET_TRACE), "call %zu", i);
		call.nr = filter_number(own);
		cr_expect(eq(u32, answer(&watched, &call), own), "call %zu", i);
	}
}

Test(filter_watch, each_answer_has_a_number)
{
	static const struct {
		uint32_t answer, wanted;
	} rows[] = {
		{ SECCOMP_RET_ERRNO, SECCOMP_RET_ERRNO },
		{ SECCOMP_RET_ERRNO | 4095, SECCOMP_RET_ERRNO | 4095 },
		{ SECCOMP_RET_ERRNO | 0xffff, SECCOMP_RET_ERRNO | 0xffff },
		{ SECCOMP_RET_TRAP, SECCOMP_RET_TRAP },
		{ SECCOMP_RET_TRAP | 3, SECCOMP_RET_TRAP | 3 },
		{ SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_THREAD },
		{ SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS },
		{ SECCOMP_RET_TRACE | 9, SECCOMP_RET_ERRNO | ENOSYS },
		{ 0x12340000, SECCOMP_RET_KILL_PROCESS },
	};
	AUTO(filter_free) struct filter all = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_watch_all(&all, &e)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct seccomp_data call = {
			.nr = filter_number(rows[i].answer),
			.arch = FILTER_NATIVE_ARCH,
		};

		cr_expect(eq(u32, answer(&all, &call), rows[i].wanted),
		    "row %zu", i);
	}
}

Test(filter_watch, without_a_tracer_its_calls_are_not_there)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 7),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct filter filter = { .insns = insns, .count = 3 };

	filter_untrace(&filter);
	cr_expect(eq(u32, insns[0].k, SECCOMP_RET_TRACE));
	cr_expect(eq(u32, insns[1].k, SECCOMP_RET_ERRNO | ENOSYS));
	cr_expect(eq(u32, insns[2].k, SECCOMP_RET_ALLOW));
}

Test(filter_watch, a_listener_is_refused_and_other_filters_are_seen)
{
	AUTO(filter_free) struct filter all = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_watch_all(&all, &e)));
	for (size_t i = 0; i < ARRAY_SIZE(abis); i++) {
		struct seccomp_data call = { .nr = (int)abis[i].seccomp,
			.arch = abis[i].arch,
			.args = { 1, SECCOMP_FILTER_FLAG_NEW_LISTENER | 1 } };

		cr_expect(eq(u32, answer(&all, &call),
			      SECCOMP_RET_ERRNO | EBUSY),
		    "row %zu", i);
		/* The kernel looks at the lower half alone. */
		call.args[0] |= 1ull << 32;
		call.args[1] |= 1ull << 40;
		cr_expect(eq(u32, answer(&all, &call),
			      SECCOMP_RET_ERRNO | EBUSY),
		    "row %zu", i);
		call.args[1] = SECCOMP_FILTER_FLAG_LOG;
		cr_expect(eq(u32, answer(&all, &call), SECCOMP_RET_TRACE),
		    "row %zu", i);
		call.args[0] = SECCOMP_GET_ACTION_AVAIL;
		call.args[1] = SECCOMP_FILTER_FLAG_NEW_LISTENER;
		cr_expect(eq(u32, answer(&all, &call), SECCOMP_RET_TRACE),
		    "row %zu", i);
	}
}

Test(filter_watch, all_is_seen_but_clone3)
{
	AUTO(filter_free) struct filter all = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_watch_all(&all, &e)));
	for (int number = 0; number < 1024; number++) {
		const struct seccomp_data call = { .nr = number,
			.arch = FILTER_NATIVE_ARCH };

		cr_expect(eq(u32, answer(&all, &call),
			      number == SYS_clone3
				  ? (uint32_t)(SECCOMP_RET_ERRNO | ENOSYS)
				  : (uint32_t)SECCOMP_RET_TRACE),
		    "call %d", number);
	}
}
