/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selfexe - keep the program's own file out of a container's reach.
 *
 * Until it executes the container's program, init's /proc/PID/exe is this
 * file; "#!/proc/self/exe" makes a container execute it. Whoever opens that
 * link while the file is not being executed may write to it, if it may write
 * to the file at all (CVE-2019-5736). So the runtime runs only from a file
 * that cannot be written to: one that is read-only, immutable, under verity
 * or somebody else's already; else one of our making.
 *
 * This is the first code that runs, before the C library's: starting that one
 * twice would cost a sixth of the whole time to start a container, most of it
 * for CPUID, which traps in a virtual machine. So nothing here may use the C
 * library, not even a memset(3) that the compiler puts in: nothing is
 * relocated yet, and there is no thread pointer. tools/check-entry sees that
 * the object needs entry_call() and nothing else.
 */
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "entry.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#define ST_RDONLY_ 1 /* ST_RDONLY of statfs(2) */

static long
pointer(const void *value)
{
	return (long)(uintptr_t)value;
}

static void
close_file(long fd)
{
	entry_call(__NR_close, fd, 0, 0, 0, 0);
}

static bool
is_protected(long fd)
{
	struct statfs fs;
	struct stat st;
	int flags = 0;
	long seals = entry_call(__NR_fcntl, fd, F_GET_SEALS, 0, 0, 0);

	if (seals >= 0)
		return (seals & SEALS) == SEALS;
	if (entry_call(__NR_fstatfs, fd, pointer(&fs), 0, 0, 0) == 0 &&
	    (fs.f_flags & ST_RDONLY_) != 0)
		return true;
	if (entry_call(__NR_ioctl, fd, FS_IOC_GETFLAGS, pointer(&flags), 0,
		0) == 0 &&
	    (flags & (FS_IMMUTABLE_FL | FS_VERITY_FL)) != 0)
		return true;
	/* A rootless container has the caller's powers over files at most. */
	long user = entry_call(__NR_geteuid, 0, 0, 0, 0, 0);
	return user != 0 &&
	       entry_call(__NR_fstat, fd, pointer(&st), 0, 0, 0) == 0 &&
	       (long)st.st_uid != user &&
	       entry_call(__NR_faccessat2, fd, pointer(""), 2, AT_EMPTY_PATH,
		   0) < 0;
}

/*
 * Not one of 0, 1 and 2, which the caller may have closed: what is executed
 * would stand for stdio there, and container_protect_self() close that.
 */
static long
above_stdio(long fd)
{
	if (fd < 0 || fd > 2)
		return fd;
	long above = entry_call(__NR_fcntl, fd, F_DUPFD, 3, 0, 0);
	close_file(fd);
	return above;
}

/* The same file on a mount of its own that is read-only: costs no copy. */
static long
read_only_mount(long fd)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	/* Open beyond the exec: to let go of it there would take as long as
	 * the exec. container_protect_self() finds it. */
	long tree = above_stdio(entry_call(__NR_open_tree, fd, pointer(""),
	    OPEN_TREE_CLONE | AT_EMPTY_PATH, 0, 0));

	if (tree < 0)
		return tree;
	long failed = entry_call(__NR_mount_setattr, tree, pointer(""),
	    AT_EMPTY_PATH, pointer(&attr), sizeof(attr));
	if (failed == 0)
		return tree;
	close_file(tree);
	return failed;
}

static long
fill(long copy, long fd)
{
	struct stat st;
	long at = 0;
	long failed = entry_call(__NR_fstat, fd, pointer(&st), 0, 0, 0);

	while (failed == 0 && at < st.st_size) {
		long sent = entry_call(__NR_sendfile, copy, fd, pointer(&at),
		    (long)st.st_size - at, 0);
		if (sent <= 0)
			failed = sent < 0 ? sent : -EIO;
	}
	if (failed == 0)
		failed = entry_call(__NR_fchmod, copy, 0500, 0, 0, 0);
	if (failed == 0)
		failed = entry_call(__NR_fcntl, copy, F_ADD_SEALS, SEALS, 0, 0);
	return failed;
}

static long
sealed_copy(long fd)
{
	long copy = above_stdio(entry_call(__NR_memfd_create, pointer("lorica"),
	    MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0));
	long failed = copy < 0 ? copy : fill(copy, fd);

	if (failed == 0)
		return copy;
	if (copy >= 0)
		close_file(copy);
	return failed;
}

long
selfexe_protect(char **argv, char **envp)
{
	long self = entry_call(__NR_openat, AT_FDCWD, pointer("/proc/self/exe"),
	    O_RDONLY | O_CLOEXEC, 0, 0);

	if (self < 0)
		return self;
	if (is_protected(self)) {
		close_file(self);
		return 0;
	}
	long safe = read_only_mount(self);
	if (safe < 0)
		safe = sealed_copy(self);
	close_file(self);
	if (safe < 0)
		return safe;
	long failed = entry_call(__NR_execveat, safe, pointer(""),
	    pointer(argv), pointer(envp), AT_EMPTY_PATH);
	close_file(safe);
	return failed;
}

static bool
is_word(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/*
 * Commands that make a process of a container. It may be found where it is no
 * command: then this start is a little slower. main() makes sure.
 */
static bool
makes_process(char **argv)
{
	static const char words[][8] = { "create", "debug", "exec", "record",
		"run", "sandbox" };

	for (; *argv != NULL; argv++) {
		for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]);
		     i++) {
			if (is_word(*argv, words[i]))
				return true;
		}
	}
	return false;
}

void
entry_protect(long *stack)
{
	char **argv = (char **)(stack + 1);

	/* What fails here fails again where it can be said. */
	if (stack[0] > 0 && makes_process(argv))
		(void)selfexe_protect(argv, argv + stack[0] + 1);
}
