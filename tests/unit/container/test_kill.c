/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"
#include "support.h"

Test(container_kill, signals_have_numbers_and_names_in_any_case)
{
	const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "15", SIGTERM },
		{ "TERM", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "sigterm", SIGTERM },
		{ "Kill", SIGKILL },
		{ "64", 64 },
		{ "SIGRTMIN+3", SIGRTMIN + 3 },
		{ "rtmin+0", SIGRTMIN },
		{ "RTMAX-1", SIGRTMAX - 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		int status = 0;
		pid_t pid = make_running();

		cr_assert(zero(int, container_kill(test_root, "c1",
					rows[i].text, false, &e)),
		    "row %zu", i);
		waitpid(pid, &status, 0);
		cr_expect(eq(int, WTERMSIG(status), rows[i].want), "row %zu",
		    i);
		clean_up(0);
	}
}

Test(container_kill, unknown_signals_are_refused)
{
	static const char *const names[] = { "", "0", "65", "-9", "SIG", "FOO",
		"RTMIN+31", "RTMAX-31", "9 ", "+9" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error e = { 0 };

		cr_expect(eq(int,
			      container_kill("/nowhere", "c1", names[i], false,
				  &e),
			      -EINVAL),
		    "row %zu", i);
	}
}

Test(container_kill, what_has_ended_is_not_running)
{
	struct error e = { 0 };
	pid_t pid = make_running();

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(eq(int, container_kill(test_root, "c1", "TERM", false, &e),
	    -ESRCH));
	cr_expect(eq(str, e.text, "container not running"));
	e = (struct error){ 0 };
	cr_expect(zero(int, container_kill(test_root, "c1", "TERM", true, &e)));
	clean_up(0);
}

Test(container_kill, what_is_being_made_is_not_running)
{
	AUTO_FD int root = make_root();
	struct error e = { 0 };
	pid_t pid = make_container(root, "c1", CONTAINER_CREATING);

	cr_expect(eq(int, container_kill(test_root, "c1", "KILL", false, &e),
	    -ESRCH));
	cr_expect(
	    eq(ptr, strstr(e.text, "container not running"), (void *)e.text));
	cr_expect(zero(int, kill(pid, 0)), "it lives on");
	clean_up(pid);
}

Test(container_kill, it_does_not_wait_for_the_lock)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid = make_running();
	AUTO_FD int root = store_open_root(test_root, false, &e);
	int dir = store_open(root, "c1", &e);

	cr_assert(zero(int, flock(dir, LOCK_EX)));
	cr_assert(
	    zero(int, container_kill(test_root, "c1", "KILL", false, &e)));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	auto_close(&dir);
	clean_up(0);
}

Test(container_kill, all_of_a_shared_pid_namespace_is_refused_but_init)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid = make_running();

	cr_expect(eq(int, container_kill(test_root, "c1", "TERM", true, &e),
	    -ENOTSUP));
	cr_expect(eq(str, e.text,
	    "only init was signalled: the container shares its pid "
	    "namespace"));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGTERM));
	clean_up(0);
}
