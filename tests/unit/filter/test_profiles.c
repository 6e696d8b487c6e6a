/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profiles in seccomp/, asked by the interpreter: what the pages that argue
 * them promise.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "support.h"

#define NUMBERS_MAX 600

static struct spec *
own(const char *name)
{
	const char *text = spec_profile_find(name);
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(text != NULL, "%s", name);
	cr_assert(zero(int, spec_parse_profile(text, strlen(text),
				spec_default_bounding(), &spec, &e)),
	    "%s: %s", name, e.text);
	return spec;
}

static uint32_t
ask(const struct filter *filter, int number, uint64_t first, uint64_t second,
    uint64_t third)
{
	return filter_run(filter->insns, filter->count,
	    &(struct seccomp_data){ .nr = number,
		.arch = FILTER_NATIVE_ARCH,
		.args = { first, second, third } });
}

/* Around what any of the profiles compares with. */
static const uint64_t values[] = { 0, 1, 2, 3, 5, 6, 7, 8, 10, 12, 15, 16, 17,
	30, 31, 38, 39, 40, 41, 132, 262, 0x5412, 0x541c, 0x5423, 0x20000,
	0x20008, 0x40000, 0x400000, 0x10000000, 0x7e020000, UINT32_MAX,
	1ull << 32, 1ull << 32 | 1, 1ull << 32 | 0x5412, UINT64_MAX };

/* Is all that one allows allowed by the other? */
static void
expect_within(const struct filter *small, const struct filter *large,
    const char *name)
{
	for (int number = 0; number < NUMBERS_MAX; number++) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
				uint64_t x = values[i];
				uint64_t y = values[j];

				if (ask(small, number, x, y, 0) !=
				    SECCOMP_RET_ALLOW)
					continue;
				cr_assert(eq(u32, ask(large, number, x, y, 0),
					      SECCOMP_RET_ALLOW),
				    "%s: call %d (%#llx, %#llx)", name, number,
				    (unsigned long long)x,
				    (unsigned long long)y);
			}
		}
	}
}

/*
 * With the upper halves of int arguments 0, as they are in calls that libc
 * makes: the kernel does not look at them, but Docker's profile does.
 */
Test(filter_profiles, default_is_as_strict_as_docker)
{
	AUTO(spec_free)
	struct spec *docker = support_profile_file(DOCKER_PROFILE);
	AUTO(spec_free) struct spec *spec = own("default");
	AUTO(filter_free) struct filter theirs = support_filter(docker, -1);
	AUTO(filter_free) struct filter ours = support_filter(spec, -1);

	for (int number = 0; number < NUMBERS_MAX; number++) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			uint64_t x = values[i] & UINT32_MAX;

			if (ask(&ours, number, x, 1, 0) == SECCOMP_RET_ALLOW)
				cr_assert(eq(u32, ask(&theirs, number, x, 1, 0),
					      SECCOMP_RET_ALLOW),
				    "call %d (%#llx)", number,
				    (unsigned long long)x);
		}
	}
}

Test(filter_profiles, the_others_are_within_default)
{
	AUTO(spec_free) struct spec *spec = own("default");
	AUTO(filter_free) struct filter large = support_filter(spec, -1);

	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free)
		struct spec *other = own(spec_profile_names[i]);
		AUTO(filter_free)
		struct filter small = support_filter(other, -1);

		expect_within(&small, &large, spec_profile_names[i]);
	}
}

/* Every value of the lower half that a mistake could be made with. */
Test(filter_profiles, three_requests_of_terminals_are_refused_and_no_other)
{
	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = own(spec_profile_names[i]);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		for (uint64_t request = 0; request < 0x20000; request++) {
			bool bad = request == 0x5412 || request == 0x541c ||
				   request == 0x5423;
			uint32_t wanted =
			    bad ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW;

			cr_assert(eq(u32,
				      ask(&filter, SYS_ioctl, 0, request, 0),
				      wanted),
			    "%s %#llx", spec_profile_names[i],
			    (unsigned long long)request);
			cr_assert(eq(u32,
			    ask(&filter, SYS_ioctl, 0, request | 1ull << 32, 0),
			    wanted));
		}
		/* Each bit more is another request. */
		for (int bit = 0; bit < 32; bit++)
			cr_expect(eq(u32,
			    ask(&filter, SYS_ioctl, 0, 0x5412 ^ 1ull << bit, 0),
			    SECCOMP_RET_ALLOW));
	}
}

Test(filter_profiles, tcp_ulp_is_refused_whatever_the_upper_half)
{
	/* level, option: SOL_SOCKET, IP, IPv6, TCP, UDP, netlink as used. */
	static const struct {
		uint64_t level, option;
		bool refused;
	} rows[] = {
		{ 6, 31, true },
		{ 6 | 1ull << 32, 31, true },
		{ 6, 31 | 1ull << 40, true },
		{ 6, 1, false },
		{ 6, 18, false },
		{ 6, 30, false },
		{ 6, 32, false },
		{ 1, 31, false },
		{ 0, 31, false },
		{ 41, 31, false },
		{ 17, 31, false },
		{ 270, 1, false },
		{ 255, 31, false },
	};

	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = own(spec_profile_names[i]);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		for (size_t j = 0; j < ARRAY_SIZE(rows); j++)
			cr_expect(eq(u32,
				      ask(&filter, SYS_setsockopt, 3,
					  rows[j].level, rows[j].option),
				      rows[j].refused
					  ? SECCOMP_RET_ERRNO | EPERM
					  : SECCOMP_RET_ALLOW),
			    "%s row %zu", spec_profile_names[i], j);
		/* Every option of TCP that there is but that one. */
		for (uint64_t option = 0; option < 48; option++)
			cr_expect(eq(int,
			    ask(&filter, SYS_setsockopt, 3, 6, option) !=
				SECCOMP_RET_ALLOW,
			    option == 31));
	}
}

Test(filter_profiles, what_they_do_not_know_does_not_exist)
{
	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = own(spec_profile_names[i]);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		cr_expect(eq(u32, ask(&filter, 599, 0, 0, 0),
		    SECCOMP_RET_ERRNO | ENOSYS));
		cr_expect(eq(u32, ask(&filter, SYS_clone3, 0, 0, 0),
		    SECCOMP_RET_ERRNO | ENOSYS));
		for (const struct filter_abi *abi = &filter_abis[1];
		     abi->name != NULL; abi++) {
			for (uint32_t number = 0; number < NUMBERS_MAX;
			     number++)
				cr_assert(eq(u32,
				    filter_run(filter.insns, filter.count,
					&(struct seccomp_data){
					    .nr = (int)(number | abi->mark),
					    .arch = abi->arch }),
				    SECCOMP_RET_KILL_PROCESS));
		}
	}
}

/* What each may be entered by: the rest of the table is shut. */
Test(filter_profiles, entry_points_are_shut)
{
	static const char everywhere[] =
	    " traffic-control unix futex memory-maps waitid inotify ";
	static const struct {
		const char *name, *open;
	} rows[] = {
		{ "build", " posix-timers splice sysv-queues " },
		{ "default",
		    " aio other-memory posix-queues posix-timers ptrace sctp "
		    "splice sysv-queues " },
		{ "strict", " aio sysv-queues " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free) struct spec *spec = own(rows[i].name);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		for (const struct syscall_entry *at = syscall_entries;
		     at->id != NULL; at++) {
			char word[64];

			(void)snprintf(word, sizeof(word), " %s ", at->id);
			bool open = strstr(everywhere, word) != NULL ||
				    strstr(rows[i].open, word) != NULL;
			cr_expect(eq(int,
				      filter_entry_open(&filter, at, NULL) !=
					  NULL,
				      open),
			    "%s: %s", rows[i].name, at->id);
		}
	}
}

/* A name that is spelt wrongly would silently be refused. */
Test(filter_profiles, every_name_is_a_system_call)
{
	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = own(spec_profile_names[i]);
		const struct spec_seccomp *profile = spec->lnx.seccomp;

		for (size_t j = 0; j < profile->syscalls_count; j++) {
			const struct spec_strings *names =
			    &profile->syscalls[j].names;

			for (size_t k = 0; k < names->count; k++)
				cr_expect(syscall_find_name(names->items[k]) !=
					      NULL,
				    "%s: %s", spec_profile_names[i],
				    names->items[k]);
		}
	}
}

/* None that programs cannot start without is missing. */
Test(filter_profiles, programs_can_start)
{
	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = own(spec_profile_names[i]);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);
		struct error e = { 0 };

		cr_expect(zero(int, filter_check_start(&filter, &e)), "%s: %s",
		    spec_profile_names[i], e.text);
		cr_expect(filter.can_check);
	}
}
