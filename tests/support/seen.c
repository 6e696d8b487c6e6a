/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen - what of procfs and sysfs comes out, by all ways that there are.
 *
 *	seen ways DIR NAME	open it in each way, and print what is in its
 *				first line, or the error
 *	seen writes DIR NAME	try to change it, and print what came of that
 *	seen same DIR NAME	is it one file for stat(2), statx(2) and
 *				fstat(2)?
 *	seen live DIR NAME	is another text in it after a while, without
 *				opening it anew?
 *	seen numbers		memory and processors, as calls have them
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static const char *dir, *name;
static char path[512];

static void
tell(const char *way, int fd)
{
	char text[256] = "";
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got < 0) {
		printf("%s: %s\n", way, strerrorname_np(errno));
		return;
	}
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	printf("%s: %s\n", way, text);
	close(fd);
}

static int
open_how(int at, const char *file, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };

	return (int)syscall(SYS_openat2, at, file, &how, sizeof(how));
}

static int
reopen(int fd, int flags)
{
	char self[64];

	if (fd < 0)
		return -1;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return open(self, flags);
}

/* A descriptor that another process has found. */
static int
passed(int flags)
{
	int pair[2], fd = -1;
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = 0;
	struct iovec bytes = { &byte, 1 };
	struct msghdr message = { .msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		fd = open(path, flags);
		if (fd < 0)
			_exit(errno);
		struct cmsghdr *part = CMSG_FIRSTHDR(&message);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(fd));
		_exit(sendmsg(pair[0], &message, 0) == 1 ? 0 : errno);
	}
	int status = 0;
	(void)waitpid(child, &status, 0);
	if (status == 0 && recvmsg(pair[1], &message, 0) == 1 &&
	    CMSG_FIRSTHDR(&message) != NULL)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	close(pair[0]);
	close(pair[1]);
	errno = WEXITSTATUS(status);
	return fd;
}

/* /proc/PID/root, cwd: through another process's eyes, and one's own. */
static void
by_processes(void)
{
	char text[600];

	(void)snprintf(text, sizeof(text), "/proc/self/root%s", path);
	tell("root", open(text, O_RDONLY));
	(void)snprintf(text, sizeof(text), "/proc/thread-self/root%s", path);
	tell("thread's root", open(text, O_RDONLY));
	(void)snprintf(text, sizeof(text), "/proc/self/..%s/%s",
	    strcmp(dir, "/proc") == 0 ? "" : "/..", path + 1);
	if (strcmp(dir, "/proc") == 0)
		(void)snprintf(text, sizeof(text), "/proc/self/../%s", name);
	tell("up", open(text, O_RDONLY));
	(void)snprintf(text, sizeof(text), "/proc/self/cwd/%s", name);
	tell("cwd", chdir(dir) < 0 ? -1 : open(text, O_RDONLY));
	tell("relative", open(name, O_RDONLY));
	(void)!chdir("/");
}

static void
by_directory(void)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY);
	int name_of = open(dir, O_PATH | O_DIRECTORY);
	char up[600];

	tell("dirfd", openat(at, name, O_RDONLY));
	tell("O_PATH dirfd", openat(name_of, name, O_RDONLY));
	tell("beneath", open_how(at, name, O_RDONLY, RESOLVE_BENEATH));
	tell("in root", open_how(at, name, O_RDONLY, RESOLVE_IN_ROOT));
	tell("no links", open_how(at, name, O_RDONLY, RESOLVE_NO_SYMLINKS));
	tell("no xdev", open_how(name_of, name, O_RDONLY, RESOLVE_NO_XDEV));
	tell("fchdir", fchdir(at) < 0 ? -1 : open(name, O_RDONLY));
	(void)snprintf(up, sizeof(up), "..%s/%s", strrchr(dir, '/'), name);
	tell("fchdir, up", open(up, O_RDONLY));
	(void)!chdir("/");
	close(at);
	close(name_of);
}

static int
ways(void)
{
	int fd;

	tell("open", open(path, O_RDONLY));
	tell("nonblocking", open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
	tell("openat2", open_how(AT_FDCWD, path, O_RDONLY, 0));
	tell("creat", open(path, O_RDONLY | O_CREAT, 0644));
	by_processes();
	by_directory();
	(void)unlink("/tmp/link");
	tell("link",
	    symlink(path, "/tmp/link") < 0 ? -1 : open("/tmp/link", O_RDONLY));
	tell("creat by a link", open("/tmp/link", O_RDONLY | O_CREAT, 0644));
	fd = open(path, O_PATH);
	tell("O_PATH", reopen(fd, O_RDONLY));
	close(fd);
	fd = open(path, O_RDONLY);
	tell("once more", reopen(fd, O_RDONLY));
	close(fd);
	tell("passed", passed(O_RDONLY));
	fd = passed(O_PATH);
	tell("O_PATH, passed", reopen(fd, O_RDONLY));
	return 0;
}

static void
tell_result(const char *call, long result)
{
	printf("%s: %s\n", call, result < 0 ? strerrorname_np(errno) : "done");
}

static int
writes(void)
{
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
	char self[64];
	int fd = open(path, O_RDONLY);

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	tell_result("O_WRONLY", open(path, O_WRONLY));
	tell_result("O_RDWR", open(path, O_RDWR));
	tell_result("O_TRUNC", open(path, O_RDONLY | O_TRUNC));
	tell_result("truncate", truncate(path, 0));
	tell_result("self, O_WRONLY", open(self, O_WRONLY));
	tell_result("self, O_RDWR", open(self, O_RDWR));
	tell_result("self, truncate", truncate(self, 0));
	tell_result("self, chmod", chmod(self, 0666));
	tell_result("self, chown", chown(self, 0, 0));
	tell_result("self, link",
	    linkat(AT_FDCWD, self, AT_FDCWD, "/tmp/hard", AT_SYMLINK_FOLLOW));
	tell_result("write", write(fd, "x", 1));
	tell_result("ftruncate", ftruncate(fd, 0));
	tell_result("fchmod", fchmod(fd, 0666));
	tell_result("fchown", fchown(fd, 0, 0));
	tell_result("futimens", futimens(fd, times));
	tell_result("fsetxattr", fsetxattr(fd, "user.x", "y", 1, 0));
	tell_result("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	tell_result("mmap", at == MAP_FAILED ? -1 : 0);
	return 0;
}

static int
same(void)
{
	struct stat is, found;
	struct statx more;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || stat(path, &found) < 0 ||
	    syscall(SYS_fstat, fd, &is) < 0 ||
	    statx(AT_FDCWD, path, 0, STATX_INO, &more) < 0)
		return 1;
	bool is_one = is.st_dev == found.st_dev && is.st_ino == found.st_ino &&
		      is.st_ino == more.stx_ino;
	(void)fstat(fd, &found);
	puts(is_one && is.st_ino == found.st_ino ? "one" : "two");
	return 0;
}

static int
live(void)
{
	static char before[65536], after[65536];
	int fd = open(path, O_RDONLY);

	if (pread(fd, before, sizeof(before) - 1, 0) < 0)
		return 1;
	for (int i = 0; i < 50; i++) {
		const struct timespec moment = { 0, 100000000 };

		(void)nanosleep(&moment, NULL);
		memset(after, 0, sizeof(after));
		if (pread(fd, after, sizeof(after) - 1, 0) < 0)
			return 1;
		if (strcmp(before, after) != 0) {
			puts("another");
			return 0;
		}
	}
	puts("the same");
	return 0;
}

static int
numbers(void)
{
	struct sysinfo info;
	cpu_set_t set;

	if (sysinfo(&info) < 0 || sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	printf("sysinfo %lu %lu\nsysconf %ld affinity %d\n",
	    info.totalram / 1024 * info.mem_unit,
	    info.totalswap / 1024 * info.mem_unit,
	    sysconf(_SC_NPROCESSORS_ONLN), CPU_COUNT(&set));
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} modes[] = {
		{ "ways", ways },
		{ "writes", writes },
		{ "same", same },
		{ "live", live },
	};

	if (argc == 2 && strcmp(argv[1], "numbers") == 0)
		return numbers();
	if (argc != 4)
		return 2;
	dir = argv[2];
	name = argv[3];
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run();
	}
	return 2;
}
