/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes on as it is, and with which registers it does not.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

#define GOES_ON 1

Test(sentry_own, registers_alone)
{
	static const struct {
		const char *name;
		uint64_t args[6];
		int64_t answer;
	} rows[] = {
		{ "setuid", { 1000 }, GOES_ON },
		{ "setgroups", { 1, 1 }, GOES_ON },
		{ "capset", { 1, 1 }, GOES_ON },
		{ "prlimit64", { 0, 7 }, GOES_ON },
		{ "prlimit64", { 1, 7 }, -EPERM },
		{ "prlimit64", { UINT32_MAX, 7 }, -ESRCH },
		{ "prlimit64", { 0, RLIMIT_CORE, 0, 1 }, GOES_ON },
		{ "prlimit64", { 0, RLIMIT_CORE, 1, 0 }, 0 },
		{ "prlimit64", { 1, RLIMIT_CORE, 1, 0 }, -EPERM },
		{ "timerfd_create", { CLOCK_MONOTONIC }, GOES_ON },
		{ "timerfd_create", { CLOCK_BOOTTIME_ALARM }, -EPERM },
		{ "timerfd_create", { 77 }, -EINVAL },
		{ "shmget", { 0, 4096, IPC_CREAT | 0600 }, GOES_ON },
		{ "shmget", { 0, 4096, IPC_CREAT | SHM_HUGETLB }, -EPERM },
		{ "shmctl", { 0, IPC_RMID }, GOES_ON },
		{ "shmctl", { 0, SHM_LOCK }, -EPERM },
		{ "seccomp", { SECCOMP_SET_MODE_FILTER, 0 }, GOES_ON },
		{ "seccomp",
		    { SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC },
		    GOES_ON },
		{ "seccomp",
		    { SECCOMP_SET_MODE_FILTER,
			SECCOMP_FILTER_FLAG_NEW_LISTENER },
		    -EINVAL },
		{ "seccomp", { SECCOMP_GET_NOTIF_SIZES }, -EINVAL },
	};
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply =
		    support_call(&support, rows[i].name, rows[i].args);

		cr_expect(eq(i64,
			      reply.kind == REPLY_CONTINUE ? GOES_ON
							   : reply.value,
			      rows[i].answer),
		    "row %zu: %s", i, rows[i].name);
	}
	support_free(&support);
}

/* Of one that may not be set the old one is told all the same. */
Test(sentry_own, the_limit_of_cores)
{
	struct rlimit64 old = { 7, 7 };
	const uint64_t args[6] = { 0, RLIMIT_CORE, 1,
		(uint64_t)(uintptr_t)&old };
	struct support support;

	support_make(&support);
	struct reply reply = support_call(&support, "prlimit64", args);
	cr_expect(eq(int, (int)reply.kind, REPLY_VALUE));
	cr_expect(zero(i64, reply.value));
	cr_expect(eq(u64, old.rlim_cur, 1));
	cr_expect(eq(u64, old.rlim_max, 1));
	support_free(&support);
}

Test(sentry_own, the_hosts_shared_memory_is_not_there)
{
	static const char *const names[] = { "shmget", "shmat", "shmctl" };
	struct support support;

	support_make(&support);
	support.monitor.has_own_ipc = false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_expect(eq(i64,
			      support_call(&support, names[i],
				  (uint64_t[6]){ 0 })
				  .value,
			      -ENOSYS),
		    "%s", names[i]);
	support_free(&support);
}

Test(sentry_own, memory_without_a_name)
{
	static const struct {
		const char *name;
		uint64_t flags;
		int64_t answer;
	} rows[] = {
		{ "a", 1, 0 },
		{ "a", 2, 0 },
		{ "a", 16, 0 }, /* MFD_EXEC */
		{ "a", 4, -EINVAL },
		{ "a", 8 | 16, -EINVAL },
		{ "a", 1u << 30, -EINVAL },
	};
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply = support_call(&support, "memfd_create",
		    (uint64_t[6]){ ADDRESS(rows[i].name), rows[i].flags });

		if (reply.kind == REPLY_FD) {
			cr_expect(eq(int, reply.is_cloexec,
			    (rows[i].flags & 1) != 0));
			cr_expect(
			    eq(int, fcntl(reply.fd, F_GETFD), FD_CLOEXEC));
			close(reply.fd);
		}
		cr_expect(eq(int, reply.kind == REPLY_FD, rows[i].answer == 0),
		    "row %zu", i);
		cr_expect(eq(i64, reply.value, rows[i].answer), "row %zu", i);
	}
	char longer[300];
	for (size_t i = 0; i < sizeof(longer); i++)
		longer[i] = i + 1 < sizeof(longer) ? 'a' : '\0';
	cr_expect(eq(i64,
	    support_call(&support, "memfd_create",
		(uint64_t[6]){ ADDRESS(longer) })
		.value,
	    -EINVAL));
	cr_expect(eq(i64,
	    support_call(&support, "memfd_create", (uint64_t[6]){ 0 }).value,
	    -EFAULT));
	support_free(&support);
}
