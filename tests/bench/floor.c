/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor - how fast could any runtime be that does what the default bundle
 * asks for?
 *
 *     floor run ROOTFS STATE-DIRECTORY DEVICES FILTER PROGRAM
 *     floor create ROOTFS STATE-DIRECTORY DEVICES FILTER PROGRAM
 *     floor start STATE-DIRECTORY
 *     floor delete STATE-DIRECTORY
 *
 * One static program with everything written down in advance: no
 * configuration is read, nothing is checked, errors end it. It makes the same
 * cgroup, namespaces, mounts, devices, links, masks and read-only paths,
 * limits, capabilities and state files as "run" does for the configuration
 * that "spec" writes, then executes the program, waits and cleans up. DEVICES
 * and FILTER are files of BPF instructions, loaded as they are; an empty FILTER
 * is none. What it leaves out is what a runtime adds: parsing, validating,
 * verifying, and protecting its own file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"

#define CGROUPS "/sys/fs/cgroup"
#define CGROUP  "floor"

static struct sock_filter insns[4096];

int
must(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
		_exit(1);
	}
	return (int)result;
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

static size_t
read_file(const char *path, void *buffer, size_t size)
{
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t got = must(read(fd, buffer, size), path);

	close(fd);
	return (size_t)got;
}

/* ---- the cgroup ---------------------------------------------------------- */

static int
open_cgroups(void)
{
	return must(open(CGROUPS, O_PATH | O_DIRECTORY | O_CLOEXEC), CGROUPS);
}

static int
bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* The cgroup, with the device program on it. */
static int
make_cgroup(int cgroups, const char *devices)
{
	static struct bpf_insn code[1024];
	size_t size = read_file(devices, code, sizeof(code));
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = (uint32_t)(size / sizeof(code[0])),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "",
	};

	must(mkdirat(cgroups, CGROUP, 0755), CGROUP);
	int dir = must(openat(cgroups, CGROUP, O_RDONLY | O_CLOEXEC), CGROUP);
	int program = must(bpf(BPF_PROG_LOAD, &load), "load");
	union bpf_attr attach = {
		.target_fd = (uint32_t)dir,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	must(bpf(BPF_PROG_ATTACH, &attach), "attach");
	close(program);
	return dir;
}

/* ---- the state ----------------------------------------------------------- */

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
make(char **argv, int start_now)
{
	struct sock_fprog filter = { 0, insns };
	static char configuration[3000];
	char record[128];
	int pair[2];
	int pidfd = -1;
	int start = -1;
	siginfo_t ended;
	char created;

	filter.len = (unsigned short)(read_file(argv[5], insns, sizeof(insns)) /
				      sizeof(insns[0]));
	memset(configuration, ' ', sizeof(configuration) - 1);
	int state = must(open(argv[3], O_PATH | O_CLOEXEC), argv[3]);
	must(mkdirat(state, "floor", 0700), "state");
	int dir = open_state(argv[3]);
	write_file(dir, ".config.json", "config.json", configuration);
	if (!start_now)
		start = start_socket(dir, 0);
	int cgroups = open_cgroups();
	int cgroup = make_cgroup(cgroups, argv[4]);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair),
	    "socketpair");

	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWCGROUP |
			 CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |
			 CLONE_NEWNET | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP,
		.cgroup = (uint64_t)cgroup,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int pid = must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
	if (pid == 0) {
		close(dir); /* and with it the lock */
		floor_init(argv[2], argv[6], &filter, pair[1], start);
	}
	close(pair[1]);
	snprintf(record, sizeof(record),
	    "{\"pid\":%d,\"id\":\"floor\",\"bundle\":\"/bundle\"}", pid);
	write_file(dir, ".state.json", "state.json", record);
	must(write(pair[0], "", 1), "go");
	if (!start_now)
		return must(read(pair[0], &created, 1), "created") != 1;
	must(waitid(P_PIDFD, (id_t)pidfd, &ended, WEXITED), "wait");
	must(unlinkat(cgroups, CGROUP, AT_REMOVEDIR), CGROUP);
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

/* ---- the commands -------------------------------------------------------- */

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
	must(unlinkat(open_cgroups(), CGROUP, AT_REMOVEDIR), CGROUP);
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
	if (argc != 7)
		return 2;
	return make(argv, strcmp(argv[1], "run") == 0);
}
