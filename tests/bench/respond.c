/* SPDX-License-Identifier: Apache-2.0 */
/*
 * respond - what a call costs at least that another process answers: a
 * responder that does nothing but that, decides nothing and checks nothing. The
 * least of many rounds, in ns, by the processors on which the two run.
 *
 *     respond
 *
 * Or a program of which each open that makes no file, or each open and each
 * stat, is answered so, on one processor; it ends as the program does.
 *
 *     respond opens|stats PROGRAM [ARG...]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Since 6.6, which older headers lack. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define ROUNDS 15
#define CALLS  2000
#define ANY    (-1)

#define LOAD(offset)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define IF_NUMBER(k, t, f) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (t), (f))
#define ANSWER(answer)     BPF_STMT(BPF_RET | BPF_K, (answer))

static const char path[] = "/etc/passwd";

/* ---- the task -------------------------------------------------------------
 */

static void
do_getppid(void)
{
	(void)syscall(SYS_getppid);
}

static void
do_stat(void)
{
	struct stat st;

	if (syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0) < 0)
		_exit(1);
}

static void
do_open(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		_exit(1);
	close((int)fd);
}

static double
least_ns(void (*run)(void))
{
	double least = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		struct timespec begin, end;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		for (int i = 0; i < CALLS; i++)
			run();
		clock_gettime(CLOCK_MONOTONIC, &end);
		double took = (double)(end.tv_sec - begin.tv_sec) * 1e9 +
			      (double)(end.tv_nsec - begin.tv_nsec);
		if (took / CALLS < least)
			least = took / CALLS;
	}
	return least;
}

static int
load(struct sock_filter *insns, size_t count, unsigned flags)
{
	const struct sock_fprog program = { (unsigned short)count, insns };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    flags | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

/* Calls of one of the two; no open that makes a file. */
static int
load_listener(long one, long other)
{
	struct sock_filter insns[] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		IF_NUMBER((uint32_t)one, 2, 0),
		IF_NUMBER((uint32_t)other, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		IF_NUMBER(SYS_openat, 0, 2),
		LOAD(offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT, 1, 0),
		ANSWER(SECCOMP_RET_USER_NOTIF),
		ANSWER(SECCOMP_RET_ALLOW),
	};

	return load(insns, sizeof(insns) / sizeof(insns[0]),
	    SECCOMP_FILTER_FLAG_NEW_LISTENER |
		SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
}

/* ---- who answers ----------------------------------------------------------
 */

struct responder {
	int fd; /* the listener */
	pid_t task;
	int root, self;
};

typedef void (
    *answer_fn)(const struct responder *, const struct seccomp_notif *);

/* A number below zero is an errno. */
static void
send_value(const struct responder *r, uint64_t id, int value)
{
	struct seccomp_notif_resp answer = { .id = id, .error = value };

	(void)ioctl(r->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void
send_on(const struct responder *r, uint64_t id)
{
	struct seccomp_notif_resp answer = { .id = id,
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	(void)ioctl(r->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void
send_fd(const struct responder *r, uint64_t id, int fd)
{
	struct seccomp_notif_addfd addfd = { .id = id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (uint32_t)fd,
		.newfd_flags = O_CLOEXEC };

	if (fd < 0) {
		send_value(r, id, -errno);
		return;
	}
	(void)ioctl(r->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
	close(fd);
}

/* The second argument; of the path's second page only what there is. */
static void
read_path(const struct seccomp_notif *call, char out[PATH_MAX])
{
	uint64_t address = call->data.args[1];
	size_t first = PATH_MAX - address % PATH_MAX;
	struct iovec to = { out, PATH_MAX };
	struct iovec from[] = { { (void *)(uintptr_t)address, first },
		{ (void *)(uintptr_t)(address + first), PATH_MAX - first } };

	out[0] = '\0';
	(void)process_vm_readv((pid_t)call->pid, &to, 1, from, 2, 0);
	out[PATH_MAX - 1] = '\0';
}

/* The directory that the path begins in: the caller closes it if it is another
 * than the root. */
static int
directory(const struct responder *r, const struct seccomp_notif *call,
    const char *name)
{
	int fd = (int)call->data.args[0];
	char link[64];

	if (name[0] == '/')
		return r->root;
	if (fd == AT_FDCWD)
		(void)snprintf(link, sizeof(link), "/proc/%u/cwd", call->pid);
	else
		(void)snprintf(link, sizeof(link), "/proc/%u/fd/%d", call->pid,
		    fd);
	return open(link, O_PATH | O_CLOEXEC);
}

static int
find(const struct responder *r, const struct seccomp_notif *call,
    const char *name, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC };
	int from = directory(r, call, name);
	int fd = (int)syscall(SYS_openat2, from, name, &how, sizeof(how));
	int error = errno;

	if (from != r->root)
		close(from);
	errno = error;
	return fd;
}

static void
answer_at_once(const struct responder *r, const struct seccomp_notif *call)
{
	send_value(r, call->id, 0);
}

static void
answer_stat(const struct responder *r, const struct seccomp_notif *call)
{
	char name[PATH_MAX];
	struct stat st;
	struct iovec from = { &st, sizeof(st) };
	struct iovec to = { (void *)(uintptr_t)call->data.args[2], sizeof(st) };

	read_path(call, name);
	if (name[0] == '\0') {
		send_on(r, call->id); /* of a descriptor */
		return;
	}
	int dir = directory(r, call, name);
	int error = 0;
	if (fstatat(dir, name, &st, (int)call->data.args[3]) < 0)
		error = -errno;
	if (dir != r->root)
		close(dir);
	if (error == 0)
		(void)process_vm_writev((pid_t)call->pid, &from, 1, &to, 1, 0);
	send_value(r, call->id, error);
}

static void
answer_open(const struct responder *r, const struct seccomp_notif *call)
{
	char name[PATH_MAX];

	read_path(call, name);
	send_fd(r, call->id, find(r, call, name, O_RDONLY));
}

/* By what was found: what it is and is called, before it is opened. */
static void
answer_decided(const struct responder *r, const struct seccomp_notif *call)
{
	int flags = (int)call->data.args[2];
	char name[PATH_MAX], number[16];
	struct stat st;
	int fd = -1;

	read_path(call, name);
	(void)ioctl(r->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id);
	int found = find(r, call, name,
	    O_PATH | (uint64_t)(flags & (O_NOFOLLOW | O_DIRECTORY)));
	(void)snprintf(number, sizeof(number), "%d", found);
	if (found >= 0 && fstat(found, &st) == 0 &&
	    readlinkat(r->self, number, name, sizeof(name)) > 0)
		fd = openat(r->self, number, (flags & ~O_NOFOLLOW) | O_CLOEXEC);
	int error = errno;
	if (found >= 0)
		close(found);
	errno = error;
	send_fd(r, call->id, fd);
}

static void
answer_either(const struct responder *r, const struct seccomp_notif *call)
{
	if (call->data.nr == SYS_openat)
		answer_decided(r, call);
	else
		answer_stat(r, call);
}

/* No signal tells of it: one that comes while a file is handed over has the
 * kernel answer 0. */
static void *
end_with(void *task)
{
	int status = 0;

	(void)waitpid((pid_t)(intptr_t)task, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Until the task ends, and with its status. */
static void __attribute__((noreturn))
respond(const struct responder *r, answer_fn answer)
{
	struct seccomp_notif call;
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_with,
		(void *)(intptr_t)r->task) != 0)
		_exit(1);
	for (;;) {
		memset(&call, 0, sizeof(call));
		if (ioctl(r->fd, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0)
			answer(r, &call);
	}
}

/* ---- the two of them ------------------------------------------------------
 */

static void
keep_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (cpu != ANY)
		(void)sched_setaffinity(0, sizeof(set), &set);
}

/* What the two share. */
struct shared {
	atomic_int listener; /* its number in the task; 0: not yet */
	atomic_bool is_ready;
	double least;
};

static void __attribute__((noreturn))
be_task(struct shared *shared, int cpu, void (*run)(void))
{
	keep_on(cpu);
	int fd = load_listener(SYS_openat, SYS_newfstatat);
	if (fd < 0)
		_exit(1);
	atomic_store(&shared->listener, fd);
	while (!atomic_load(&shared->is_ready))
		sched_yield();
	shared->least = least_ns(run);
	_exit(0);
}

static int
fetch(pid_t task, int number)
{
	int pidfd = (int)syscall(SYS_pidfd_open, task, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);

	close(pidfd);
	return fd;
}

/* Answer a task that has just been made, and end with it. */
static void __attribute__((noreturn))
answer_task(struct shared *shared, pid_t task, answer_fn answer)
{
	struct responder r = { .task = task,
		.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC),
		.self = open("/proc/self/fd", O_PATH | O_CLOEXEC) };

	while (atomic_load(&shared->listener) == 0)
		sched_yield();
	r.fd = fetch(task, atomic_load(&shared->listener));
	(void)ioctl(r.fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	    SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	atomic_store(&shared->is_ready, true);
	respond(&r, answer);
}

static double
measure(struct shared *shared, const int cpus[2], void (*run)(void),
    answer_fn answer)
{
	memset(shared, 0, sizeof(*shared));
	pid_t pid = fork();
	if (pid == 0) {
		pid_t task = fork();

		if (task == 0)
			be_task(shared, cpus[0], run);
		keep_on(cpus[1]);
		answer_task(shared, task, answer);
	}
	(void)waitpid(pid, NULL, 0);
	return shared->least;
}

/* A whole program, on one processor. */
static void __attribute__((noreturn))
run_program(struct shared *shared, bool with_stats, char **argv)
{
	keep_on(0);
	pid_t task = fork();
	if (task == 0) {
		int fd = load_listener(SYS_openat,
		    with_stats ? SYS_newfstatat : SYS_openat);

		if (fd < 0)
			_exit(1);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		atomic_store(&shared->listener, fd);
		while (!atomic_load(&shared->is_ready))
			sched_yield();
		execvp(argv[0], argv);
		_exit(127);
	}
	answer_task(shared, task, with_stats ? answer_either : answer_decided);
}

/* Of a process that has a filter which allows all. */
static double
measure_allowed(struct shared *shared)
{
	struct sock_filter allow[] = { ANSWER(SECCOMP_RET_ALLOW) };
	pid_t pid = fork();

	if (pid == 0) {
		if (load(allow, 1, 0) < 0)
			_exit(1);
		shared->least = least_ns(do_getppid);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
	return shared->least;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int cpus[2];
	} places[] = {
		{ "one processor", { 0, 0 } },
		{ "two", { 0, 1 } },
		{ "as it comes", { ANY, ANY } },
	};
	static const struct {
		const char *name;
		void (*run)(void);
		answer_fn answer;
	} rows[] = {
		{ "stat, told and answered", do_stat, answer_at_once },
		{ "stat, performed", do_stat, answer_stat },
		{ "open and close, performed", do_open, answer_open },
		{ "the same, decided by what was found", do_open,
		    answer_decided },
	};
	struct shared *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 1;
	if (argc > 2)
		run_program(shared, strcmp(argv[1], "stats") == 0, argv + 2);
	printf("%-38s %9.0f\n", "getppid", least_ns(do_getppid));
	printf("%-38s %9.0f\n", "getppid, a filter of one instruction",
	    measure_allowed(shared));
	printf("%-38s %9.0f\n", "stat", least_ns(do_stat));
	printf("%-38s %9.0f\n", "open and close", least_ns(do_open));
	printf("%-38s", "answered by another process, on");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		printf(" %13s", places[i].name);
	printf("\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf("%-38s", rows[i].name);
		for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			printf(" %13.0f", measure(shared, places[j].cpus,
					      rows[i].run, rows[i].answer));
		printf("\n");
	}
	return 0;
}
