/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "filter/mediate.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "support.h"

#define EVERY                                                                  \
	(SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE | SYSCALL_GROUP_LOOK |      \
	    SYSCALL_GROUP_NETWORK | SYSCALL_GROUP_EXECUTE)
#define NUMBERS        600
#define X32            0x40000000u
#define TO_SENTRY      (SECCOMP_RET_TRACE | SYSCALL_TRACE_MARK)
#define REFUSED(error) (SECCOMP_RET_ERRNO | (error))

static const int named[] = { SYS_getpid, SYS_sendto, SYS_ioctl, SYS_clone3 };

static struct filter
mediate(const struct filter_mediation *want)
{
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_mediate(want, -1, &filter, &e)), "%s",
	    e.text);
	cr_expect(filter_is_sound(filter.insns, filter.count));
	return filter;
}

static uint32_t
answer(const struct filter *filter, const struct seccomp_data *call)
{
	return filter_run(filter->insns, filter->count, call);
}

/* ---- what the table says, by another way --------------------------------- */

static bool
is_named(const struct filter_mediation *want, int number)
{
	for (size_t i = 0; i < want->count; i++) {
		if (want->numbers[i] == number)
			return true;
	}
	return false;
}

static bool
is_the_kernels(const struct filter_mediation *want,
    const struct syscall_row *row)
{
	unsigned groups = want->groups;

	if (want->mode != SYSCALL_MODE_GUARD)
		return false;
	if ((groups & SYSCALL_GROUP_OPEN) != 0)
		groups |= SYSCALL_GROUP_CHANGE;
	if (want->pretends)
		groups |= SYSCALL_GROUP_PRETEND;
	if (want->has_outside)
		groups |= SYSCALL_GROUP_NETWORK;
	if (groups != 0 || want->count > 0)
		groups |= SYSCALL_GROUP_ANY | SYSCALL_GROUP_CREDS;
	return (row->groups & groups) == 0;
}

static bool
holds(const struct syscall_test *test, const uint64_t args[6])
{
	const struct syscall_value *word = test->words;

	while (word->name != NULL &&
	       word->number != (args[test->argument] & test->mask))
		word++;
	return word->name != NULL;
}

/* Of arguments that are kept out. */
static uint32_t
error_of(const struct syscall_row *row, enum syscall_mode mode,
    const uint64_t args[6])
{
	const struct syscall_way *way =
	    syscall_limit_find(row->limit[mode])->refused;

	for (; way != NULL && way->tests[0].words != NULL; way++) {
		bool is_it = true;

		for (size_t i = 0; i < SYSCALL_TESTS_MAX; i++)
			is_it &= way->tests[i].words == NULL ||
				 holds(&way->tests[i], args);
		if (is_it)
			return (uint32_t)way->error;
	}
	return (uint32_t)row->error;
}

/* Where files are decided on by their names, mounts stay as they are. */
static bool
names_count(unsigned groups)
{
	return (groups & (SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE |
			     SYSCALL_GROUP_EXECUTE)) != 0;
}

static uint32_t
wanted(const struct filter_mediation *want, const struct syscall_row *row,
    const uint64_t args[6])
{
	const uint32_t told =
	    want->by_ptrace ? TO_SENTRY : SECCOMP_RET_USER_NOTIF;
	bool is_free = is_the_kernels(want, row);
	bool is_also = is_named(want, syscall_number(row, SYSCALL_NATIVE));
	enum syscall_action action =
	    is_free           ? SYSCALL_PASS
	    : !want->pretends ? row->action[want->mode]
	    : (row->groups & SYSCALL_GROUP_PRETEND) == 0
		? row->action[want->mode]
	    : row->handler != SYSCALL_DO_NONE ? SYSCALL_PERFORM
					      : SYSCALL_REFUSE;

	if (want->mode == SYSCALL_MODE_GUARD && names_count(want->groups) &&
	    row->never != SYSCALL_LIMIT_NONE &&
	    syscall_limit_fits(row->never, args))
		return REFUSED((uint32_t)row->error);
	if (want->mode != SYSCALL_MODE_OBSERVE && !want->by_ptrace &&
	    (filter_mediate_groups(want) & SYSCALL_GROUP_OPEN) != 0 &&
	    row->locks != SYSCALL_LIMIT_NONE &&
	    syscall_limit_fits(row->locks, args))
		return SECCOMP_RET_USER_NOTIF;
	if (want->has_outside && row->outside != SYSCALL_LIMIT_NONE &&
	    !syscall_limit_fits(row->outside, args))
		return action == SYSCALL_PERFORM
			   ? told
			   : REFUSED((uint32_t)row->error);
	if (!is_also && action != SYSCALL_PASS && action != SYSCALL_TRACE &&
	    row->unless != SYSCALL_LIMIT_NONE &&
	    syscall_limit_fits(row->unless, args))
		return SECCOMP_RET_ALLOW;
	if (want->mode == SYSCALL_MODE_GUARD && !is_also &&
	    ((want->reads_are_free && row->reads != SYSCALL_LIMIT_NONE &&
		 syscall_limit_fits(row->reads, args)) ||
		(want->lists_are_free && row->lists != SYSCALL_LIMIT_NONE &&
		    syscall_limit_fits(row->lists, args)) ||
		(want->writes_are_free && row->writes != SYSCALL_LIMIT_NONE &&
		    syscall_limit_fits(row->writes, args))))
		return SECCOMP_RET_ALLOW;
	if (!is_free && !syscall_limit_fits(row->limit[want->mode], args))
		return want->by_ptrace && strcmp(row->name, "seccomp") == 0
			   ? TO_SENTRY
			   : REFUSED(error_of(row, want->mode, args));
	if (want->mode == SYSCALL_MODE_SEALED && !want->by_ptrace &&
	    row->stops != SYSCALL_LIMIT_NONE &&
	    syscall_limit_fits(row->stops, args))
		return TO_SENTRY;
	switch (action) {
	case SYSCALL_PASS:
		return is_also ? told : SECCOMP_RET_ALLOW;
	case SYSCALL_REFUSE:
		return REFUSED((uint32_t)row->error);
	case SYSCALL_TRACE:
		return TO_SENTRY;
	case SYSCALL_OBSERVE:
	case SYSCALL_PERFORM:
		return told;
	case SYSCALL_ACTIONS:
	default:
		return 0;
	}
}

/* ---- a grid of arguments ------------------------------------------------- */

#define VALUES_MAX 2048

struct values {
	uint64_t items[VALUES_MAX];
	size_t count;
};

static void
add_value(struct values *values, uint64_t value)
{
	cr_assert(lt(sz, values->count, (size_t)VALUES_MAX));
	values->items[values->count++] = value;
}

/* All that a set of arguments compares one with, and what is beside. */
static void
add_values_of(struct values *values, enum syscall_limit limit, unsigned index)
{
	const struct syscall_arguments *found = syscall_limit_find(limit);

	if (found == NULL)
		return;
	for (const struct syscall_way *way = found->ways;
	     way->tests[0].words != NULL; way++) {
		for (size_t i = 0; i < SYSCALL_TESTS_MAX; i++) {
			const struct syscall_test *test = &way->tests[i];

			if (test->words == NULL || test->argument != index)
				continue;
			for (const struct syscall_value *word = test->words;
			     word->name != NULL; word++) {
				add_value(values, word->number);
				add_value(values, word->number + 1ull);
				add_value(values, word->number - 1ull);
				add_value(values, word->number | 1ull << 32);
			}
		}
	}
}

static struct values
values_of(const struct syscall_row *row, enum syscall_mode mode, unsigned index)
{
	struct values values = { .count = 0 };

	add_values_of(&values, row->limit[mode], index);
	add_values_of(&values, row->unless, index);
	add_values_of(&values, row->stops, index);
	add_values_of(&values, row->reads, index);
	add_values_of(&values, row->lists, index);
	add_values_of(&values, row->locks, index);
	add_values_of(&values, row->writes, index);
	add_values_of(&values, row->outside, index);
	add_values_of(&values, row->never, index);
	if (values.count == 0) {
		add_value(&values, 0);
		add_value(&values, UINT64_MAX);
		return values;
	}
	add_value(&values, UINT64_MAX);
	add_value(&values, 1ull << 32);
	for (unsigned bit = 0; bit < 32 && values.count < 100; bit++)
		add_value(&values, 1ull << bit);
	return values;
}

static void
compare_row(const struct filter *filter, const struct filter_mediation *want,
    const struct syscall_row *row)
{
	struct values values[6];
	size_t all = 1;
	size_t bad = 0;

	for (unsigned i = 0; i < 6; i++) {
		values[i] = values_of(row, want->mode, i);
		all *= values[i].count;
	}
	for (size_t at = 0; at < all; at++) {
		struct seccomp_data call = {
			.nr = syscall_number(row, SYSCALL_NATIVE),
			.arch = FILTER_NATIVE_ARCH,
		};
		uint64_t args[6];
		size_t rest = at;

		for (size_t i = 0; i < 6; i++) {
			args[i] = values[i].items[rest % values[i].count];
			rest /= values[i].count;
			call.args[i] = args[i];
		}
		bad += answer(filter, &call) != wanted(want, row, args);
	}
	cr_expect(eq(sz, bad, 0),
	    "%s, mode %d, by ptrace %d, groups %x: of %zu", row->name,
	    (int)want->mode, want->by_ptrace, want->groups, all);
}

static void
compare(const struct filter_mediation *want)
{
	AUTO(filter_free) struct filter filter = mediate(want);

	/* A list of comparisons would be longer. */
	cr_expect(lt(int, filter.count, 1200));
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, SYSCALL_NATIVE) >= 0)
			compare_row(&filter, want, row);
	}
	for (int number = 0; number < NUMBERS; number++) {
		const struct seccomp_data call = { .nr = number,
			.arch = FILTER_NATIVE_ARCH };

		if (syscall_find_number(SYSCALL_NATIVE, number) == NULL)
			cr_expect(eq(u32, answer(&filter, &call),
				      REFUSED(ENOSYS)),
			    "%d", number);
	}
}

Test(filter_mediate, observe_is_what_the_table_says)
{
	for (int by_ptrace = 0; by_ptrace < 2; by_ptrace++)
		compare(
		    &(struct filter_mediation){ .mode = SYSCALL_MODE_OBSERVE,
			.by_ptrace = by_ptrace });
}

Test(filter_mediate, sealed_is_what_the_table_says)
{
	for (int by_ptrace = 0; by_ptrace < 2; by_ptrace++)
		compare(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED,
		    .by_ptrace = by_ptrace });
}

Test(filter_mediate, guard_is_what_the_table_says_of_the_groups_asked_for)
{
	static const unsigned groups[] = { 0, SYSCALL_GROUP_OPEN,
		SYSCALL_GROUP_CHANGE, SYSCALL_GROUP_NETWORK,
		SYSCALL_GROUP_EXECUTE, EVERY };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(groups); i++)
		compare(&(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
		    .by_ptrace = i % 2 == 1,
		    .groups = groups[i / 2] });
}

Test(filter_mediate, what_no_rule_is_about_is_opened_by_the_kernel)
{
	for (unsigned i = 0; i < 16; i++)
		compare(&(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
		    .by_ptrace = (i & 1) != 0,
		    .groups = SYSCALL_GROUP_OPEN,
		    .lists_are_free = (i & 8) != 0,
		    .reads_are_free = (i & 2) != 0,
		    .writes_are_free = (i & 4) != 0 });
	/* In other modes that means nothing. */
	compare(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED,
	    .reads_are_free = true,
	    .writes_are_free = true });
}

Test(filter_mediate, a_show_of_root_is_what_the_table_says)
{
	static const unsigned groups[] = { 0, SYSCALL_GROUP_OPEN, EVERY };

	for (int by_ptrace = 0; by_ptrace < 2; by_ptrace++) {
		compare(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED,
		    .by_ptrace = by_ptrace,
		    .pretends = true });
		for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
			compare(&(struct filter_mediation){
			    .mode = SYSCALL_MODE_GUARD,
			    .by_ptrace = by_ptrace,
			    .pretends = true,
			    .groups = groups[i] });
	}
}

/* Nobody else pays for it, and none of it gets to the kernel. */
Test(filter_mediate, sockets_from_outside_are_what_the_table_says)
{
	const int numbers[] = { SYS_setsockopt, SYS_sendto };

	for (unsigned i = 0; i < 8; i++)
		compare(&(struct filter_mediation){
		    .mode =
			(i & 1) != 0 ? SYSCALL_MODE_GUARD : SYSCALL_MODE_SEALED,
		    .by_ptrace = (i & 2) != 0,
		    .has_outside = true,
		    .numbers = numbers,
		    .count = (i & 4) != 0 ? ARRAY_SIZE(numbers) : 0 });
}

/* Also where the table and the program are wrong together. */
Test(filter_mediate, a_socket_from_outside_picks_no_interface)
{
	static const struct {
		int number;
		uint64_t args[6];
		uint32_t wanted, without;
	} rows[] = {
#define ROW(level, option)                                                     \
	{ SYS_setsockopt, { 3, (0xabcull << 32) | (level), (option) },         \
		REFUSED(ENOPROTOOPT), SECCOMP_RET_ALLOW }
		ROW(1, 5),
		ROW(1, 25),
		ROW(1, 62),
		ROW(0, 32),
		ROW(0, 35),
		ROW(0, 39),
		ROW(0, 42),
		ROW(0, 46),
		ROW(0, 50),
		ROW(41, 17),
		ROW(41, 20),
		ROW(41, 42),
		ROW(41, 46),
		ROW(41, 50),
		ROW(41, 76),
		{ SYS_setsockopt, { 3, 0, 8 }, SECCOMP_RET_ALLOW,
		    SECCOMP_RET_ALLOW },
		{ SYS_setsockopt, { 3, 6, 1 }, SECCOMP_RET_ALLOW,
		    SECCOMP_RET_ALLOW },
		{ SYS_sendto, { 3, 1, 1, MSG_DONTROUTE | MSG_NOSIGNAL },
		    SECCOMP_RET_USER_NOTIF, SECCOMP_RET_ALLOW },
		{ SYS_sendto, { 3, 1, 1, MSG_NOSIGNAL }, SECCOMP_RET_ALLOW,
		    SECCOMP_RET_ALLOW },
	};
	AUTO(filter_free)
	struct filter outside =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
		.has_outside = true });
	AUTO(filter_free)
	struct filter none =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
		.groups = SYSCALL_GROUP_NETWORK });

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct seccomp_data call = { .nr = rows[i].number,
			.arch = FILTER_NATIVE_ARCH };

		memcpy(call.args, rows[i].args, sizeof(call.args));
		cr_expect(eq(u32, answer(&outside, &call), rows[i].wanted),
		    "row %zu", i);
		cr_expect(eq(u32, answer(&none, &call), rows[i].without),
		    "row %zu", i);
	}
}

Test(filter_mediate, only_a_show_of_root_hears_of_stat_and_chown)
{
	static const int numbers[] = { SYS_fstat, SYS_newfstatat, SYS_statx,
		SYS_fchown, SYS_fchownat, SYS_getuid, SYS_setuid, SYS_setgroups,
		SYS_mknodat, SYS_fsetxattr, SYS_capset, SYS_unlinkat };

	for (int pretends = 0; pretends < 2; pretends++) {
		AUTO(filter_free)
		struct filter filter = mediate(
		    &(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
			.pretends = pretends });

		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
			const struct seccomp_data call = { .nr = numbers[i],
				.arch = FILTER_NATIVE_ARCH };

			cr_expect(eq(u32, answer(&filter, &call),
				      pretends ? SECCOMP_RET_USER_NOTIF
					       : SECCOMP_RET_ALLOW),
			    "%d", numbers[i]);
		}
	}
}

Test(filter_mediate, calls_that_a_policy_names_are_told)
{
	for (int i = 0; i < 2 * SYSCALL_MODES; i++)
		compare(&(struct filter_mediation){
		    .mode = (enum syscall_mode)(i / 2),
		    .by_ptrace = i % 2 == 1,
		    .numbers = named,
		    .count = ARRAY_SIZE(named) });
}

/* ---- and what that comes to ---------------------------------------------- */

/* The table and the program could be wrong together. */
Test(filter_mediate, what_must_not_reach_the_kernel_does_not)
{
	static const struct {
		enum syscall_mode mode;
		bool by_ptrace;
		int number;
		uint64_t args[6];
		uint32_t wanted;
	} rows[] = {
#define GUARD  SYSCALL_MODE_GUARD
#define SEALED SYSCALL_MODE_SEALED
#define UPPER  (0xabcdull << 32)
		{ SEALED, false, SYS_read, { 0 }, SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_fadvise64, { 0 }, REFUSED(0) },
		{ SEALED, false, SYS_openat, { 0 }, SECCOMP_RET_USER_NOTIF },
		{ SEALED, true, SYS_openat, { 0 }, TO_SENTRY },
		{ SEALED, false, SYS_execve, { 0 }, TO_SENTRY },
		{ GUARD, false, SYS_execve, { 0 }, TO_SENTRY },
		{ GUARD, false, SYS_openat2, { 0 }, TO_SENTRY },
		{ GUARD, false, SYS_clone, { CLONE_NEWNS }, REFUSED(EPERM) },
		{ GUARD, false, SYS_clone, { SIGCHLD }, SECCOMP_RET_ALLOW },
		{ GUARD, false, SYS_unshare, { CLONE_NEWUSER | CLONE_NEWNS },
		    REFUSED(EPERM) },
		{ GUARD, false, SYS_unshare, { CLONE_NEWUSER },
		    SECCOMP_RET_USER_NOTIF },
		{ GUARD, false, SYS_unshare, { CLONE_NEWUSER | 0x100000 },
		    REFUSED(EPERM) },
		{ GUARD, false, SYS_setns, { 3, 0 }, REFUSED(EPERM) },
		{ GUARD, false, SYS_setns, { 3, CLONE_NEWNS }, REFUSED(EPERM) },
		{ GUARD, false, SYS_setns, { 3, CLONE_NEWNET },
		    SECCOMP_RET_USER_NOTIF },
		{ GUARD, false, SYS_getsockopt, { 3, SOL_SOCKET, 77 },
		    REFUSED(ENOPROTOOPT) },
		{ GUARD, false, SYS_getsockopt, { 3, SOL_SOCKET, SO_PEERCRED },
		    SECCOMP_RET_ALLOW },
		{ GUARD, false, SYS_setsockopt, { 3, SOL_SOCKET, 76 },
		    REFUSED(ENOPROTOOPT) },
		{ GUARD, false, SYS_setsockopt, { 3, IPPROTO_IPV6, 32 },
		    REFUSED(ENOPROTOOPT) },
		{ GUARD, false, SYS_ioctl, { 3, 0x5441 }, REFUSED(ENOTTY) },
		{ GUARD, false, SYS_mq_open, { 0 }, REFUSED(ENOSYS) },
		{ GUARD, false, SYS_landlock_restrict_self, { 0 },
		    REFUSED(ENOSYS) },
		{ GUARD, false, SYS_clock_settime, { 0 }, REFUSED(EPERM) },
		{ SEALED, false, SYS_setuid, { 0 }, TO_SENTRY },
		{ GUARD, false, SYS_setuid, { 0 }, SECCOMP_RET_USER_NOTIF },
		{ SEALED, false, SYS_socket, { AF_ALG, SOCK_SEQPACKET },
		    REFUSED(EAFNOSUPPORT) },
		{ SEALED, false, SYS_socket, { UPPER | AF_ALG, 5 },
		    REFUSED(EAFNOSUPPORT) },
		{ SEALED, false, SYS_socket, { AF_INET, SOCK_RAW, 1 },
		    REFUSED(EPERM) },
		{ SEALED, false, SYS_socket, { AF_INET, SOCK_STREAM, 132 },
		    REFUSED(EPROTONOSUPPORT) },
		{ SEALED, false, SYS_socket,
		    { UPPER | AF_INET6, UPPER | SOCK_DGRAM | SOCK_NONBLOCK,
			136 },
		    REFUSED(EPROTONOSUPPORT) },
		{ SEALED, false, SYS_socket, { AF_INET, SOCK_SEQPACKET, 132 },
		    REFUSED(ESOCKTNOSUPPORT) },
		{ GUARD, false, SYS_socket, { AF_INET6, SOCK_DCCP, 33 },
		    REFUSED(ESOCKTNOSUPPORT) },
		{ SEALED, false, SYS_socket, { AF_INET, SOCK_PACKET, 3 },
		    REFUSED(EAFNOSUPPORT) },
		{ SEALED, false, SYS_socket,
		    { UPPER | AF_INET, UPPER | SOCK_STREAM | SOCK_CLOEXEC, 0 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_socket, { AF_NETLINK, SOCK_RAW, 12 },
		    REFUSED(EPROTONOSUPPORT) },
		{ GUARD, false, SYS_socket, { AF_INET, SOCK_RAW, 255 },
		    REFUSED(EPERM) },
		{ GUARD, false, SYS_socket, { AF_PACKET, SOCK_RAW, 0 },
		    REFUSED(EAFNOSUPPORT) },
		{ GUARD, false, SYS_socket, { AF_INET, SOCK_RAW, 1 },
		    SECCOMP_RET_ALLOW },
		{ GUARD, false, SYS_setsockopt, { 3, UPPER | 0, 4 },
		    REFUSED(ENOPROTOOPT) },
		{ GUARD, false, SYS_setsockopt, { 3, 41, UPPER | 57 },
		    REFUSED(ENOPROTOOPT) },
		{ GUARD, false, SYS_setsockopt, { 3, 6, 31 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_setsockopt, { 3, 6, 31 },
		    REFUSED(ENOPROTOOPT) },
		{ SEALED, false, SYS_clone, { CLONE_NEWUSER | 17 },
		    REFUSED(EPERM) },
		{ SEALED, false, SYS_clone, { UPPER | CLONE_UNTRACED },
		    REFUSED(EPERM) },
		{ GUARD, true, SYS_clone, { CLONE_UNTRACED | 17 },
		    REFUSED(EPERM) },
		{ GUARD, true, SYS_clone, { CLONE_NEWUSER | 17 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_clone3, { 0 }, REFUSED(ENOSYS) },
		{ GUARD, false, SYS_clone3, { 0 }, REFUSED(ENOSYS) },
		{ SEALED, false, SYS_ioctl, { 0, UPPER | TIOCSTI },
		    REFUSED(ENOTTY) },
		{ SEALED, false, SYS_ioctl, { 0, UPPER | TCGETS },
		    SECCOMP_RET_ALLOW },
		{ GUARD, false, SYS_ioctl, { 0, 0x40086602 }, REFUSED(ENOTTY) },
		/* BTRFS_IOC_SNAP_CREATE_V2; TIOCSTI is guard's to pass. */
		{ GUARD, true, SYS_ioctl, { 0, UPPER | 0x50009417 },
		    REFUSED(ENOTTY) },
		{ GUARD, true, SYS_ioctl, { 0, UPPER | TIOCSTI },
		    SECCOMP_RET_ALLOW },
		/* No core is dumped; that is said to be done, where nothing is
		 * to be told. */
		{ GUARD, false, SYS_setrlimit, { 4, 1 }, REFUSED(0) },
		{ SEALED, true, SYS_setrlimit, { UPPER | 4, 1 }, REFUSED(0) },
		{ GUARD, false, SYS_setrlimit, { 7, 1 }, SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_setrlimit, { 7, 1 }, TO_SENTRY },
		{ GUARD, false, SYS_prlimit64, { 0, 4, 1 },
		    SECCOMP_RET_USER_NOTIF },
		{ GUARD, true, SYS_prlimit64, { 1, 7, 1, 1 }, TO_SENTRY },
		{ GUARD, false, SYS_prlimit64, { 0, 7, 1, 1 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_prlimit64, { 0, UPPER | 4, UPPER, 1 },
		    TO_SENTRY },
		{ SEALED, true, SYS_prlimit64, { 0, 7, 1, 1 }, TO_SENTRY },
		{ GUARD, false, SYS_prlimit64, { 0, 4, 0, 1 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_futex, { 0, 6 }, REFUSED(ENOSYS) },
		{ SEALED, false, SYS_futex, { 0, 13 | 128 | 256 },
		    REFUSED(ENOSYS) },
		{ SEALED, false, SYS_futex, { 0, 9 | 128 | 256 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_futex, { 0, 9 | 512 }, REFUSED(ENOSYS) },
		{ SEALED, false, SYS_prctl, { PR_SET_SECCOMP },
		    REFUSED(EINVAL) },
		{ SEALED, false, SYS_prctl, { PR_SET_MM }, REFUSED(EINVAL) },
		/* A pointer has both halves. */
		{ SEALED, false, SYS_sendto, { 3, 1, 1, 0, 0, 0 },
		    SECCOMP_RET_ALLOW },
		{ SEALED, false, SYS_sendto, { 3, 1, 1, 0, 1ull << 32, 16 },
		    SECCOMP_RET_USER_NOTIF },
		{ GUARD, false, SYS_sendto, { 3, 1, 1, 0, 4096, 16 },
		    SECCOMP_RET_USER_NOTIF },
		{ GUARD, false, SYS_sendmsg, { 3 }, SECCOMP_RET_USER_NOTIF },
		{ GUARD, false, SYS_io_uring_setup, { 8 }, REFUSED(ENOSYS) },
		{ GUARD, false, SYS_open_by_handle_at, { 0 }, REFUSED(EPERM) },
		{ GUARD, false, SYS_move_mount, { 0 }, REFUSED(EPERM) },
		{ GUARD, false, SYS_ptrace, { 0 }, REFUSED(EPERM) },
		{ GUARD, false, SYS_seccomp, { 1, 8 }, REFUSED(EBUSY) },
		{ GUARD, false, SYS_seccomp, { UPPER | 1, UPPER | 9 },
		    REFUSED(EBUSY) },
		{ GUARD, false, SYS_seccomp, { 1, 1 }, SECCOMP_RET_ALLOW },
		{ GUARD, true, SYS_seccomp, { 1, 8 }, TO_SENTRY },
		{ SEALED, false, SYS_seccomp, { 1, 0 }, TO_SENTRY },
		{ SYSCALL_MODE_OBSERVE, false, SYS_seccomp, { 1, 8 },
		    REFUSED(EBUSY) },
		{ SYSCALL_MODE_OBSERVE, false, SYS_seccomp, { 1, 1 },
		    SECCOMP_RET_USER_NOTIF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free)
		struct filter filter =
		    mediate(&(struct filter_mediation){ .mode = rows[i].mode,
			.by_ptrace = rows[i].by_ptrace,
			.groups = EVERY });
		struct seccomp_data call = { .nr = rows[i].number,
			.arch = FILTER_NATIVE_ARCH };

		memcpy(call.args, rows[i].args, sizeof(call.args));
		cr_expect(eq(u32, answer(&filter, &call), rows[i].wanted),
		    "row %zu", i);
	}
}

/* It hands files over by a socket of its own, too. */
Test(filter_mediate, nobody_gets_a_handle_on_the_sentry)
{
	static const unsigned groups[] = { SYSCALL_GROUP_OPEN,
		SYSCALL_GROUP_CHANGE, SYSCALL_GROUP_NETWORK,
		SYSCALL_GROUP_EXECUTE };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		AUTO(filter_free)
		struct filter filter = mediate(
		    &(struct filter_mediation){ .mode = SYSCALL_MODE_GUARD,
			.groups = groups[i] });
		const struct seccomp_data calls[] = {
			{ SYS_getsockopt, FILTER_NATIVE_ARCH, 0,
			    { 3, SOL_SOCKET, 77 } },
			{ SYS_setsockopt, FILTER_NATIVE_ARCH, 0,
			    { 3, SOL_SOCKET, 76 } },
		};

		for (size_t j = 0; j < ARRAY_SIZE(calls); j++)
			cr_expect(eq(u32, answer(&filter, &calls[j]),
				      REFUSED(ENOPROTOOPT)),
			    "groups %x, call %zu", groups[i], j);
	}
}

Test(filter_mediate, what_is_asked_for_brings_what_it_needs)
{
	static const struct {
		unsigned groups;
		size_t count;
		unsigned wanted;
	} rows[] = {
		{ 0, 0, 0 },
		{ 0, 1, SYSCALL_GROUP_CREDS | SYSCALL_GROUP_ANY },
		{ SYSCALL_GROUP_OPEN, 0,
		    SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE |
			SYSCALL_GROUP_CREDS | SYSCALL_GROUP_ANY },
		{ SYSCALL_GROUP_NETWORK, 0,
		    SYSCALL_GROUP_NETWORK | SYSCALL_GROUP_CREDS |
			SYSCALL_GROUP_ANY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(uint,
			      filter_mediate_groups(&(struct filter_mediation){
				  .mode = SYSCALL_MODE_GUARD,
				  .groups = rows[i].groups,
				  .numbers = named,
				  .count = rows[i].count }),
			      rows[i].wanted),
		    "row %zu", i);
}

Test(filter_mediate, foreign_calls_end_the_process_or_are_told)
{
	static const struct {
		uint32_t arch, number;
	} rows[] = {
		{ AUDIT_ARCH_I386, 5 },
		{ AUDIT_ARCH_ARM, 5 },
		{ FILTER_NATIVE_ARCH == AUDIT_ARCH_X86_64 ? AUDIT_ARCH_AARCH64
							  : AUDIT_ARCH_X86_64,
		    0 },
#ifdef __x86_64__
		{ AUDIT_ARCH_X86_64, X32 },
		{ AUDIT_ARCH_X86_64, X32 | 512 },
		{ AUDIT_ARCH_X86_64, 0x7fffffff },
#endif
	};

	for (size_t i = 0; i < 6 * ARRAY_SIZE(rows); i++) {
		const struct filter_mediation want = {
			.mode = (enum syscall_mode)(i % 3),
			.by_ptrace = i / 3 % 2 == 1,
		};
		const struct seccomp_data call = { .nr =
						       (int)rows[i / 6].number,
			.arch = rows[i / 6].arch };
		AUTO(filter_free) struct filter filter = mediate(&want);
		uint32_t told =
		    want.by_ptrace ? TO_SENTRY : SECCOMP_RET_USER_NOTIF;

		cr_expect(eq(u32, answer(&filter, &call),
			      want.mode == SYSCALL_MODE_OBSERVE
				  ? told
				  : SECCOMP_RET_KILL_PROCESS),
		    "row %zu", i);
		/* What programs ask to see whether there are calls. */
		cr_expect(eq(u32,
		    answer(&filter, &(struct seccomp_data){ .nr = -1,
					.arch = FILTER_NATIVE_ARCH }),
		    REFUSED(ENOSYS)));
	}
}

/* The kernel keeps a bit for each of them and runs no program. */
Test(filter_mediate, hot_calls_are_answered_without_a_look_at_arguments)
{
	static const int hot[] = { SYS_read, SYS_write, SYS_close, SYS_lseek,
		SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_fstat,
		SYS_getdents64, SYS_mprotect, SYS_munmap, SYS_brk, SYS_getpid,
		SYS_gettid, SYS_rt_sigaction, SYS_rt_sigprocmask,
		SYS_rt_sigreturn, SYS_clock_gettime, SYS_nanosleep,
		SYS_epoll_pwait, SYS_epoll_ctl, SYS_ppoll, SYS_recvfrom,
		SYS_recvmsg, SYS_accept4, SYS_wait4, SYS_sched_yield,
		SYS_getrandom, SYS_fsync, SYS_dup, SYS_fchdir };
	static const struct {
		enum syscall_mode mode;
		unsigned groups;
		int least;
	} rows[] = {
		{ SYSCALL_MODE_OBSERVE, 0, 190 },
		{ SYSCALL_MODE_GUARD, EVERY, 275 },
		{ SYSCALL_MODE_GUARD, SYSCALL_GROUP_NETWORK, 300 },
		{ SYSCALL_MODE_SEALED, 0, 70 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free)
		struct filter filter =
		    mediate(&(struct filter_mediation){ .mode = rows[i].mode,
			.groups = rows[i].groups });
		int constant = 0;

		for (int number = 0; number < NUMBERS; number++)
			constant += filter_fates(&filter,
					&(struct seccomp_data){ .nr = number,
					    .arch = FILTER_NATIVE_ARCH }) ==
				    FILTER_HAPPENS;
		cr_expect(ge(int, constant, rows[i].least), "row %zu", i);
		for (size_t j = 0; j < ARRAY_SIZE(hot); j++) {
			if (rows[i].mode == SYSCALL_MODE_OBSERVE &&
			    (hot[j] == SYS_accept4 || hot[j] == SYS_fchdir))
				continue;
			cr_expect(eq(uint,
				      filter_fates(&filter,
					  &(struct seccomp_data){ .nr = hot[j],
					      .arch = FILTER_NATIVE_ARCH }),
				      (unsigned)FILTER_HAPPENS),
			    "row %zu: %d", i, hot[j]);
		}
	}
}

Test(filter_mediate, sealed_passes_at_most_100_calls_natively)
{
	AUTO(filter_free)
	struct filter filter =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED });
	int some = 0;

	for (int number = 0; number < NUMBERS; number++)
		some +=
		    (filter_fates(&filter, &(struct seccomp_data){ .nr = number,
					       .arch = FILTER_NATIVE_ARCH }) &
			FILTER_HAPPENS) != 0;
	cr_expect(le(int, some, 100));
	cr_expect(gt(int, some, 80));
}

/* Where attacks began: by no call that the kernel itself would serve. */
Test(filter_mediate, sealed_leaves_no_entry_point_open_that_programs_can_spare)
{
	static const char *const needed[] = {
		"traffic-control", /* with CAP_NET_ADMIN; what the
				    * devices are is asked there, too */
		"unix",
		"memory-maps", /* without those that grow downwards */
		"waitid",
		"posix-timers",
	};
	AUTO(filter_free)
	struct filter filter =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED });
	size_t open = 0;

	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		bool is_needed = false;
		const char *door = NULL;

		if (filter_entry_open(&filter, at, &door) == NULL)
			continue;
		open++;
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
			is_needed |= strcmp(needed[i], at->id) == 0;
		cr_expect(is_needed, "%s: %s", at->id, door);
	}
	cr_expect(eq(sz, open, ARRAY_SIZE(needed)));
}

Test(filter_mediate, a_listener_is_the_platforms)
{
	AUTO(filter_free)
	struct filter notify =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED });
	AUTO(filter_free)
	struct filter traced =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED,
		.by_ptrace = true });

	cr_expect(notify.has_listener);
	cr_expect(eq(uint, notify.flags,
	    SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER |
		SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV));
	cr_expect(not(traced.has_listener));
	cr_expect(eq(uint, traced.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW));
	/* That the profile's program is there can be asked. */
	cr_expect(notify.can_check);
}

/* ---- in the kernel ------------------------------------------------------- */

/* 0, or the number of the check that failed. Calls nothing but system calls. */
static int
under_sealed(const struct filter *filter)
{
	struct error e = { 0 };
	int listener = -1;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    filter_load(filter, &listener, &e) < 0)
		return 1;
	if (syscall(SYS_getpid) <= 0)
		return 2;
	if (syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0) >= 0 ||
	    errno != EAFNOSUPPORT)
		return 3;
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS)
		return 4;
	if (syscall(SYS_mount, NULL, NULL, NULL, 0, NULL) >= 0 ||
	    errno != EPERM)
		return 5;
	/* Who asks a tracer, and has none. */
	if (syscall(SYS_openat, -1, "/", 0) >= 0 || errno != ENOSYS)
		return 6;
	if (syscall(SYS_futex, NULL, 6, 0, NULL, NULL, 0) >= 0 ||
	    errno != ENOSYS)
		return 7;
	/* Advice on a descriptor that there is not. */
	if (syscall(SYS_fadvise64, -1, 0, 0, 0) != 0)
		return 8;
	return 0;
}

Test(filter_mediate, the_kernel_takes_the_program)
{
	AUTO(filter_free)
	struct filter filter =
	    mediate(&(struct filter_mediation){ .mode = SYSCALL_MODE_SEALED,
		.by_ptrace = true });
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(under_sealed(&filter));
	cr_assert(gt(int, pid, 0));
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(zero(int, status));
}
