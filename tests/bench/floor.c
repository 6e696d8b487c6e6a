/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor - how fast could any runtime be that does what the default bundle
 * asks for?
 *
 *     floor run ROOTFS STATE-DIRECTORY [FILTER] PROGRAM
 *     floor create ROOTFS STATE-DIRECTORY [FILTER] PROGRAM
 *     floor start STATE-DIRECTORY
 *     floor delete STATE-DIRECTORY
 *
 * One static program with everything written down in advance: no
 * configuration is read, nothing is checked, errors end it. It makes the same
 * namespaces, mounts, devices, links, masks and read-only paths, limits,
 * capabilities and state files as "run" does for the configuration that
 * "spec" writes, then executes the program, waits and cleans up. FILTER is a
 * file of BPF instructions, loaded as it is. What it leaves out is what a
 * runtime adds: parsing, validating, verifying, and protecting its own file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define EMPTY      (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define SAFE       (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define CLONE_TREE (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH)

static struct sock_filter insns[4096];
static struct sock_fprog filter = { 0, insns };

static int
must(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
		_exit(1);
	}
	return (int)result;
}

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
drop(void)
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
	if (filter.len > 0)
		must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter),
		    "seccomp");
}

static void __attribute__((noreturn))
be_init(const char *rootfs, char *program, int sync, int start)
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
	drop();
	execve(program, argv, env);
	must(-1, program);
	_exit(1);
}

static void
write_file(int dir, const char *temporary, const char *name, const char *text)
{
	int fd = must(openat(dir, temporary,
			  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
	    name);

	must(write(fd, text, strlen(text)), name);
	must(renameat(dir, temporary, dir, name), name);
	close(fd);
}

static void
read_filter(const char *path)
{
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t got = must(read(fd, insns, sizeof(insns)), path);

	filter.len = (unsigned short)((size_t)got / sizeof(insns[0]));
	close(fd);
}

static int
open_state(const char *path)
{
	int state = must(open(path, O_PATH | O_CLOEXEC), path);
	int dir = must(openat(state, "floor", O_RDONLY | O_CLOEXEC), path);

	must(flock(dir, LOCK_EX), "flock");
	close(state);
	return dir;
}

/* The socket that init waits on, or with connecting the other end. */
static int
start_socket(int dir, int connecting)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd =
	    must(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), "socket");

	snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/start.sock", dir);
	if (connecting) {
		must(connect(fd, (void *)&address, sizeof(address)), "connect");
		return fd;
	}
	must(bind(fd, (void *)&address, sizeof(address)), "bind");
	must(listen(fd, 1), "listen");
	return fd;
}

static int
make(char **argv, int argc, int start_now)
{
	static char configuration[3000];
	char record[128];
	int pair[2];
	int pidfd = -1;
	int start = -1;
	siginfo_t ended;
	char created;

	if (argc == 6)
		read_filter(argv[4]);
	memset(configuration, ' ', sizeof(configuration) - 1);
	int state = must(open(argv[3], O_PATH | O_CLOEXEC), argv[3]);
	must(mkdirat(state, "floor", 0700), "state");
	int dir = open_state(argv[3]);
	write_file(dir, ".config.json", "config.json", configuration);
	if (!start_now)
		start = start_socket(dir, 0);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair),
	    "socketpair");

	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWCGROUP |
			 CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |
			 CLONE_NEWNET | CLONE_CLEAR_SIGHAND,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int pid = must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
	if (pid == 0) {
		close(dir); /* and with it the lock */
		be_init(argv[2], argv[argc - 1], pair[1], start);
	}
	close(pair[1]);
	snprintf(record, sizeof(record),
	    "{\"pid\":%d,\"id\":\"floor\",\"bundle\":\"/bundle\"}", pid);
	write_file(dir, ".state.json", "state.json", record);
	must(write(pair[0], "", 1), "go");
	if (!start_now)
		return must(read(pair[0], &created, 1), "created") != 1;
	must(waitid(P_PIDFD, (id_t)pidfd, &ended, WEXITED), "wait");
	must(unlinkat(dir, "state.json", 0), "state.json");
	must(unlinkat(dir, "config.json", 0), "config.json");
	must(unlinkat(state, "floor", AT_REMOVEDIR), "state");
	return ended.si_code == CLD_EXITED ? ended.si_status : 1;
}

/* Until the end of file: init has closed it by executing the program. */
static int
start(char **argv)
{
	char nothing;
	int fd = start_socket(open_state(argv[2]), 1);

	return must(read(fd, &nothing, 1), "start");
}

static int delete (char **argv)
{
	char record[128] = "";
	int pid;
	int dir = open_state(argv[2]);
	int fd = must(openat(dir, "state.json", O_RDONLY), "state.json");

	must(read(fd, record, sizeof(record) - 1), "state.json");
	if (sscanf(record, "{\"pid\":%d", &pid) != 1)
		return 1;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0) {
		struct pollfd ended = { .fd = pidfd, .events = POLLIN };

		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		must(poll(&ended, 1, -1), "wait");
	}
	must(unlinkat(dir, "state.json", 0), "state.json");
	must(unlinkat(dir, "config.json", 0), "config.json");
	must(unlinkat(dir, "start.sock", 0), "start.sock");
	int state = must(open(argv[2], O_PATH | O_CLOEXEC), "state");
	must(unlinkat(state, "floor", AT_REMOVEDIR), "state");
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "start") == 0)
		return start(argv);
	if (argc == 3 && strcmp(argv[1], "delete") == 0)
		return delete (argv);
	if (argc != 5 && argc != 6)
		return 2;
	return make(argv, argc, strcmp(argv[1], "run") == 0);
}
