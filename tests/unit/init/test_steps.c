/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the steps is the security design. What is pinned here is the
 * relations that it rests on, not the order itself.
 */
#include "init/steps.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"

/* The index of a step, which must be there. */
static size_t
at_in(const struct init_step *steps, const char *name)
{
	for (size_t i = 0; steps[i].name != NULL; i++) {
		if (strcmp(steps[i].name, name) == 0)
			return i;
	}
	cr_fatal("there is no step \"%s\"", name);
}

static size_t
count_in(const struct init_step *steps)
{
	size_t n = 0;

	while (steps[n].name != NULL)
		n++;
	return n;
}

static size_t
at(const char *name)
{
	return at_in(init_steps, name);
}

static size_t
count(void)
{
	return count_in(init_steps);
}

Test(init_steps, what_a_step_needs_comes_before_it)
{
	static const struct {
		const char *first, *then;
		const char *why;
	} rows[] = {
		{ "open a private procfs", "set the host name and sysctls",
		    "sysctls go through it" },
		{ "wait for the tracer",
		    "load the filter while that needs privilege",
		    "the filter asks it" },
		{ "wait for the tracer", "drop capabilities",
		    "who has fewer cannot attach instead" },
		{ "run the startContainer hooks", "wait for the tracer",
		    "hooks are not of the workload" },
		{ "open a private procfs", "set the label",
		    "labels go through it" },
		{ "open a private procfs", "check descriptors and paths",
		    "so does the check" },
		{ "wait for the control group", "make the cgroup namespace",
		    "its root is the cgroup" },
		{ "wait for the control group", "build the root file system",
		    "no device is opened before the rules for them hold" },
		{ "wait for the control group", "run the runtime's hooks",
		    "what they begin is limited" },
		{ "make the cgroup namespace", "build the root file system",
		    "a cgroup mount shows its root" },
		{ "build the root file system",
		    "show hooks the root file system", "it has to be there" },
		{ "show hooks the root file system", "run the runtime's hooks",
		    "they find it by its path" },
		{ "leave the caller's session", "run the runtime's hooks",
		    "no code of others has the caller's terminal" },
		{ "leave the caller's keys", "run the runtime's hooks",
		    "no code of others holds them" },
		{ "leave the caller's session", "take the terminal",
		    "only a session's leader gets one" },
		{ "build the root file system", "pivot into the root",
		    "it has to be there" },
		{ "run the runtime's hooks", "pivot into the root",
		    "they may still add mounts" },
		{ "run the createContainer hooks", "pivot into the root",
		    "they see the host's tree" },
		{ "take the terminal", "pivot into the root",
		    "nobody else can have raced for it" },
		{ "pivot into the root", "protect paths",
		    "masks are the last mounts" },
		{ "protect paths", "enter the working directory",
		    "it is what the program will see" },
		{ "set limits", "become the user", "raising needs privilege" },
		{ "set the label", "become the user", "some need privilege" },
		{ "become the user", "take the label",
		    "a label may forbid to change ids" },
		{ "take the label", "let the sentry attach",
		    "it may look at nobody else" },
		{ "become the user", "find the program",
		    "by the user's own rights" },
		{ "find the program", "wait for start",
		    "an error comes at create" },
		{ "run the startContainer hooks", "close descriptors",
		    "hooks get none of the program's" },
		{ "close descriptors", "check descriptors and paths",
		    "that it was done is checked" },
		{ "check descriptors and paths",
		    "load the filter while that needs privilege",
		    "the filter may forbid open(2)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(lt(sz, at(rows[i].first), at(rows[i].then)),
		    "\"%s\" comes before \"%s\": %s", rows[i].first,
		    rows[i].then, rows[i].why);
}

Test(init_steps, what_a_step_takes_away_stays_gone)
{
	static const char *const privileged[] = { "build the root file system",
		"pivot into the root", "protect paths", "set limits",
		"set the label", "become the user",
		"load the filter while that needs privilege" };

	/* Nothing that needs a capability comes behind this. */
	for (size_t i = 0; i < ARRAY_SIZE(privileged); i++)
		cr_expect(lt(sz, at(privileged[i]), at("drop capabilities")),
		    "%s", privileged[i]);
	/* The late filter relies on it; the program's hooks run without. */
	cr_expect(lt(sz, at("set no_new_privs"), at("load the filter")));
	cr_expect(
	    lt(sz, at("run the startContainer hooks"), at("set no_new_privs")));
	/* A filter may kill whoever calls anything but execve(2). */
	cr_expect(lt(sz, at("drop capabilities"), at("load the filter")));
	cr_expect(eq(sz, at("load the filter"), count() - 4));
	cr_expect(eq(sz, at("check the confinement"), count() - 3));
	/* What stays is as confined as the program, and was looked at. */
	cr_expect(eq(sz, at("leave the first process to itself"), count() - 2));
	cr_expect(eq(sz, at("run the program"), count() - 1));
}

Test(init_steps, only_the_start_is_waited_for_by_the_program_s_own_hooks)
{
	cr_expect(
	    lt(sz, at("wait for start"), at("run the startContainer hooks")));
	/* What changes the process is over when create returns. */
	cr_expect(lt(sz, at("become the user"), at("wait for start")));
	cr_expect(lt(sz, at("set the label"), at("wait for start")));
	cr_expect(lt(sz, at("pivot into the root"), at("wait for start")));
}

Test(init_steps, every_step_has_a_name_of_its_own_and_does_something)
{
	cr_expect(le(sz, count(), INIT_STEPS_MAX));
	for (size_t i = 0; i < count(); i++) {
		bool runs = init_steps[i].run != NULL;

		cr_expect(runs, "%s", init_steps[i].name);
		cr_expect(eq(sz, at(init_steps[i].name), i), "%s is twice",
		    init_steps[i].name);
		for (size_t j = 0; j < i; j++) {
			bool again = init_steps[i].run == init_steps[j].run;

			cr_expect(not(again), "%s and %s", init_steps[i].name,
			    init_steps[j].name);
		}
	}
}

Test(init_steps, names_are_given_by_number_to_those_outside)
{
	for (size_t i = 0; i < count(); i++)
		cr_expect(eq(str, (char *)init_step_name(i),
		    (char *)init_steps[i].name));
	cr_expect(eq(ptr, (void *)init_step_name(count()), NULL));
	cr_expect(eq(ptr, (void *)init_step_name(count() + 100), NULL));
}

/* ---- exec ---------------------------------------------------------------- */

Test(init_steps, what_exec_needs_comes_before_it)
{
	static const struct {
		const char *first, *then;
		const char *why;
	} rows[] = {
		{ "set the oom score", "become undumpable",
		    "its file is the caller's own until then" },
		{ "raise limits", "join the namespaces",
		    "a user namespace has no right to it" },
		{ "become undumpable", "join the namespaces",
		    "nobody inside may trace it" },
		{ "join the namespaces", "enter the pid namespace",
		    "seen last" },
		{ "join the namespaces", "take the container's root",
		    "else it would be the host's" },
		{ "take the container's root", "enter the working directory",
		    "that is below it" },
		{ "take the container's root", "open the terminal",
		    "that is the container's" },
		{ "join the container's keys", "become the user",
		    "they are root's" },
		{ "enter the working directory", "become the user",
		    "by root's rights, as at create" },
		{ "set the label", "become the user", "some need privilege" },
		{ "set the label", "let go of the host",
		    "by the host's procfs" },
		{ "become the user", "take the label",
		    "a label may forbid to change ids" },
		{ "take the label", "give up what it needs no more",
		    "some need privilege" },
		{ "take the label", "let the sentry attach",
		    "it may look at nobody else" },
		{ "become the user", "let go of the host",
		    "that asks the host's procfs" },
		{ "become the user", "enter the pid namespace",
		    "it may make dumpable" },
		{ "become the user", "give up what it needs no more",
		    "that needs privilege" },
		{ "give up what it needs no more", "enter the pid namespace",
		    "who may trace it gains nothing" },
		{ "wait for the tracer", "enter the pid namespace",
		    "there others could be the first" },
		{ "let go of the host", "enter the pid namespace",
		    "nothing is open that the container could use" },
		{ "enter the pid namespace", "leave the caller's session",
		    "a session is of one process" },
		{ "leave the caller's session", "take the terminal",
		    "only a session's leader gets one" },
		{ "enter the pid namespace", "set limits",
		    "a limit of processes would refuse the fork" },
		{ "enter the pid namespace",
		    "name the process of socket activation",
		    "it has its number from then on" },
		{ "find the program", "wait for the runtime",
		    "what is not found is not told of as running" },
		{ "wait for the runtime", "close descriptors",
		    "the last answer has come" },
		{ "check the paths", "restrict by Landlock",
		    "that opens what it may refuse" },
		{ "restrict by Landlock",
		    "load the filter while that needs privilege",
		    "which may refuse its calls" },
		{ "wait for the runtime", "set no_new_privs",
		    "nothing more can be refused" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(lt(sz, at_in(init_join_steps, rows[i].first),
			      at_in(init_join_steps, rows[i].then)),
		    "\"%s\" comes before \"%s\": %s", rows[i].first,
		    rows[i].then, rows[i].why);
}

/* The end of the two is the same, step by step, but that exec has no process of
 * ours to leave. */
Test(init_steps, exec_ends_as_create_does)
{
	size_t from = at("set no_new_privs");
	size_t join = at_in(init_join_steps, "set no_new_privs");

	cr_assert(eq(sz, count() - from - 1, count_in(init_join_steps) - join));
	for (size_t i = from; init_steps[i].name != NULL; i++) {
		if (init_steps[i].run == init_reap)
			continue;
		bool same = init_steps[i].run == init_join_steps[join++].run;

		cr_expect(same, "%s", init_steps[i].name);
	}
}

Test(init_steps, no_step_of_exec_is_twice)
{
	for (size_t i = 0; i < count_in(init_join_steps); i++)
		cr_expect(eq(sz,
			      at_in(init_join_steps, init_join_steps[i].name),
			      i),
		    "%s", init_join_steps[i].name);
}
