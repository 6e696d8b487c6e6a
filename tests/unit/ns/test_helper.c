/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that every system has stand for newuidmap(1): it is found in the
 * same folders, and what it says and how it ends is all that counts.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "ns/idmap.h"

static struct spec_idmap items[] = { { 0, 1000, 1 }, { 1, 100000, 65536 } };
static const struct spec_idmaps maps = { items, ARRAY_SIZE(items) };

Test(ns_helper, one_that_succeeds_is_believed)
{
	struct error e = { 0 };

	cr_expect(zero(int, idmap_helper_run("true", 4711, &maps, &e)), "%s",
	    e.text);
	cr_expect(zero(int, e.code));
}

Test(ns_helper, one_that_says_nothing_has_refused)
{
	struct error e = { 0 };

	cr_expect(eq(int, idmap_helper_run("false", 4711, &maps, &e), -EPERM));
	cr_expect(eq(str, e.text, "false refused the mappings"));
}

/* A line for each argument, the last of which is the last number. */
Test(ns_helper, the_last_that_it_says_is_the_reason)
{
	struct error e = { 0 };

	setenv("LC_ALL", "xx", 1);
	cr_expect(eq(int, idmap_helper_run("ls", 4711, &maps, &e), -EPERM));
	cr_expect(eq(str, e.text,
	    "ls refused the mappings: ls: cannot access '65536': No such file "
	    "or directory"));
}

/* "test PID 0 1000 1": the first that it does not understand is the 0. */
Test(ns_helper, the_pid_comes_first_and_then_the_map)
{
	const struct spec_idmaps one = { items, 1 };
	struct error e = { 0 };

	cr_expect(eq(int, idmap_helper_run("test", 4711, &one, &e), -EPERM));
	cr_expect(ne(ptr, strstr(e.text, "'0'"), NULL), "%s", e.text);
}

/* Not in PATH, which is the caller's to choose. */
Test(ns_helper, one_that_is_not_there_is_asked_for)
{
	struct error e = { 0 };

	setenv("PATH", "/tmp", 1);
	cr_expect(zero(int, idmap_helper_run("true", 1, &maps, &e)));
	cr_expect(
	    eq(int, idmap_helper_run("no-such-helper", 1, &maps, &e), -ENOENT));
	cr_expect(eq(str, e.text,
	    "no-such-helper is not installed (Debian: apt install uidmap)"));
}

/* A set-user-id program takes nothing from us but its arguments. */
Test(ns_helper, its_environment_is_empty_and_its_signals_are_the_default)
{
	struct error e = { 0 };

	setenv("4711", "x", 1);
	cr_expect(
	    eq(int, idmap_helper_run("printenv", 4711, &maps, &e), -EPERM));
	cr_expect(eq(str, e.text, "printenv refused the mappings"));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "nobody is left");
}
