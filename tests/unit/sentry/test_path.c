/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test itself is the task: what path_find() finds for it is what open(2)
 * finds.
 */
#define _GNU_SOURCE
#include "sentry/mount.h"
#include "sentry/path.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/bounds.h"
#include "sentry/subject.h"

static char directory[] = "/tmp/lorica-path-XXXXXX";
static struct monitor monitor;
static struct worker worker;

static void
make(const char *path)
{
	AUTO_FD int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	cr_assert(ge(int, fd, 0));
}

static void
set_up(void)
{
	struct __user_cap_data_struct data[2];

	monitor.proc = os_proc_root();
	monitor.self = open("/proc/self/fd", O_PATH | O_CLOEXEC);
	monitor.root = -1;
	monitor.tasks = tasks_new(monitor.proc);
	monitor.mounts_seen = mounts_seen_new();
	cr_assert(zero(int, os_capget(data)));
	monitor.capabilities = data[0].permitted | (uint64_t)data[1].permitted
						       << 32;
	worker = (struct worker){ .monitor = &monitor, .listener = -1 };
	pid_t tid = (pid_t)syscall(SYS_gettid);
	cr_assert(eq(int, tasks_look(monitor.tasks, tid, &worker.task), 0));
	cr_assert(mkdtemp(directory) != NULL);
	cr_assert(eq(int, chdir(directory), 0));
	cr_assert(eq(int, mkdir("d", 0755), 0));
	make("f");
	make("d/g");
	cr_assert(eq(int, symlink("f", "l"), 0));
	cr_assert(eq(int, symlink("d", "ld"), 0));
	cr_assert(eq(int, symlink("d/new", "into"), 0));
	cr_assert(eq(int, symlink("loop", "loop"), 0));
}

static void
tear_down(void)
{
	static const char *const names[] = { "f", "l", "ld", "into", "loop",
		"d/g" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("d");
	(void)!chdir("/");
	(void)rmdir(directory);
	task_release(monitor.tasks, &worker.task);
	tasks_free(monitor.tasks);
	free(monitor.mounts_seen);
}

TestSuite(sentry_path, .init = set_up, .fini = tear_down);

static bool
is_same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

static void
expect_same(int dirfd, const char *path, int flags, uint64_t resolve)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	unsigned how = (flags & O_NOFOLLOW) != 0 ? PATH_NOFOLLOW : PATH_FOLLOW;
	AUTO_FD int fd = -1;
	/* EAGAIN: whoever renames or mounts anything on the machine. */
	do {
		fd = os_openat2(dirfd, path, O_PATH | (uint64_t)flags, 0,
		    resolve);
	} while (fd < 0 && errno == EAGAIN);
	int wanted = fd < 0 ? -errno : 0;
	int failed = path_find(&worker, dirfd, path, how, resolve, &found);

	cr_expect(failed == wanted, "\"%s\" at %d, %x, %lx: %d, not %d", path,
	    dirfd, (unsigned)flags, (unsigned long)resolve, failed, wanted);
	if (failed == 0 && wanted == 0)
		cr_expect(is_same(found.fd, fd), "\"%s\" at %d, %x, %lx", path,
		    dirfd, (unsigned)flags, (unsigned long)resolve);
}

Test(sentry_path, finds_what_the_kernel_finds)
{
	static const char *const paths[] = { "f", "f/", "./f", "d", "d/", "d/g",
		"d/g/", "d/../f", "l", "l/", "ld", "ld/", "ld/g", "ld/../f",
		"into", "loop", "loop/", "missing", "missing/x", "f/x", ".",
		"..", "../..", "/", "//", "/..", "/tmp", "/proc/self",
		"/proc/self/", "/proc/self/cwd", "/proc/self/cwd/f",
		"/proc/self/cwd/..", "/proc/self/root/tmp", "/proc/self/exe",
		"/proc/self/fd/0", "/proc/thread-self/cwd/ld/g", "/dev/fd/0",
		"/proc/mounts" };
	static const uint64_t limits[] = { 0, RESOLVE_NO_XDEV,
		RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH,
		RESOLVE_IN_ROOT, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	AUTO_FD int dir = open("d", O_PATH | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(limits); j++) {
			expect_same(AT_FDCWD, paths[i], 0, limits[j]);
			expect_same(AT_FDCWD, paths[i], O_NOFOLLOW, limits[j]);
			expect_same(dir, paths[i], 0, limits[j]);
		}
	}
	expect_same(-1, "f", 0, 0);
	expect_same(-1, "/tmp", 0, 0);
	expect_same(100000, "f", 0, 0);
	expect_same(AT_FDCWD, "", 0, 0);
}

/* Mounts are crossed there, and a process's links lead anywhere. */
Test(sentry_path, a_lookup_stays_within_its_limits)
{
	static const char *const starts[] = { "/", "/proc", "/proc/self",
		"/proc/self/fd", "/proc/self/task", "/sys" };
	static const char *const paths[] = { "..", "../tmp", "../tmp/.",
		"../proc/self", "self/root/tmp", "self/cwd/f", "self/exe",
		"self/fd/0", "self/../..", "thread-self/cwd", "mounts",
		"root/tmp", "cwd/f", "exe", "fd/0", "fd/../cwd/f", "0",
		"../cwd", "../../self/root", "proc/self/root/tmp",
		"proc/../tmp", "proc/self/../../tmp", "proc/mounts" };
	static const uint64_t limits[] = { 0, RESOLVE_NO_XDEV,
		RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT,
		RESOLVE_BENEATH | RESOLVE_NO_XDEV,
		RESOLVE_IN_ROOT | RESOLVE_NO_XDEV,
		RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		AUTO_FD int dir = open(starts[i], O_PATH | O_CLOEXEC);

		for (size_t j = 0; j < ARRAY_SIZE(paths); j++) {
			for (size_t k = 0; k < ARRAY_SIZE(limits); k++) {
				expect_same(dir, paths[j], 0, limits[k]);
				expect_same(dir, paths[j], O_NOFOLLOW,
				    limits[k]);
			}
		}
	}
}

/* Of a mount of its own, and of this one. */
Test(sentry_path, an_absolute_link_crosses_mounts)
{
	static const char *const paths[] = { "d/away", "d/here", "d/../d/here",
		"d/here/../f" };
	static const uint64_t limits[] = { RESOLVE_NO_XDEV, RESOLVE_BENEATH,
		RESOLVE_IN_ROOT, RESOLVE_IN_ROOT | RESOLVE_NO_XDEV };

	cr_assert(zero(int, symlink("/proc/self/status", "d/away")));
	cr_assert(zero(int, symlink(directory, "d/here")));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(limits); j++)
			expect_same(AT_FDCWD, paths[i], 0, limits[j]);
	}
	(void)unlink("d/away");
	(void)unlink("d/here");
}

static void
expect_made(const char *link, const char *text, uint64_t resolve,
    const char *place)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	AUTO_FD int dir = place == NULL ? -1 : open(place, O_PATH | O_CLOEXEC);

	cr_assert(zero(int, symlink(text, link)));
	int failed =
	    path_find(&worker, AT_FDCWD, link, PATH_CREATE, resolve, &found);
	(void)unlink(link);
	cr_expect(eq(int, failed, place == NULL ? -EXDEV : 0), "%s", text);
	if (failed == 0 && place != NULL)
		cr_expect(is_same(found.parent, dir), "%s", text);
}

/* And not the directory of a link. */
Test(sentry_path, what_is_to_be_made_has_the_limits_of_the_call)
{
	expect_made("d/link", "/new", RESOLVE_IN_ROOT, ".");
	expect_made("d/link", "../new", RESOLVE_IN_ROOT, ".");
	expect_made("d/link", "../../new", RESOLVE_IN_ROOT, ".");
	expect_made("d/link", "../new", RESOLVE_BENEATH, ".");
	expect_made("d/link", "../../new", RESOLVE_BENEATH, NULL);
	expect_made("d/link", "/new", RESOLVE_BENEATH, NULL);
}

/* ---- what other processes have ------------------------------------------- */

/* It stands in "d", and has "f" as 9. */
static pid_t
make_neighbour(void)
{
	int fds[2];
	char byte;

	cr_assert(zero(int, pipe(fds)));
	pid_t child = fork();
	if (child == 0) {
		if (dup2(open("f", O_RDONLY), 9) == 9 && chdir("d") == 0 &&
		    write(fds[1], "", 1) == 1)
			(void)pause();
		_exit(1);
	}
	close(fds[1]);
	cr_assert(eq(sz, read(fds[0], &byte, 1), 1));
	close(fds[0]);
	return child;
}

static void
be_the_task(void)
{
	monitor.groups = worker.task.creds->groups;
	monitor.groups_count = worker.task.creds->groups_count;
	cr_assert(zero(int, worker_become(&worker)));
}

Test(sentry_path, another_process_of_the_container_has_files_too)
{
	static const char *const names[] = { "cwd", "cwd/g", "cwd/..", "exe",
		"fd/9", "fd/99", "root/tmp", "fd/../cwd/g", "task/../cwd" };
	static const uint64_t limits[] = { 0, RESOLVE_BENEATH,
		RESOLVE_NO_MAGICLINKS };
	pid_t child = make_neighbour();
	char path[64];

	be_the_task();
	/* Who is not of the container has nothing to be seen. */
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd/g", (int)child);
	cr_expect(
	    eq(int, path_find(&worker, AT_FDCWD, path, PATH_FOLLOW, 0, &found),
		-EACCES));
	tasks_add(monitor.tasks, child);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)child,
		    names[i]);
		for (size_t j = 0; j < ARRAY_SIZE(limits); j++)
			expect_same(AT_FDCWD, path, 0, limits[j]);
	}
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
}

Test(sentry_path, what_a_task_may_not_look_at_stays_out_of_reach)
{
	static const char *const names[] = { "cwd", "exe", "fd/9", "root" };
	struct creds *creds = worker.task.creds;
	char path[64];

	if (getuid() != 0)
		cr_skip_test("another user is needed");
	pid_t child = make_neighbour();
	tasks_add(monitor.tasks, child);
	creds->uid = 65534;
	creds->capabilities = 0;
	be_the_task();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

		(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)child,
		    names[i]);
		cr_expect(eq(int,
			      path_find(&worker, AT_FDCWD, path, PATH_FOLLOW, 0,
				  &found),
			      -EACCES),
		    "%s", names[i]);
	}
	(void)kill(child, SIGKILL);
	cr_assert(zero(int, worker_be_self(&worker)));
	cr_assert(zero(int, os_setresuid((uid_t)-1, 0, (uid_t)-1)));
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
}

/* ---- who moves a directory meanwhile ------------------------------------- */

Test(sentry_path, a_directory_is_below_another_where_it_is_now)
{
	AUTO_FD int top = open("d", O_PATH | O_CLOEXEC);

	cr_assert(zero(int, mkdir("d/e", 0755)));
	AUTO_FD int below = open("d/e", O_PATH | O_CLOEXEC);
	cr_expect(bounds_have(&worker, top, top));
	cr_expect(bounds_have(&worker, top, below));
	cr_assert(zero(int, rename("d/e", "e")));
	cr_expect(not(bounds_have(&worker, top, below)));
	cr_expect(not(bounds_have(&worker, top, -1)));
	(void)rmdir("e");
}

static void *
move_on(void *is_over)
{
	while (!atomic_load((atomic_bool *)is_over)) {
		(void)rename("d/a/b", "b");
		(void)rename("b", "d/a/b");
	}
	return NULL;
}

/* Long enough that the directory is at its other place, as often as not. */
#define WAY 600

Test(sentry_path, a_directory_that_is_moved_out_leads_nowhere)
{
	char path[2 * WAY + 64] = "a/b";
	uint64_t limits[] = { RESOLVE_BENEATH, RESOLVE_IN_ROOT };
	atomic_bool is_over = false;
	pthread_t mover;
	AUTO_FD int dir = open("d", O_PATH | O_CLOEXEC);
	size_t length = strlen(path);

	for (int i = 0; i < WAY; i++, length += 2)
		memcpy(path + length, "/.", 2);
	/* "d/a/f" is not there. */
	memcpy(path + length, "/../f", sizeof("/../f"));
	cr_assert(zero(int, mkdir("d/a", 0755)));
	cr_assert(zero(int, mkdir("d/a/b", 0755)));
	cr_assert(zero(int, pthread_create(&mover, NULL, move_on, &is_over)));
	for (int i = 0; i < 400; i++) {
		AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

		cr_expect(ne(int,
		    path_find(&worker, dir, path, PATH_FOLLOW, limits[i % 2],
			&found),
		    0));
	}
	atomic_store(&is_over, true);
	(void)pthread_join(mover, NULL);
	(void)rmdir("b");
	(void)rmdir("d/a/b");
	(void)rmdir("d/a");
}

Test(sentry_path, a_place_is_a_directory_and_a_name)
{
	static const struct {
		const char *path;
		const char *name; /* NULL: an error */
		int error;
		bool is_directory_asked, is_no_name;
	} rows[] = {
		{ "f", "f", 0, false, false },
		{ "d/new", "new", 0, false, false },
		{ "ld/new/", "new", 0, true, false },
		{ "ld//new//", "new", 0, true, false },
		{ "l", "l", 0, false, false },
		{ ".", ".", 0, false, true },
		{ "d/..", "..", 0, false, true },
		{ "/", "/", 0, false, true },
		{ "missing/x", NULL, -ENOENT, false, false },
		{ "f/x", NULL, -ENOTDIR, false, false },
		{ "loop/x", NULL, -ELOOP, false, false },
		{ "", NULL, -ENOENT, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
		int failed = path_find(&worker, AT_FDCWD, rows[i].path,
		    PATH_PARENT | PATH_ANY_NAME, 0, &found);

		cr_expect(eq(int, failed, rows[i].error), "%s", rows[i].path);
		if (rows[i].name == NULL || failed < 0)
			continue;
		cr_expect(eq(int, strcmp(found.name, rows[i].name), 0), "%s",
		    rows[i].path);
		cr_expect(found.is_no_name == rows[i].is_no_name, "%s",
		    rows[i].path);
		if (!found.is_no_name)
			cr_expect(found.is_directory_asked ==
				      rows[i].is_directory_asked,
			    "%s", rows[i].path);
	}
}

Test(sentry_path, what_is_to_be_made_is_where_the_last_link_leads)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	AUTO_FD int dir = open("d", O_PATH | O_CLOEXEC);

	cr_assert(eq(int,
	    path_find(&worker, AT_FDCWD, "into", PATH_CREATE, 0, &found), 0));
	cr_expect(lt(int, found.fd, 0));
	cr_expect(is_same(found.parent, dir));
	cr_expect(eq(int, strcmp(found.name, "new"), 0));
}

Test(sentry_path, of_what_is_there_both_are_found)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	AUTO_FD int file = open("d/g", O_PATH | O_CLOEXEC);
	AUTO_FD int dir = open("d", O_PATH | O_CLOEXEC);

	cr_assert(eq(int, symlink("ld/g", "d/again"), 0));
	cr_assert(eq(int, symlink("d/g", "to"), 0));
	cr_assert(eq(int,
	    path_find(&worker, AT_FDCWD, "to", PATH_CREATE, 0, &found), 0));
	cr_expect(is_same(found.fd, file));
	cr_expect(is_same(found.parent, dir));
	(void)unlink("to");
	(void)unlink("d/again");
}

Test(sentry_path, a_path_only_descriptor_is_none_to_change_by)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	AUTO_FD int path = open("f", O_PATH | O_CLOEXEC);
	AUTO_FD int file = open("f", O_RDONLY | O_CLOEXEC);

	cr_expect(eq(int, subject_fd(&worker, path, &found), -EBADF));
	cr_expect(eq(int, subject_fd(&worker, AT_FDCWD, &found), -EBADF));
	cr_expect(eq(int, subject_fd(&worker, 100000, &found), -EBADF));
	cr_assert(eq(int, subject_fd(&worker, file, &found), 0));
	cr_expect(is_same(found.fd, file));
}

Test(sentry_path, a_name_is_given_back_as_it_came)
{
	struct path_found found = { .name = "a", .is_directory_asked = true };
	char name[SUBJECT_NAME_MAX];

	subject_name(&found, name);
	cr_expect(eq(int, strcmp(name, "a/"), 0));
	memset(found.name, 'x', NAME_MAX);
	subject_name(&found, name);
	cr_expect(eq(sz, strlen(name), NAME_MAX + 1));
}

/* Else a rule about it would not be about it any more, in that very moment. */
Test(sentry_path, a_name_that_was_taken_away_is_still_its_name)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	char before[PATH_MAX], after[PATH_MAX];

	monitor.root = open("/", O_PATH | O_CLOEXEC);
	cr_assert(zero(int,
	    path_find(&worker, AT_FDCWD, "f", PATH_FOLLOW, 0, &found)));
	cr_assert(zero(int, path_name(&monitor, &found, before, PATH_MAX)));
	cr_assert(zero(int, unlink("f")));
	cr_assert(zero(int, path_name(&monitor, &found, after, PATH_MAX)));
	cr_expect(eq(str, after, before));
	/* Another that has its name meanwhile changes nothing. */
	make("f (deleted)");
	cr_assert(zero(int, path_name(&monitor, &found, after, PATH_MAX)));
	cr_expect(eq(str, after, before));
	(void)unlink("f (deleted)");
	make("f");
}

Test(sentry_path, a_file_may_be_called_so)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	char name[PATH_MAX];

	monitor.root = open("/", O_PATH | O_CLOEXEC);
	make("x (deleted)");
	cr_assert(zero(int, path_find(&worker, AT_FDCWD, "x (deleted)",
				PATH_FOLLOW, 0, &found)));
	cr_assert(zero(int, path_name(&monitor, &found, name, PATH_MAX)));
	cr_expect(ne(ptr, strstr(name, "/x (deleted)"), NULL));
	(void)unlink("x (deleted)");
}

/* Asked again, it is what was kept. */
Test(sentry_path, what_is_procfs_is_known)
{
	struct mounts_seen *seen = mounts_seen_new();
	int proc = open("/proc/self", O_PATH | O_CLOEXEC);
	int other = open("/", O_PATH | O_CLOEXEC);

	for (int i = 0; i < 3; i++) {
		cr_expect(mount_is_procfs(seen, proc));
		cr_expect(not(mount_is_procfs(seen, other)));
	}
	/* What cannot be told is treated as one. */
	cr_expect(mount_is_procfs(seen, -1));
	close(proc);
	close(other);
	free(seen);
}
