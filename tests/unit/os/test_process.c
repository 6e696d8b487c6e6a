/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/ioprio.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

/* The kernel's, as the C library's sigaction() refuses signals 32 and 33. */
struct kernel_action {
	uintptr_t handler;
	unsigned long flags;
	unsigned long restorer;
	uint64_t mask;
};

static uintptr_t
handler_of(int number)
{
	struct kernel_action action = { 0 };

	cr_assert(
	    zero(long, syscall(SYS_rt_sigaction, number, NULL, &action, 8)));
	return action.handler;
}

Test(os_process, every_signal_is_reset)
{
	const struct kernel_action ignore = { .handler = (uintptr_t)SIG_IGN };
	static const int ignored[] = { SIGHUP, SIGPIPE, 32, 33, 64 };
	sigset_t mask;

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		cr_assert(zero(long,
		    syscall(SYS_rt_sigaction, ignored[i], &ignore, NULL, 8)));
	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	os_reset_signals();
	for (int number = 1; number < NSIG; number++)
		cr_expect(eq(ulong, handler_of(number), (uintptr_t)SIG_DFL),
		    "signal %d", number);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < NSIG; number++)
		cr_expect(ne(int, sigismember(&mask, number), 1), "signal %d",
		    number);
}

Test(os_process, a_clone_is_a_fork)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int word = 1;
	int status = -1;
	pid_t pid = os_clone3(&args);

	if (pid == 0) {
		word = 7;
		_exit(word);
	}
	cr_assert(gt(int, pid, 0));
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
	cr_expect(eq(int, word, 1), "the child has a memory of its own");
}

Test(os_process, capabilities_that_are_given_up_are_gone)
{
	struct __user_cap_data_struct data[2];

	cr_assert(zero(int, os_capget(data)));
	for (int i = 0; i < 64; i++)
		cr_expect(eq(int, os_has_capability(i),
			      data[i / 32].effective >> i % 32 & 1),
		    "capability %d", i);
	memset(data, 0, sizeof(data));
	cr_assert(zero(int, os_capset(data)));
	for (int i = 0; i < 64; i++)
		cr_expect(not(os_has_capability(i)), "capability %d", i);
	data[0].effective = data[0].permitted = 1u << CAP_CHOWN;
	cr_expect(eq(int, os_capset(data), -1));
	cr_expect(eq(int, errno, EPERM));
}

Test(os_process, ids_are_the_kernel_s_business)
{
	uid_t uid = getuid() == 0 ? 12345 : getuid();
	gid_t gid = getgid() == 0 ? 12346 : getgid();
	uid_t uids[3];
	gid_t gids[3];

	if (geteuid() == 0) {
		gid_t groups[2] = { 77, 78 };

		cr_assert(zero(int, os_setgroups(1, &groups[1])));
		cr_expect(eq(int, getgroups(2, groups), 1));
		cr_expect(eq(u32, groups[0], 78));
	}
	cr_assert(zero(int, os_setresgid(gid, gid, gid)));
	cr_assert(zero(int, os_setresuid(uid, uid, uid)));
	getresuid(&uids[0], &uids[1], &uids[2]);
	getresgid(&gids[0], &gids[1], &gids[2]);
	for (int i = 0; i < 3; i++) {
		cr_expect(eq(u32, uids[i], uid));
		cr_expect(eq(u32, gids[i], gid));
	}
	/* An ordinary user now, whoever it was before. */
	cr_expect(eq(int, os_setresuid(0, 0, 0), -1));
	cr_expect(eq(int, errno, EPERM));
	cr_expect(eq(int, os_setresgid(0, 0, 0), -1));
	cr_expect(eq(int, os_setgroups(0, NULL), -1));
}

/* Of a call that the leak sanitizer does without: it hangs without getppid. */
Test(os_process, a_loaded_filter_answers)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(insns), insns };

	cr_assert(zero(int, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
	cr_expect(eq(int, os_seccomp_load(~0u, &program), -1), "no such flag");
	cr_expect(eq(int, errno, EINVAL));
	cr_assert(zero(int, os_seccomp_load(0, &program)));
	cr_expect(eq(long, syscall(SYS_getsid, 0), -1));
	cr_expect(eq(int, errno, EXDEV));
}

Test(os_process, the_kernel_is_asked_what_it_knows)
{
	cr_expect(os_seccomp_knows_action(SECCOMP_RET_ERRNO));
	cr_expect(os_seccomp_knows_action(SECCOMP_RET_KILL_PROCESS));
	cr_expect(not(os_seccomp_knows_action(0x12340000)));
	cr_expect(os_seccomp_knows_flag(SECCOMP_FILTER_FLAG_LOG));
	cr_expect(os_seccomp_knows_flag(SECCOMP_FILTER_FLAG_NEW_LISTENER));
	cr_expect(not(os_seccomp_knows_flag(1u << 30)));
}

Test(os_process, scheduling_is_changed)
{
	struct os_sched_attr attr = {
		.size = sizeof(attr),
		.policy = SCHED_BATCH,
		.nice = nice(0) + 3, /* anybody may be nicer than he is */
	};
	int idle = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0);

	cr_assert(zero(int, os_sched_setattr(&attr)));
	cr_expect(eq(int, sched_getscheduler(0), SCHED_BATCH));
	cr_expect(eq(int, nice(0), attr.nice));
	cr_assert(zero(int, os_ioprio_set(idle)));
	cr_expect(eq(long, syscall(SYS_ioprio_get, 1, 0), (long)idle));
	attr.policy = 99;
	cr_expect(eq(int, os_sched_setattr(&attr), -1));
	cr_expect(eq(int, os_ioprio_set(-1), -1));
}

Test(os_process, what_the_kernel_refuses_is_reported)
{
	char text[16];

	cr_expect(eq(int, os_set_mempolicy(99, NULL, 0), -1));
	cr_expect(ne(int, errno, 0));
	cr_expect(eq(long, os_keyctl_describe(1, text, sizeof(text)), -1L));
	cr_expect(eq(int, os_keyctl_setperm(1, 0), -1));
}

Test(os_process, a_joined_keyring_has_its_name)
{
	char text[128] = "";
	int key = os_keyctl_join("lorica-test");

	if (key < 0)
		cr_skip_test("no keyring can be made here");
	cr_assert(gt(long, os_keyctl_describe(key, text, sizeof(text)), 0L));
	cr_expect(ne(ptr, strstr(text, ";lorica-test"), NULL), "%s", text);
	cr_assert(zero(int, os_keyctl_setperm(key, 0x3f3f0000)));
	cr_assert(gt(long, os_keyctl_describe(key, text, sizeof(text)), 0L));
	cr_expect(ne(ptr, strstr(text, ";3f3f0000;"), NULL), "%s", text);
}
