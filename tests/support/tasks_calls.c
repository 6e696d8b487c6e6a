/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tasks.h"

static volatile int trapped_number;
static volatile int trapped_code;

static void
trap(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	trapped_number = info->si_syscall;
	trapped_code = info->si_code;
}

/* Under a profile that traps getpgid: the handler is told of it. */
int
tasks_trapped(void)
{
	struct sigaction action = { .sa_sigaction = trap,
		.sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
	long result = syscall(SYS_getpgid, 0);
	printf("%d %d %ld\n", trapped_number == SYS_getpgid, trapped_code,
	    result == SYS_getpgid ? 1 : result);
	return 0;
}

/* Calls of the 32-bit ABI, as a program of that would make them: two whose
 * numbers are another call's, and none's, in the machine's own. */
int
tasks_foreign(void)
{
#ifdef __x86_64__
	long pid, ticks;

	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory");
	__asm__ volatile("int $0x80"
			 : "=a"(ticks)
			 : "a"(403), "b"(-1), "c"(0)
			 : "memory");
	printf("%d %d\n", pid == getpid(), ticks == -EINVAL);
#else
	puts("1 1");
#endif
	return 0;
}

static void
nothing(int number)
{
	(void)number;
}

static bool
is_cut_off(int result)
{
	return result < 0 && errno == EINTR;
}

/* Calls for a socket that wait for nobody; there may be no network. */
static bool
socket_is_fine(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { .sin_family = AF_INET };
	socklen_t length = sizeof(own);
	int sent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int heard = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_fine =
	    sent >= 0 && heard >= 0 &&
	    !is_cut_off(connect(sent, (struct sockaddr *)&to, sizeof(to))) &&
	    !is_cut_off(bind(heard, (struct sockaddr *)&own, sizeof(own))) &&
	    !is_cut_off(listen(heard, 1)) &&
	    !is_cut_off(getsockname(heard, (struct sockaddr *)&own, &length));

	close(sent);
	close(heard);
	return is_fine;
}

/* Signals whose handler asks for no restart: calls that wait for nobody are
 * none that they end. */
int
tasks_interrupted(void)
{
	const struct sigaction action = { .sa_handler = nothing };
	const struct itimerval often = { { 0, 300 }, { 0, 300 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 8000; i++) {
		int fd = open("/bin/tasks", O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return tasks_bad("open");
		close(fd);
		if (i % 4 == 0 && !socket_is_fine())
			return tasks_bad("a socket");
	}
	return tasks_good();
}

/* A name that has all the room there is, without an end: unix(7). */
int
tasks_longest(void)
{
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(own.sun_path, 'x', sizeof(own.sun_path));
	if (chdir("/tmp") < 0 || fd < 0 ||
	    bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0)
		return tasks_bad("bind");
	if (listen(fd, 1) < 0)
		return tasks_bad("listen");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&own, sizeof(own)) < 0)
		return tasks_bad("connect");
	unlink("/tmp/"
	       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	return tasks_good();
}

/* Who tells itself of a stop that only the kernel tells of ends by it. */
static bool
ends_by_trap(int event)
{
	siginfo_t info;
	int status;
	pid_t child = fork();

	if (child != 0)
		return waitpid(child, &status, 0) == child &&
		       WIFSIGNALED(status) && WTERMSIG(status) == SIGTRAP;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGTRAP;
	info.si_code = SIGTRAP | event << 8;
	alarm(20);
	(void)syscall(SYS_rt_sigqueueinfo, getpid(), SIGTRAP, &info);
	_exit(1);
}

int
tasks_forged(void)
{
	static const int events[] = { 0, PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT,
		PTRACE_EVENT_SECCOMP };

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (!ends_by_trap(events[i]))
			return tasks_bad("a trap");
	}
	return tasks_good();
}

#ifdef __x86_64__
typedef long (*vsyscall)(void *, void *, void *);

/* Each has a place of its own: vdso(7). */
static long
call_vsyscall(uintptr_t number, void *a, void *b)
{
	const uintptr_t page = 0xffffffffff600000;

	return ((vsyscall)(page + 1024 * number))(a, b, NULL);
}

static void
say_vsyscall(const char *name, long result, bool is_right)
{
	printf("%s %s ", name,
	    result < 0 ? strerrorname_np((int)-result) : "0");
	puts(is_right ? "right" : "wrong");
}

static bool
is_between(const struct timeval *before, long seconds,
    const struct timeval *after)
{
	/* Of a clock that is coarse. */
	return seconds >= before->tv_sec - 1 && seconds <= after->tv_sec;
}
#endif

/* What came of each, and whether it told what it is to. */
int
tasks_vsyscall(void)
{
#ifdef __x86_64__
	struct timeval before, now = { 0 }, after;
	long seconds = 0;
	unsigned cpu = UINT_MAX, node = UINT_MAX;

	gettimeofday(&before, NULL);
	long result = call_vsyscall(0, &now, NULL);
	gettimeofday(&after, NULL);
	say_vsyscall("gettimeofday", result,
	    is_between(&before, now.tv_sec, &after) && now.tv_usec < 1000000);
	result = call_vsyscall(1, &seconds, NULL);
	gettimeofday(&after, NULL);
	say_vsyscall("time", result,
	    result == seconds && is_between(&before, seconds, &after));
	result = call_vsyscall(2, &cpu, &node);
	say_vsyscall("getcpu", result, cpu != UINT_MAX && node != UINT_MAX);
#endif
	return 0;
}

/* A listener of one's own, that would let all calls happen. */
int
tasks_listener(void)
{
	struct sock_filter insns[] = { BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_USER_NOTIF) };
	struct sock_fprog program = { 1, insns };
	long result;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (result >= 0)
		_exit(8); /* of what it wrote nobody would hear */
	printf("%s\n", strerrorname_np(errno));
	return 0;
}

/* A child that no tracer gets has nobody to ask: ENOSYS. */
int
tasks_untraced(void)
{
	int status;
	long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		long result = syscall(SYS_getpgid, 0);
		_exit(result < 0 && errno == ENOSYS ? 5 : 6);
	}
	if (waitpid((pid_t)pid, &status, 0) != pid)
		return tasks_bad("clone");
	printf("%d\n", WEXITSTATUS(status));
	return 0;
}

#define SAY(call)                                                              \
	do {                                                                   \
		errno = 0;                                                     \
		(void)(call);                                                  \
		(void)printf("%s %s\n", #call, strerrorname_np(errno));        \
	} while (0)

/* asks [DATA]: with DATA by a filter of its own, which asks a tracer. */
int
tasks_asks(void)
{
	const char *data = tasks_words[2];
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_lseek, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K,
		    SECCOMP_RET_TRACE |
			(data == NULL ? 0 : (unsigned)atoi(data))),
	};
	struct sock_fprog program = { sizeof(insns) / sizeof(insns[0]), insns };
	int fd = open("/bin/busybox", O_RDONLY);

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (data != NULL &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 &&
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return tasks_bad("seccomp");
	SAY(lseek(fd, 1, SEEK_SET));
	SAY(mkdirat(AT_FDCWD, "/tmp/asked", 0700));
	return 0;
}

/* Who gets the signals of a descriptor. */
int
tasks_owned(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct f_owner_ex owner = { F_OWNER_PID, getpid() };

	SAY(fcntl(fd, F_SETOWN_EX, &owner));
	printf("%d\n", fcntl(fd, F_GETOWN) == getpid());
	return 0;
}

/* sockets N: so many protocols. */
int
tasks_sockets(void)
{
	for (int i = 0; i < atoi(tasks_words[2]); i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 1000 + i);

		if (fd >= 0)
			close(fd);
	}
	return tasks_good();
}

/* opens N: so many files; who gets the number of one that is open is about to
 * be killed. */
int
tasks_opens(void)
{
	for (int i = 0; i < atoi(tasks_words[2]); i++) {
		int fd = open("/bin/tasks", O_RDONLY | O_CLOEXEC);

		if (fd <= STDERR_FILENO) {
			sleep(20);
			return tasks_bad("a file that is open already");
		}
		close(fd);
	}
	return tasks_good();
}

int
tasks_denied(void)
{
	long result = syscall(SYS_getpgid, 0);

	printf("%ld %s\n", result, result < 0 ? strerrorname_np(errno) : "");
	return 0;
}

/* The thread alone ends, where the action says so. */
static void *
be_denied(void *context)
{
	(void)syscall(SYS_getpgid, 0);
	puts("not killed");
	return context;
}

int
tasks_denied_thread(void)
{
	pthread_t id;
	struct stat st;

	if (pthread_create(&id, NULL, be_denied, NULL) != 0)
		return tasks_bad("pthread_create");
	/* Nobody may join what was killed: one thread is two links and its own.
	 */
	while (stat("/proc/self/task", &st) == 0 && st.st_nlink > 3)
		usleep(1000);
	return tasks_good();
}

/* Where it may run is what it was, and what it says, whoever opens its files.
 */
int
tasks_place(void)
{
	cpu_set_t before, seen, one;

	sched_getaffinity(0, sizeof(before), &before);
	for (int i = 0; i < 3000; i++) {
		int fd = open("/bin/tasks", O_RDONLY);

		sched_getaffinity(0, sizeof(seen), &seen);
		close(fd);
		if (!CPU_EQUAL(&seen, &before))
			return tasks_bad("what it was");
	}
	for (int i = 0; i < 1000; i++) {
		size_t cpu = 0;

		while (!CPU_ISSET(cpu, &before))
			cpu++;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		close(open("/bin/tasks", O_RDONLY));
		sched_setaffinity(0, sizeof(one), &one);
		usleep(10);
		sched_getaffinity(0, sizeof(seen), &seen);
		sched_setaffinity(0, sizeof(before), &before);
		if (!CPU_EQUAL(&seen, &one))
			return tasks_bad("what it says");
	}
	return tasks_good();
}
