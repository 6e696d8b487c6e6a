/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/store.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

static int
temporary_root(char *path, size_t size)
{
	struct error e = { 0 };

	(void)snprintf(path, size, "/tmp/store.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(path), NULL));
	int root = store_open_root(path, false, &e);
	cr_assert(ge(int, root, 0));
	return root;
}

Test(container_store, only_plain_names_are_ids)
{
	static const struct {
		const char *id;
		int want;
	} rows[] = {
		{ "c1", 0 },
		{ "A_b+c.d-9", 0 },
		{ "", -EINVAL },
		{ ".", -EINVAL },
		{ "..", -EINVAL },
		{ ".hidden", -EINVAL },
		{ "a/b", -EINVAL },
		{ "a b", -EINVAL },
		{ "a\n", -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };

		cr_expect(eq(int, store_id_check(rows[i].id, &e), rows[i].want),
		    "row %zu", i);
		if (rows[i].want < 0)
			cr_expect(ne(ptr,
			    strstr(e.text, "invalid container ID format"),
			    NULL));
	}
}

Test(container_store, a_file_is_replaced_as_a_whole)
{
	struct error e = { 0 };
	char path[64];
	char before[8] = "";
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	cr_assert(zero(int, store_file_write(root, "f", "old", 3, &e)));
	AUTO_FD int old = openat(root, "f", O_RDONLY | O_CLOEXEC);
	cr_assert(zero(int, store_file_write(root, "f", "longer", 6, &e)));
	/* Who has it open reads on in the old one. */
	cr_expect(eq(int, (int)read(old, before, sizeof(before)), 3));
	cr_expect(eq(str, before, "old"));
	cr_assert(zero(int, store_file_read(root, "f", &text, &length, &e)));
	cr_expect(eq(str, text, "longer"));
	/* And nothing else is left there. */
	cr_expect(zero(int, unlinkat(root, "f", 0)));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, an_id_is_a_file_name_at_most)
{
	struct error e = { 0 };
	char id[300];

	memset(id, 'a', sizeof(id));
	id[255] = '\0';
	cr_expect(eq(int, store_id_check(id, &e), 0));
	id[255] = 'a';
	id[256] = '\0';
	cr_expect(eq(int, store_id_check(id, &e), -EINVAL));
}

Test(container_store, the_root_directory_holds_no_containers)
{
	static const char *const paths[] = { "", "/", "//", "/./", "/tmp/..",
		"/proc/self/root" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error e = { 0 };

		int got = store_open_root(paths[i], true, &e);

		cr_expect(eq(int, got, paths[i][0] == '\0' ? -ENOENT : -EINVAL),
		    "row %zu", i);
	}
}

Test(container_store, an_id_is_claimed_once_and_private)
{
	char path[64];
	struct error e = { 0 };
	struct stat st;
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	cr_assert(zero(int, fstat(dir, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0700));
	cr_expect(eq(int, store_claim(root, "c1", &e), -EEXIST));
	cr_expect(eq(str, e.text, "container with given ID already exists"));
	e = (struct error){ 0 };
	cr_expect(eq(int, store_claim(root, "../c2", &e), -EINVAL));
	cr_expect(lt(int, faccessat(root, "../c2", F_OK, 0), 0));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, an_absent_container_does_not_exist)
{
	char path[64];
	struct error e = { 0 };
	AUTO_FD int root = temporary_root(path, sizeof(path));

	cr_expect(eq(int, store_open(root, "c1", &e), -ENOENT));
	cr_expect(eq(str, e.text, "container does not exist"));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, a_lock_on_what_was_deleted_is_no_lock)
{
	char path[64];
	struct error e = { 0 };
	AUTO_FD int root = temporary_root(path, sizeof(path));
	int owner = store_claim(root, "c1", &e);
	AUTO_FD int other = store_open(root, "c1", &e);

	cr_assert(ge(int, other, 0));
	cr_assert(zero(int, store_remove(root, "c1", owner, &e)));
	auto_close(&owner);
	cr_expect(eq(int, store_lock(other, &e), -ENOENT));
	cr_expect(eq(str, e.text, "container does not exist"));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, a_lock_is_waited_for)
{
	char path[64];
	struct error e = { 0 };
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int owner = store_claim(root, "c1", &e);
	AUTO_FD int other = store_open(root, "c1", &e);
	pid_t pid = fork();

	if (pid == 0) {
		/* Holds the lock as long as its parent's copy is open. */
		usleep(200000);
		flock(owner, LOCK_UN);
		_exit(0);
	}
	cr_expect(zero(int, store_lock(other, &e)));
	waitpid(pid, NULL, 0);
	cr_expect(zero(int, store_remove(root, "c1", other, &e)));
	cr_expect(zero(int, rmdir(path)));
}

/* A child that locks the container, and its status once it has it or not. */
static pid_t
locker(int root, int held)
{
	/* Until there is a handler an alarm is nothing. */
	signal(SIGALRM, SIG_IGN);
	pid_t pid = fork();

	if (pid == 0) {
		struct error e = { 0 };
		close(held);
		int dir = store_open(root, "c1", &e);
		int result = dir < 0 ? dir : store_lock(dir, &e);
		_exit(signal(SIGALRM, SIG_IGN) == SIG_IGN ? -result : 255);
	}
	return pid;
}

Test(container_store, who_waits_gets_the_lock_when_it_is_free)
{
	char path[32];
	struct error e = { 0 };
	int status = -1;
	AUTO_FD int root = temporary_root(path, sizeof(path));
	int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	pid_t pid = locker(root, dir);
	usleep(20000);
	cr_expect(zero(int, waitpid(pid, &status, WNOHANG)), "it waits");
	close(dir);
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(zero(int, WEXITSTATUS(status)));
	dir = store_open(root, "c1", &e);
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	close(dir);
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, the_wait_for_the_lock_ends_at_the_alarm)
{
	char path[32];
	struct error e = { 0 };
	int status = -1;
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	pid_t pid = locker(root, dir);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		kill(pid, SIGALRM);
		usleep(1000);
	}
	cr_expect(eq(int, WEXITSTATUS(status), EBUSY));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, who_waits_holds_it_until_all_copies_are_closed)
{
	struct error e = { 0 };
	char path[64];
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int held =
	    openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int copy = dup(held);

	cr_expect(zero(int, store_is_held(root)));
	store_hold(held);
	cr_expect(eq(int, store_is_held(root), true));
	/* It keeps nobody from working on it. */
	cr_expect(zero(int, store_lock(root, &e)));
	close(held);
	held = -1;
	cr_expect(eq(int, store_is_held(root), true));
	close(copy);
	copy = -1;
	cr_expect(zero(int, store_is_held(root)));
	rmdir(path);
}
