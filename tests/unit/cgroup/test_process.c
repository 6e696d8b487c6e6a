/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "cgroup/file.h"
#include "support.h"

struct list {
	pid_t items[8];
	unsigned count;
};

static int
add(void *context, pid_t pid, struct error *e)
{
	struct list *list = context;

	(void)e;
	list->items[list->count++ % 8] = pid;
	return 0;
}

Test(cgroup_process, processes_below_count_too)
{
	struct cgroup_tree tree = fake_tree("/");
	struct list list = { 0 };
	struct error e = { 0 };

	put_file(tree.top, "cgroup.procs", "5\n0\n6\n");
	cr_assert(zero(int, mkdirat(tree.top, "a", 0755)));
	cr_assert(zero(int, mkdirat(tree.top, "a/.b", 0755)));
	AUTO_FD int below = openat(tree.top, "a/.b", O_RDONLY);
	put_file(below, "cgroup.procs", "7\n");
	cr_assert(zero(int, cgroup_processes(tree.top, add, &list, &e)), "%s",
	    e.text);
	cr_expect(eq(u32, list.count, 3), "0 is in another pid namespace");
	cr_expect(eq(int, list.items[2], 7));
	fake_remove(&tree);
}

Test(cgroup_process, a_tree_too_deep_is_an_error)
{
	struct cgroup_tree tree = fake_tree("/");
	struct list list = { 0 };
	struct error e = { 0 };
	int at = dup(tree.top);

	for (int i = 0; i <= LIMIT_CGROUP_DEPTH; i++) {
		cr_assert(zero(int, mkdirat(at, "d", 0755)));
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	close(at);
	cr_expect(eq(int, cgroup_processes(tree.top, add, &list, &e), -ELOOP));
	fake_remove(&tree);
}

static void
end(int number)
{
	_exit(number == SIGUSR1 ? 7 : 1);
}

/* A signal that kills by itself would end it frozen or not. */
Test(cgroup_process, frozen_waits_until_it_is_so)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	struct list list = { 0 };
	int status = 0;

	(void)signal(SIGUSR1, end);
	pid_t pid = sleeper(dir);
	cr_expect(zero(int, cgroup_processes(dir, add, &list, &e)));
	cr_expect(eq(u32, list.count, 1));
	cr_expect(eq(int, list.items[0], pid));
	cr_expect(zero(int, cgroup_is_frozen(dir)));
	cr_assert(zero(int, cgroup_freeze(dir, true, &e)), "%s", e.text);
	cr_expect(cgroup_is_frozen(dir));
	cr_expect(zero(int, kill(pid, SIGUSR1)));
	usleep(20000);
	cr_expect(zero(int, waitpid(pid, NULL, WNOHANG)),
	    "what is frozen does nothing");
	cr_assert(zero(int, cgroup_freeze(dir, false, &e)), "%s", e.text);
	cr_expect(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}

/* A cgroup is "frozen" with its own processes, before those below it are. */
Test(cgroup_process, frozen_waits_for_those_below)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);

	(void)sleeper(dir);
	for (char name[] = "a"; name[0] <= 'p'; name[0]++) {
		cr_assert(zero(int, mkdirat(dir, name, 0755)));
		AUTO_FD int below = openat(dir, name, O_RDONLY);
		for (int i = 0; i < 4; i++)
			(void)spinner(below);
	}
	for (int tries = 0; tries < 8; tries++) {
		cr_assert(zero(int, cgroup_freeze(dir, true, &e)), "%s",
		    e.text);
		for (char name[] = "a"; name[0] <= 'p'; name[0]++) {
			AUTO_FD int below = openat(dir, name, O_RDONLY);
			uint64_t frozen = 0;

			cr_expect(file_read_key(below, "cgroup.events",
			    "frozen", &frozen));
			cr_expect(eq(u64, frozen, 1), "%s", name);
		}
		cr_assert(zero(int, cgroup_freeze(dir, false, &e)), "%s",
		    e.text);
	}
	cr_assert(zero(int, cgroup_kill(dir, &e)), "%s", e.text);
	while (waitpid(-1, NULL, 0) > 0)
		;
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}

Test(cgroup_process, signals_and_kills_reach_all)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	int status;

	cr_assert(zero(int, mkdirat(dir, ".below", 0755)));
	AUTO_FD int below = openat(dir, ".below", O_RDONLY);
	pid_t first = sleeper(dir), second = sleeper(below);
	cr_assert(zero(int, cgroup_signal(dir, SIGUSR1, &e)), "%s", e.text);
	cr_expect(eq(int, waitpid(first, &status, 0), first));
	cr_expect(eq(int, WTERMSIG(status), SIGUSR1));
	cr_expect(eq(int, waitpid(second, &status, 0), second));
	cr_expect(eq(int, WTERMSIG(status), SIGUSR1));
	first = sleeper(below);
	cr_assert(zero(int, cgroup_kill(dir, &e)), "%s", e.text);
	cr_expect(eq(int, waitpid(first, &status, 0), first));
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}

/* Who comes second finds a directory without a file in it. */
Test(cgroup_process, what_was_removed_meanwhile_is_dead_and_still)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);

	cr_assert(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
	cr_expect(zero(int, cgroup_kill(dir, &e)), "%s", e.text);
	cr_expect(zero(int, cgroup_signal(dir, SIGTERM, &e)), "%s", e.text);
	cr_expect(zero(int, cgroup_freeze(dir, true, &e)), "%s", e.text);
	cr_expect(zero(int, cgroup_freeze(dir, false, &e)), "%s", e.text);
}

Test(cgroup_process, a_watched_file_tells_of_its_changes)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	AUTO_FD int watch = cgroup_watch(dir, "cgroup.events", &e);
	struct pollfd changed = { .fd = watch, .events = POLLPRI };
	char text[64];

	cr_assert(gt(long, read(watch, text, sizeof(text)), 0));
	pid_t pid = sleeper(dir);
	cr_expect(eq(int, poll(&changed, 1, 5000), 1));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}

Test(cgroup_process, what_is_to_end_gets_processor_time_also_below)
{
	struct cgroup_tree tree = fake_tree("/");
	AUTO_FD int below = -1;

	cr_assert(zero(int, mkdirat(tree.top, "a", 0755)));
	below = openat(tree.top, "a", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 2; i++) {
		put_file(i == 0 ? tree.top : below, "cpu.idle", "1");
		put_file(i == 0 ? tree.top : below, "cpu.weight", "1");
		put_file(i == 0 ? tree.top : below, "cpu.max", "9 9");
	}
	cgroup_hurry(tree.top);
	cr_expect(eq(str, (char *)text_of(tree.top, "cpu.max"), "max"));
	cr_expect(eq(str, (char *)text_of(tree.top, "cpu.idle"), "0"));
	cr_expect(eq(str, (char *)text_of(below, "cpu.max"), "max"));
	cr_expect(eq(str, (char *)text_of(below, "cpu.weight"), "10000"));
	cr_expect(eq(str, (char *)text_of(below, "cpu.idle"), "0"));
	fake_remove(&tree);
}
