/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a task seems to be, where root is a show: by the kernel's rules, and
 * without the kernel.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/ids.h"
#include "sentry/pretend.h"
#include "support.h"

#define NONE UINT32_MAX

/* As if the thread were root, as the one user of its namespace is. */
static void
make(struct support *support)
{
	struct creds *creds;

	support_make(support);
	support->monitor.pretend = pretend_new(16);
	creds = support->worker.task.creds;
	memset(creds->uids, 0, sizeof(creds->uids));
	memset(creds->gids, 0, sizeof(creds->gids));
	creds->uid = creds->gid = 0;
}

static void
end(struct support *support)
{
	pretend_free(support->monitor.pretend);
	support_free(support);
}

/* The dispatcher looks at the task before each call. */
static int64_t
call(struct support *support, const char *name, const uint64_t args[6])
{
	struct tasks *tasks = support->monitor.tasks;
	struct reply reply = support_call(support, name, args);

	task_let_go(tasks, &support->worker.task.shown);
	support->worker.task.shown = tasks_shown(tasks, gettid());
	cr_expect(eq(int, (int)reply.kind, REPLY_VALUE));
	return reply.value;
}

#define CALL(name, ...) call(&support, name, (uint64_t[6]){ __VA_ARGS__ })

static void
expect_ids(struct support *support, const char *name, unsigned real,
    unsigned effective, unsigned saved)
{
	unsigned got[3] = { 7, 7, 7 };

	cr_expect(zero(i64, call(support, name,
				(uint64_t[6]){ ADDRESS(&got[0]),
				    ADDRESS(&got[1]), ADDRESS(&got[2]) })));
	cr_expect(eq(uint, got[0], real));
	cr_expect(eq(uint, got[1], effective));
	cr_expect(eq(uint, got[2], saved));
}

Test(sentry_pretend_ids, who_gives_root_up_has_it_no_more)
{
	struct support support;

	make(&support);
	cr_expect(zero(i64, CALL("setgid", 42)));
	cr_expect(zero(i64, CALL("setuid", 1000)));
	expect_ids(&support, "getresuid", 1000, 1000, 1000);
	expect_ids(&support, "getresgid", 42, 42, 42);
	cr_expect(eq(i64, CALL("getuid", 0), 1000));
	cr_expect(eq(i64, CALL("getegid", 0), 42));
	cr_expect(eq(i64, CALL("setuid", 0), -EPERM));
	cr_expect(eq(i64, CALL("setgid", 0), -EPERM));
	cr_expect(eq(i64, CALL("setresuid", NONE, 0, NONE), -EPERM));
	cr_expect(eq(i64, CALL("setreuid", 0, NONE), -EPERM));
	cr_expect(eq(i64, CALL("setgroups", 0, 0), -EPERM));
	cr_expect(eq(i64, CALL("setfsuid", 0), 1000));
	cr_expect(eq(i64, CALL("setfsuid", NONE), 1000));
	expect_ids(&support, "getresuid", 1000, 1000, 1000);
	/* The thread's own are what they were. */
	cr_expect(zero(uint, support.worker.task.creds->uids[1]));
	end(&support);
}

Test(sentry_pretend_ids, for_a_while_only)
{
	struct support support;

	make(&support);
	cr_expect(zero(i64, CALL("setresuid", NONE, 5, NONE)));
	expect_ids(&support, "getresuid", 0, 5, 0);
	cr_expect(eq(i64, CALL("setgid", 3), -EPERM));
	cr_expect(eq(i64, CALL("setuid", 6), -EPERM));
	cr_expect(zero(i64, CALL("setuid", 0)));
	expect_ids(&support, "getresuid", 0, 0, 0);
	cr_expect(zero(i64, CALL("setreuid", 8, 9)));
	expect_ids(&support, "getresuid", 8, 9, 9);
	cr_expect(zero(i64, CALL("setreuid", 9, 8)));
	expect_ids(&support, "getresuid", 9, 8, 8);
	cr_expect(eq(i64, CALL("setreuid", 0, NONE), -EPERM));
	cr_expect(eq(i64, CALL("setuid", NONE), -EINVAL));
	end(&support);
}

Test(sentry_pretend_ids, groups)
{
	static gid_t many[IDS_GROUPS_MAX + 1] = { 5, 6, 7 };
	gid_t got[4] = { 0 };
	struct support support;

	make(&support);
	cr_expect(zero(i64, CALL("setgroups", 3, ADDRESS(many))));
	cr_expect(eq(i64, CALL("getgroups", 4, ADDRESS(got)), 3));
	cr_expect(eq(uint, got[2], 7));
	cr_expect(eq(i64, CALL("setgroups", 1, 1), -EFAULT));
	cr_expect(eq(i64, CALL("setgroups", IDS_GROUPS_MAX + 1, ADDRESS(many)),
	    -EINVAL));
	cr_expect(eq(i64, CALL("setgroups", NONE, ADDRESS(many)), -EINVAL));
	cr_expect(eq(i64, CALL("getgroups", 0), 3));
	cr_expect(zero(i64, CALL("setgroups", 0, 0)));
	cr_expect(zero(i64, CALL("getgroups", 0)));
	end(&support);
}

Test(sentry_pretend_ids, capabilities_go_with_root)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[2] = { 0 };
	struct support support;

	make(&support);
	cr_expect(zero(i64, CALL("capget", ADDRESS(&header), ADDRESS(data))));
	cr_expect(eq(u32, data[0].effective, UINT32_MAX));
	cr_expect(ids_may(&support.worker, CAP_CHOWN));
	cr_expect(zero(i64, CALL("setresuid", 7, 7, 7)));
	cr_expect(eq(int, ids_may(&support.worker, CAP_CHOWN), 0));
	/* As with PR_SET_KEEPCAPS, until the next program. */
	data[0].effective = 1u << CAP_SETGID;
	cr_expect(zero(i64, CALL("capset", ADDRESS(&header), ADDRESS(data))));
	cr_expect(zero(i64, CALL("setgid", 9)));
	data[0].permitted = 1u << CAP_SETGID;
	data[1].permitted = data[1].effective = 0;
	cr_expect(zero(i64, CALL("capset", ADDRESS(&header), ADDRESS(data))));
	data[0].permitted = 1u << CAP_SETUID;
	cr_expect(
	    eq(i64, CALL("capset", ADDRESS(&header), ADDRESS(data)), -EPERM));
	struct creds *after = ids_after_exec(support.worker.task.shown);
	cr_assert(after != NULL);
	cr_expect(zero(u64, after->permitted | after->capabilities));
	cr_expect(eq(uint, after->uids[2], 7));
	task_let_go(support.monitor.tasks, &after);
	end(&support);
}

/* Without a show it is the kernel's. */
Test(sentry_pretend_ids, without_it_the_kernel_is_asked)
{
	static const char *const names[] = { "setuid", "setgid", "setreuid",
		"setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
		"setgroups", "capset" };
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_expect(eq(int,
			      (int)support_call(&support, names[i],
				  (uint64_t[6]){ 0 })
				  .kind,
			      REPLY_CONTINUE),
		    "%s", names[i]);
	support_free(&support);
}

/* A child, and a program: of the same, until one of them changes. */
Test(sentry_pretend_ids, each_task_has_its_own)
{
	struct support support;

	make(&support);
	struct tasks *tasks = support.monitor.tasks;
	cr_expect(zero(i64, CALL("setuid", 1000)));
	tasks_add(tasks, 1);
	struct creds *shown = tasks_shown(tasks, gettid());
	cr_expect(zero(int, tasks_show(tasks, 1, &shown)));
	cr_expect(shown == NULL);
	cr_expect(zero(i64, CALL("setfsuid", 3) - 1000));
	tasks_remove(tasks, gettid());
	cr_expect(tasks_shown(tasks, gettid()) == NULL);
	shown = tasks_shown(tasks, 1);
	cr_expect(eq(uint, shown->uids[1], 1000));
	/* Of one that has ended nothing is kept. */
	tasks_remove(tasks, 1);
	cr_expect(eq(int, tasks_show(tasks, 1, &shown), -ESRCH));
	cr_expect(tasks_shown(tasks, 1) == NULL);
	end(&support);
}
