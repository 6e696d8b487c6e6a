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
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static bool
is_protected(int fd)
{
	struct statvfs fs;
	struct stat st;
	int flags = 0;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals >= 0)
		return (seals & SEALS) == SEALS;
	if (fstatvfs(fd, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0)
		return true;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 &&
	    (flags & (FS_IMMUTABLE_FL | FS_VERITY_FL)) != 0)
		return true;
	/* A rootless container has the caller's powers over files at most. */
	return geteuid() != 0 && fstat(fd, &st) == 0 &&
	       st.st_uid != geteuid() &&
	       faccessat(fd, "", W_OK, AT_EMPTY_PATH) < 0;
}

/* The same file on a mount of its own that is read-only: costs no copy. */
static int
read_only_mount(int fd)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	AUTO_FD int tree = open_tree(fd, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

	if (tree < 0 ||
	    mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -1;
	return take_fd(&tree);
}

static int
sealed_copy(int fd)
{
	AUTO_FD int copy =
	    memfd_create("lorica", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat st;
	off_t at = 0;

	if (copy < 0 || fstat(fd, &st) < 0)
		return -1;
	while (at < st.st_size) {
		if (sendfile(copy, fd, &at, (size_t)(st.st_size - at)) <= 0)
			return -1;
	}
	if (fchmod(copy, 0500) < 0 || fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		return -1;
	return take_fd(&copy);
}

int
container_protect_self(char **argv, struct error *e)
{
	AUTO_FD int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (self < 0)
		return error_sys(e, "open /proc/self/exe");
	if (is_protected(self))
		return 0;

	AUTO_FD int safe = read_only_mount(self);
	if (safe < 0)
		safe = sealed_copy(self);
	if (safe < 0)
		return error_sys(e, "make a copy of the runtime that cannot "
				    "be written to");
	execveat(safe, "", argv, environ, AT_EMPTY_PATH);
	return error_sys(e, "execute the protected runtime");
}
