/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer/layer.h"
#include "os/os.h"

static char victim[64];
static struct stat victim_status;

/* With the two directories, and one to read from, or a file. */
static bool source_is_file;

static bool
enter(const char *place)
{
	static const struct {
		const char *name;
		int number;
	} fds[] = {
		{ "bundle/rootfs", UNPACK_FD_ROOT },
		{ "bundle/trash", UNPACK_FD_TRASH },
		{ "source", UNPACK_FD_SOURCE },
	};
	struct error e = { 0 };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", place,
		    fds[i].number == UNPACK_FD_SOURCE && source_is_file
			? "victim"
			: fds[i].name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		/* The numbers may be others' here. */
		if (fd < 0 || (fd = fcntl(fd, F_DUPFD_CLOEXEC, 20)) < 0 ||
		    dup2(fd, fds[i].number) < 0)
			return false;
	}
	return close_range(UNPACK_FD_END, ~0u, 0) == 0 &&
	       layer_confine(&e) == 0;
}

/*
 * A process with a directory to write to and one to read from, that tries. What
 * it does is its exit status, as it can say little else.
 */
static int
confined(int (*attempt)(void))
{
	static const char *const directories[] = { "", "/source",
		"/source/below", "/bundle", "/bundle/rootfs", "/bundle/trash" };
	char place[] = "/tmp/lorica-confine-XXXXXX", path[64];
	int status;

	cr_assert(ne(ptr, mkdtemp(place), NULL));
	for (size_t i = 1; i < ARRAY_SIZE(directories); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", place,
		    directories[i]);
		cr_assert(zero(int, mkdir(path, 0755)));
	}
	(void)snprintf(victim, sizeof(victim), "%s/victim", place);
	cr_assert(zero(int, mknod(victim, S_IFREG | 0600, 0)));
	(void)snprintf(path, sizeof(path), "%s/bundle/config.json", place);
	cr_assert(zero(int, mknod(path, S_IFREG | 0600, 0)));
	pid_t pid = fork();
	if (pid == 0)
		_exit(enter(place) ? attempt() : 99);
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_assert(zero(int, stat(victim, &victim_status)));
	(void)unlink(victim);
	(void)unlink(path);
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;) {
		(void)snprintf(path, sizeof(path), "%s%s", place,
		    directories[i]);
		cr_expect(zero(int, rmdir(path)));
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int
open_passwd(void)
{
	return os_openat2(AT_FDCWD, "/etc/passwd", O_RDONLY, 0, 0) < 0 ? errno
								       : 0;
}

static int
open_config(void)
{
	return os_openat2(UNPACK_FD_ROOT, "../config.json", O_WRONLY, 0, 0) < 0
		   ? errno
		   : 0;
}

static int
write_inside(void)
{
	if (os_openat2(UNPACK_FD_ROOT, "x", O_WRONLY | O_CREAT, 0600, 0) < 0)
		return errno;
	return unlinkat(UNPACK_FD_ROOT, "x", 0) < 0 ? errno : 0;
}

static int
make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
run_program(void)
{
	char *const arguments[] = { (char *)(uintptr_t) "true", NULL };

	(void)execv("/bin/true", arguments);
	return errno;
}

Test(layer_confine, it_can_write_where_it_is_to)
{
	cr_expect(zero(int, confined(write_inside)));
}

Test(layer_confine, it_reads_no_file_of_the_host)
{
	if (os_landlock_abi() < 2)
		cr_skip_test("needs Landlock");
	/* By Landlock, or there is no such file in an empty root. */
	cr_expect(eq(int, confined(open_passwd),
	    os_has_capability(CAP_SYS_ADMIN) ? ENOENT : EACCES));
	cr_expect(eq(int, confined(open_config), EACCES));
}

Test(layer_confine, it_has_no_socket_and_runs_nothing)
{
#ifdef __SANITIZE_ADDRESS__
	cr_skip_test("the sanitizers make calls of their own");
#endif
	cr_expect(eq(int, confined(make_socket), EPERM));
	cr_expect(eq(int, confined(run_program), EPERM));
}

static int
move_to_trash(void)
{
	if (mkdirat(UNPACK_FD_ROOT, "d", 0700) < 0 ||
	    renameat2(UNPACK_FD_ROOT, "d", UNPACK_FD_TRASH, "0",
		RENAME_NOREPLACE) < 0)
		return errno;
	return unlinkat(UNPACK_FD_TRASH, "0", AT_REMOVEDIR) < 0 ? errno : 0;
}

static int
open_device(void)
{
	if (mknodat(UNPACK_FD_ROOT, "null", S_IFCHR | 0666, makedev(1, 3)) < 0)
		return 97;
	int fd = os_openat2(UNPACK_FD_ROOT, "null", O_RDWR, 0, 0);
	int failed = fd < 0 ? errno : 0;
	return unlinkat(UNPACK_FD_ROOT, "null", 0) < 0 ? 97 : failed;
}

/* To the file that lies beside the directories, or from the root. */
static int
chown_outside(void)
{
	static const int from[] = { UNPACK_FD_SOURCE, UNPACK_FD_ROOT,
		UNPACK_FD_TRASH, AT_FDCWD };
	static const char *const ways[] = { "../victim", "../../victim",
		"../../../victim", "victim", victim };
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(ways); j++)
			(void)!fchownat(from[i], ways[j], 7, 7, 0);
		(void)snprintf(path, sizeof(path), "../../../../..%s", victim);
		(void)!fchownat(from[i], path, 7, 7, 0);
		(void)!utimensat(from[i], path,
		    (struct timespec[2]){ { 5, 0 }, { 5, 0 } }, 0);
	}
	return 0;
}

static int
change_source(void)
{
	const struct timespec times[2] = { { 5, 0 }, { 5, 0 } };

	(void)!fchown(UNPACK_FD_SOURCE, 7, 7);
	(void)!fchmod(UNPACK_FD_SOURCE, 0777);
	(void)!fchownat(UNPACK_FD_SOURCE, "", 7, 7, AT_EMPTY_PATH);
	(void)!futimens(UNPACK_FD_SOURCE, times);
	int fd = dup(UNPACK_FD_SOURCE);
	return fd >= 0 && fchown(fd, 7, 7) == 0 ? 96 : 0;
}

static int
change_below_source(void)
{
	/* Not by its own number, which the filter looks at. */
	int fd = os_openat2(UNPACK_FD_SOURCE, "below", O_PATH, 0, 0);

	if (fd < 0)
		return 97;
	return fchownat(fd, "", 7, 7, AT_EMPTY_PATH) < 0 ? errno : 0;
}

static int
take_memory(void)
{
	return mmap(NULL, 2ul << 30, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		   ? errno
		   : 0;
}

/* An ordinary user's test has no user namespace: 125-image.sh has it. */
static void
need_root(void)
{
	if (!os_has_capability(CAP_SYS_ADMIN))
		cr_skip_test("needs CAP_SYS_ADMIN");
}

Test(layer_confine, it_opens_no_device)
{
	need_root();
	cr_expect(zero(int, confined(move_to_trash)));
	cr_expect(eq(int, confined(open_device), EACCES));
}

Test(layer_confine, it_changes_nothing_outside)
{
	need_root();
	cr_expect(zero(int, confined(chown_outside)));
	cr_expect(zero(u32, victim_status.st_uid));
	cr_expect(ne(long, victim_status.st_mtim.tv_sec, 5));
	cr_expect(eq(int, confined(change_below_source), EROFS));
}

Test(layer_confine, it_changes_no_file_that_it_reads)
{
	need_root();
#ifdef __SANITIZE_ADDRESS__
	cr_skip_test("the sanitizers make calls of their own");
#endif
	source_is_file = true;
	cr_expect(zero(int, confined(change_source)));
	cr_expect(zero(u32, victim_status.st_uid));
	cr_expect(eq(u32, victim_status.st_mode & 07777, 0600));
	cr_expect(ne(long, victim_status.st_mtim.tv_sec, 5));
}

Test(layer_confine, its_memory_has_an_end)
{
#ifdef __SANITIZE_ADDRESS__
	cr_skip_test("the sanitizers take more");
#endif
	cr_expect(eq(int, confined(take_memory), ENOMEM));
}
