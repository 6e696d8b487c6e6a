/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/resource.h>

#include "support.h"

static void
check_user(const struct spec_user *user)
{
	cr_expect(eq(u32, user->uid, 12));
	cr_expect(eq(u32, user->gid, 34));
	cr_expect(user->umask.is_set);
	cr_expect(eq(u32, user->umask.value, 63));
	cr_assert(eq(sz, user->additional_gids_count, 2));
	cr_expect(eq(u32, user->additional_gids[0], 56));
	cr_expect(eq(u32, user->additional_gids[1], 78));
}

static void
check_scheduling(const struct spec_process *process)
{
	const struct spec_scheduler *s = process->scheduler;

	cr_assert(ne(ptr, (void *)s, NULL));
	cr_expect(eq(int, s->policy, SCHED_DEADLINE));
	cr_expect(eq(u64, s->flags, SCHED_FLAG_RECLAIM));
	cr_expect(eq(int, s->nice, -3));
	cr_expect(zero(int, s->priority));
	cr_expect(eq(u64, s->runtime, 4));
	cr_expect(eq(u64, s->deadline, 5));
	cr_expect(eq(u64, s->period, 6));
	cr_assert(ne(ptr, process->io_priority, NULL));
	cr_expect(eq(int, process->io_priority->io_class, IOPRIO_CLASS_IDLE));
	cr_expect(eq(int, process->io_priority->priority, 5));
	cr_expect(eq(str, process->exec_cpu_affinity_initial, "0-1"));
	cr_expect(eq(str, process->exec_cpu_affinity_final, "1"));
}

static void
check_capabilities(const struct spec_capabilities *sets)
{
	cr_assert(ne(ptr, (void *)sets, NULL));
	cr_expect(eq(u64, sets->bounding, UINT64_C(1) << CAP_CHOWN));
	cr_expect(eq(u64, sets->effective, UINT64_C(1) << CAP_KILL));
	cr_expect(eq(u64, sets->inheritable, UINT64_C(1) << CAP_FOWNER));
	cr_expect(eq(u64, sets->permitted, UINT64_C(1) << CAP_SETUID));
	cr_expect(eq(u64, sets->ambient, UINT64_C(1) << CAP_BPF));
}

static void
check_process(const struct spec_process *process)
{
	cr_expect(process->terminal);
	cr_expect(eq(u32, process->console_height.value, 31));
	cr_expect(eq(u32, process->console_width.value, 117));
	cr_assert(eq(sz, process->args.count, 2));
	cr_expect(eq(str, process->args.items[0], "/bin/a"));
	cr_expect(eq(str, process->args.items[1], "b"));
	cr_expect(eq(ptr, process->args.items[2], NULL));
	cr_assert(eq(sz, process->env.count, 2));
	cr_expect(eq(str, process->env.items[0], "A=1"));
	cr_expect(eq(str, process->env.items[1], "B=2"));
	cr_expect(eq(ptr, process->env.items[2], NULL));
	cr_expect(eq(str, process->cwd, "/c"));
	cr_expect(process->no_new_privileges);
	cr_expect(eq(str, process->apparmor_profile, "aa"));
	cr_expect(eq(str, process->selinux_label, "se"));
	cr_expect(process->oom_score_adj.is_set);
	cr_expect(eq(i64, process->oom_score_adj.value, -999));
	cr_assert(eq(sz, process->rlimits_count, 1));
	cr_expect(eq(int, process->rlimits[0].resource, RLIMIT_CPU));
	cr_expect(eq(u64, process->rlimits[0].soft, 7));
	cr_expect(eq(u64, process->rlimits[0].hard, UINT64_MAX));
}

Test(spec_process, every_member_is_read)
{
	for (int reprinted = 0; reprinted < 2; reprinted++) {
		AUTO(spec_free) struct spec *spec = full_spec(reprinted);

		cr_assert(ne(ptr, spec->process, NULL));
		check_process(spec->process);
		check_user(&spec->process->user);
		check_capabilities(spec->process->capabilities);
		check_scheduling(spec->process);
	}
}

/* Engines write the zero values of their structs. */
Test(spec_process, what_is_empty_is_as_if_not_there)
{
	static const char text[] =
	    "{\"cwd\": \"/\", \"args\": null, \"capabilities\": null,"
	    "\"consoleSize\": {\"height\": 0, \"width\": 0}, \"user\": {}}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
		      spec_parse_process(text, sizeof(text) - 1, &spec, &e)),
	    "%s", e.text);
	const struct spec_process *process = spec->process;
	cr_expect(zero(sz, process->args.count));
	cr_expect(eq(ptr, process->args.items[0], NULL));
	cr_expect(eq(ptr, process->env.items[0], NULL));
	cr_expect(eq(ptr, process->capabilities, NULL));
	cr_expect(eq(ptr, process->scheduler, NULL));
	cr_expect(zero(u32, process->console_height.value));
	cr_expect(zero(u32, process->console_width.value));
	cr_expect(not(process->user.umask.is_set));
	cr_expect(not(process->oom_score_adj.is_set));
}

Test(spec_process, a_process_alone_is_checked_like_one_in_a_configuration)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "{}", "cwd is required" },
		{ "[]", "expected an object" },
		{ "{\"cwd\": 1}", "cwd: expected a string" },
		{ "{\"cwd\": \"/\", \"consoleSize\": 1}",
		    "consoleSize: expected an object" },
		{ "{\"cwd\": \"/\", \"consoleSize\": {\"height\": 65536,"
		  "\"width\": 1}}",
		    "consoleSize.height: 65536 is out of range" },
		{ "{\"cwd\": \"/\", \"ioPriority\": {\"class\":"
		  "\"IOPRIO_CLASS_BE\", \"priority\": 8}}",
		    "ioPriority.priority: 8 is out of range" },
		{ "{\"cwd\"", "line 1: ends too early" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free) struct spec *spec = NULL;
		struct error e = { 0 };

		cr_expect(eq(int,
			      spec_parse_process(rows[i].text,
				  strlen(rows[i].text), &spec, &e),
			      -EINVAL),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
		cr_expect(eq(ptr, (void *)spec, NULL));
	}
}
