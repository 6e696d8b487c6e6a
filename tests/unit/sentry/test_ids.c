/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the task is, and to whom it belongs: as the kernel says it.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

#define NOBODY 0x7ffffff0

Test(sentry_ids, a_number_is_the_kernels_own)
{
	static const struct {
		const char *name;
		long number;
	} rows[] = {
		{ "getuid", SYS_getuid },
		{ "geteuid", SYS_geteuid },
		{ "getgid", SYS_getgid },
		{ "getegid", SYS_getegid },
		{ "getpgid", SYS_getpgid },
		{ "getsid", SYS_getsid },
		{ "getppid", SYS_getppid },
	};
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply =
		    support_call(&support, rows[i].name, (uint64_t[6]){ 0 });

		cr_expect(eq(int, (int)reply.kind, REPLY_VALUE));
		cr_expect(eq(i64, reply.value, syscall(rows[i].number, 0)),
		    "%s", rows[i].name);
	}
	support_free(&support);
}

Test(sentry_ids, real_effective_and_saved)
{
	unsigned got[3] = { 7, 7, 7 }, wanted[3];
	struct support support;

	support_make(&support);
	const uint64_t args[6] = { ADDRESS(&got[0]), ADDRESS(&got[1]),
		ADDRESS(&got[2]) };
	cr_expect(zero(i64, support_call(&support, "getresuid", args).value));
	cr_assert(zero(int, getresuid(&wanted[0], &wanted[1], &wanted[2])));
	cr_expect(zero(int, memcmp(got, wanted, sizeof(got))));
	cr_expect(zero(i64, support_call(&support, "getresgid", args).value));
	cr_assert(zero(int, getresgid(&wanted[0], &wanted[1], &wanted[2])));
	cr_expect(zero(int, memcmp(got, wanted, sizeof(got))));
	const uint64_t nowhere[6] = { ADDRESS(&got[0]), 1, 1 };
	cr_expect(eq(i64, support_call(&support, "getresuid", nowhere).value,
	    -EFAULT));
	support_free(&support);
}

Test(sentry_ids, groups)
{
	gid_t got[512], wanted[512];
	struct support support;
	int count = getgroups(512, wanted);

	support_make(&support);
	cr_expect(eq(i64,
	    support_call(&support, "getgroups", (uint64_t[6]){ 0 }).value,
	    count));
	cr_expect(eq(i64,
	    support_call(&support, "getgroups",
		(uint64_t[6]){ 512, ADDRESS(got) })
		.value,
	    count));
	cr_expect(
	    zero(int, memcmp(got, wanted, (size_t)count * sizeof(got[0]))));
	cr_expect(eq(i64,
	    support_call(&support, "getgroups", (uint64_t[6]){ UINT32_MAX })
		.value,
	    -EINVAL));
	support_free(&support);
}

Test(sentry_ids, capabilities_by_each_version)
{
	static const uint32_t versions[] = { _LINUX_CAPABILITY_VERSION_1,
		_LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3 };
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct __user_cap_header_struct header = { versions[i], 0 };
		struct __user_cap_data_struct got[2] = { 0 }, wanted[2] = { 0 };

		cr_assert(zero(long, syscall(SYS_capget, &header, wanted)));
		cr_expect(zero(i64,
		    support_call(&support, "capget",
			(uint64_t[6]){ ADDRESS(&header), ADDRESS(got) })
			.value));
		cr_expect(zero(int, memcmp(got, wanted, sizeof(got))), "%zu",
		    i);
	}
	struct __user_cap_header_struct header = { 1, 0 };
	cr_expect(zero(i64, support_call(&support, "capget",
				(uint64_t[6]){ ADDRESS(&header), 0 })
				.value));
	cr_expect(eq(u32, header.version, _LINUX_CAPABILITY_VERSION_3));
	header.pid = NOBODY;
	cr_expect(eq(i64,
	    support_call(&support, "capget",
		(uint64_t[6]){ ADDRESS(&header), ADDRESS(&header) })
		.value,
	    -ESRCH));
	support_free(&support);
}

/* One that the sentry was told of, and nothing else. */
Test(sentry_ids, another_process_by_its_number)
{
	struct support support;
	int ends[2];
	char byte;

	cr_assert(zero(int, pipe(ends)));
	support_make(&support);
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		_exit((int)read(ends[0], &byte, 1));
	}
	cr_assert(zero(int, setpgid(child, child)));
	const uint64_t args[6] = { (uint64_t)child };
	cr_expect(
	    eq(i64, support_call(&support, "getpgid", args).value, -ESRCH));
	tasks_add(support.monitor.tasks, child);
	cr_expect(
	    eq(i64, support_call(&support, "getpgid", args).value, child));
	cr_expect(eq(int, tasks_find(support.monitor.tasks, child), child));
	tasks_remove(support.monitor.tasks, child);
	cr_expect(eq(int, tasks_find(support.monitor.tasks, child), -ESRCH));
	close(ends[1]);
	cr_assert(eq(int, waitpid(child, NULL, 0), child));
	support_free(&support);
}

Test(sentry_ids, a_personality_stays)
{
	static const struct {
		uint64_t asked;
		int64_t answer;
	} rows[] = {
		{ 0xffffffff, 0 },
		{ 0, 0 },
		{ 0x40000, -EPERM },
		{ 0x400000, -EPERM },
		{ 8, -EPERM },
	};
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(i64,
			      support_call(&support, "personality",
				  (uint64_t[6]){ rows[i].asked })
				  .value,
			      rows[i].answer),
		    "%zu", i);
	support_free(&support);
}
