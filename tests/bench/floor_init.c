/* SPDX-License-Identifier: Apache-2.0 */
/* floor_init - the half of floor.c that runs in the container. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "floor.h"

#define EMPTY      (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define SAFE       (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define CLONE_TREE (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH)

static int
below(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

struct mount {
	const char *place; /* a directory to be made first when it has a '+' */
	const char *type;
	unsigned attributes;
	const char *options[6]; /* keys and values */
};

static const struct mount mounts[] = {
	{ "/proc", "proc", SAFE, { NULL } },
	{ "/dev", "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
	    { "mode", "755", "size", "65536k" } },
	{ "+/dev/pts", "devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
	    { "ptmxmode", "0666", "mode", "0620", "gid", "5" } },
	{ "+/dev/shm", "tmpfs", SAFE, { "mode", "1777", "size", "65536k" } },
	{ "+/dev/mqueue", "mqueue", SAFE, { NULL } },
	{ "/sys", "sysfs", SAFE | MOUNT_ATTR_RDONLY, { NULL } },
	{ "/sys/fs/cgroup", "cgroup2", SAFE | MOUNT_ATTR_RDONLY, { NULL } },
};

static int
new_filesystem(const struct mount *mount)
{
	int context = must(fsopen(mount->type, FSOPEN_CLOEXEC), mount->type);

	fsconfig(context, FSCONFIG_SET_STRING, "source", mount->type, 0);
	for (int i = 0; i < 6 && mount->options[i] != NULL; i += 2)
		must(fsconfig(context, FSCONFIG_SET_STRING, mount->options[i],
			 mount->options[i + 1], 0),
		    mount->options[i]);
	must(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0),
	    mount->type);
	int tree = must(fsmount(context, FSMOUNT_CLOEXEC, mount->attributes),
	    mount->type);
	close(context);
	return tree;
}

static void
attach(int tree, int target)
{
	must(move_mount(tree, "", target, "", EMPTY), "attach");
	close(tree);
	close(target);
}

static void
make_mounts(int root)
{
	for (size_t i = 0; i < COUNT(mounts); i++) {
		const char *place = mounts[i].place;

		if (place[0] == '+') {
			int dev = must(below(root, "/dev"), "/dev");

			place++;
			must(mkdirat(dev, strrchr(place, '/') + 1, 0755),
			    place);
			close(dev);
		}
		attach(new_filesystem(&mounts[i]),
		    must(below(root, place), place));
	}
}

static void
make_devices(int root)
{
	static const struct {
		const char *name;
		unsigned major;
		unsigned minor;
	} nodes[] = { { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 },
		{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 } };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "fd" },
		{ "/proc/self/fd/0", "stdin" },
		{ "/proc/self/fd/1", "stdout" },
		{ "/proc/self/fd/2", "stderr" },
		{ "pts/ptmx", "ptmx" },
	};
	int dev = must(below(root, "/dev"), "/dev");

	for (size_t i = 0; i < COUNT(nodes); i++)
		must(mknodat(dev, nodes[i].name, S_IFCHR | 0666,
			 makedev(nodes[i].major, nodes[i].minor)),
		    nodes[i].name);
	for (size_t i = 0; i < COUNT(links); i++)
		must(symlinkat(links[i][0], dev, links[i][1]), links[i][1]);
	close(dev);
}

static void
protect(int root, int null)
{
	static const char *const readonly[] = { "/proc/bus", "/proc/fs",
		"/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
	static const char *const masked[] = { "/proc/acpi", "/proc/asound",
		"/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
		"/proc/scsi", "/proc/interrupts", "/sys/firmware",
		"/sys/devices/virtual/powercap" };
	static const struct mount blank = { NULL, "tmpfs",
		SAFE | MOUNT_ATTR_RDONLY,
		{ "nr_blocks", "1", "nr_inodes", "1" } };
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	int empty = -1;

	for (size_t i = 0; i < COUNT(readonly); i++) {
		int target = below(root, readonly[i]);

		if (target < 0)
			continue;
		int tree =
		    must(open_tree(target, "", CLONE_TREE | AT_RECURSIVE),
			readonly[i]);
		must(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
			 &attr, sizeof(attr)),
		    readonly[i]);
		attach(tree, target);
	}
	for (size_t i = 0; i < COUNT(masked); i++) {
		struct stat st;
		int target = below(root, masked[i]);

		if (target < 0)
			continue;
		must(fstat(target, &st), masked[i]);
		if (S_ISDIR(st.st_mode) && empty < 0) {
			empty = new_filesystem(&blank);
			must(move_mount(empty, "", target, "", EMPTY),
			    masked[i]);
			close(target);
			continue;
		}
		attach(must(open_tree(S_ISDIR(st.st_mode) ? empty : null, "",
				CLONE_TREE),
			   masked[i]),
		    target);
	}
	must(mount_setattr(root, "", AT_EMPTY_PATH, &attr, sizeof(attr)),
	    "root");
}

/* Ids, limits and capabilities as the default configuration has them. */
static void
drop(const struct sock_fprog *filter)
{
	const uint64_t keep =
	    1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE;
	struct rlimit files = { 1024, 1024 };
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)keep, (uint32_t)keep, 0 },
	};

	must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	for (int i = 0; i <= CAP_LAST_CAP; i++) {
		if ((keep >> i & 1) == 0)
			must(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "bounding");
	}
	must(syscall(SYS_setgroups, 0, NULL), "setgroups");
	must(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
	must(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
	    "ambient");
	must(close_range(3, ~0u, CLOSE_RANGE_CLOEXEC), "close_range");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(syscall(SYS_capset, &header, data), "capset");
	if (filter->len > 0)
		must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_SPEC_ALLOW, filter),
		    "seccomp");
}

void
floor_init(const char *rootfs, char *program, const struct sock_fprog *filter,
    int sync, int start)
{
	char *argv[] = { program, NULL };
	char *env[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	struct mount_attr private = { .propagation = MS_PRIVATE };
	char go;

	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int any = must(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(any, SIOCSIFFLAGS, &loopback), "lo");
	close(any);
	must(prctl(PR_SET_DUMPABLE, 0), "dumpable");
	must(setsid(), "setsid");
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_ses.floor");
	must(mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private,
		 sizeof(private)),
	    "private");
	int place = must(open(rootfs, O_PATH | O_CLOEXEC), rootfs);
	int root =
	    must(open_tree(place, "", CLONE_TREE | AT_RECURSIVE), rootfs);
	must(move_mount(root, "", place, "", EMPTY), "root");
	close(place);
	make_mounts(root);
	make_devices(root);
	int device = must(open("/dev/null", O_PATH | O_CLOEXEC), "/dev/null");
	int null = must(open_tree(device, "", CLONE_TREE), "/dev/null");
	must(sethostname("floor", 5), "sethostname");
	must(read(sync, &go, 1), "wait for the record");
	must(fchdir(root), "fchdir");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "chdir");
	protect(root, null);
	umask(022);
	if (start >= 0) {
		must(write(sync, "", 1), "created");
		must(accept4(start, NULL, NULL, SOCK_CLOEXEC), "accept");
	}
	drop(filter);
	execve(program, argv, env);
	must(-1, program);
	_exit(1);
}
