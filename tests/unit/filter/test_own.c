/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profile of the sentry, asked by the interpreter: what its page promises.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "os/os.h"
#include "support.h"

#define NAMES_MAX   75
#define NUMBERS_MAX 600
#define THREAD      0x3d0f00 /* clone(2), as pthread_create(3) has it */
#define HIGH        (1ull << 32)

static struct spec *
sentry(void)
{
	const char *text = spec_profile_of_process("sentry");
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(ne(ptr, (void *)text, NULL));
	cr_assert(zero(int, spec_parse_profile(text, strlen(text),
				spec_default_bounding(), &spec, &e)),
	    "%s", e.text);
	return spec;
}

Test(filter_own, each_process_of_ours_has_one)
{
	static const char *const names[] = { "sentry", "net", "image", "trace",
		"report" };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO(filter_free) struct filter filter = { 0 };

		cr_expect(zero(int,
			      filter_prepare_own(names[i], -1, &filter, &e)),
		    "%s: %s", names[i], e.text);
		cr_expect(gt(u16, filter.count, 0), "%s", names[i]);
	}
	cr_expect(eq(int, filter_load_own("default", &e), -ENOENT));
	cr_expect(eq(str, e.text, "the profile default"));
	cr_expect(zero(int, prctl(PR_GET_SECCOMP)), "none is loaded");
}

Test(filter_own, no_container_can_choose_it)
{
	cr_expect(eq(ptr, (void *)spec_profile_find("sentry"), NULL));
	cr_expect(eq(ptr, (void *)spec_profile_of_process("default"), NULL));
	for (size_t i = 0; spec_profile_names[i] != NULL; i++)
		cr_expect(ne(str, (char *)spec_profile_names[i], "sentry"));
}

/* Names in the profile, and numbers that the program lets happen. */
Test(filter_own, at_most_75_calls)
{
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	const struct spec_seccomp *profile = spec->lnx.seccomp;
	const char *seen[2 * NAMES_MAX] = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_strings *names = &profile->syscalls[i].names;

		for (size_t j = 0; j < names->count; j++) {
			const char *name = names->items[j];
			size_t k = 0;

			cr_expect(ne(ptr, (void *)syscall_find_name(name),
				      NULL),
			    "%s", name);
			while (k < count && strcmp(seen[k], name) != 0)
				k++;
			cr_assert(lt(sz, k, ARRAY_SIZE(seen)));
			if (k == count && strcmp(name, "clone3") != 0)
				seen[count++] = name;
		}
	}
	cr_expect(le(sz, count, NAMES_MAX), "%zu", count);
	cr_expect(le(u32, filter_count(&filter, &filter_abis[0]), NAMES_MAX));
	cr_expect(ge(u32, filter_count(&filter, &filter_abis[0]), 60));
}

/* Whatever the arguments. */
Test(filter_own, what_it_never_makes)
{
	static const int numbers[] = { SYS_execve, SYS_execveat, SYS_socket,
		SYS_socketpair, SYS_mount, SYS_umount2, SYS_pivot_root,
		SYS_chroot, SYS_setns, SYS_kill, SYS_tkill, SYS_bpf, SYS_keyctl,
		SYS_add_key, SYS_request_key, SYS_perf_event_open,
		SYS_userfaultfd, SYS_init_module, SYS_finit_module,
		SYS_kexec_load, SYS_reboot, SYS_pkey_mprotect, SYS_memfd_secret,
		SYS_splice, SYS_vmsplice, SYS_open_by_handle_at, SYS_setuid,
		SYS_seccomp, SYS_clone3, SYS_move_mount, SYS_open_tree,
		SYS_fsopen, SYS_setsockopt, SYS_io_setup, 425, 426,
		427 /* io_uring */ };
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct seccomp_data call = { .nr = numbers[i],
			.arch = FILTER_NATIVE_ARCH };

		cr_expect(eq(u32, filter_fates(&filter, &call), FILTER_FAILS),
		    "call %d", numbers[i]);
	}
	cr_expect(eq(u32, support_ask(&filter, SYS_clone3, (uint64_t[6]){ 0 }),
	    SECCOMP_RET_ERRNO | ENOSYS));
}

static const struct {
	const char *what;
	int number;
	bool allowed;
	uint64_t args[6];
} rows[] = {
	{ "SEIZE", SYS_ptrace, true, { 0x4206, 1 } },
	{ "SETREGSET", SYS_ptrace, true, { 0x4205, 1 } },
	{ "GET_SYSCALL_INFO", SYS_ptrace, true, { 0x420e, 1 } },
	{ "TRACEME", SYS_ptrace, false, { 0 } },
	{ "PEEKTEXT", SYS_ptrace, false, { 1, 1 } },
	{ "POKETEXT", SYS_ptrace, false, { 4, 1 } },
	{ "KILL", SYS_ptrace, false, { 8, 1 } },
	{ "SINGLESTEP", SYS_ptrace, false, { 9, 1 } },
	{ "ATTACH", SYS_ptrace, false, { 16, 1 } },
	{ "SYSEMU", SYS_ptrace, false, { 31, 1 } },
	{ "SECCOMP_GET_FILTER", SYS_ptrace, false, { 0x420c, 1 } },
	{ "RECV", SYS_ioctl, true, { 3, SECCOMP_IOCTL_NOTIF_RECV } },
	{ "SEND", SYS_ioctl, true, { 3, SECCOMP_IOCTL_NOTIF_SEND } },
	{ "ID_VALID", SYS_ioctl, true, { 3, SECCOMP_IOCTL_NOTIF_ID_VALID } },
	{ "ADDFD", SYS_ioctl, true, { 3, SECCOMP_IOCTL_NOTIF_ADDFD } },
	{ "SET_FLAGS", SYS_ioctl, true, { 3, 0x40082104 } },
	{ "the kernel sees 32 bits", SYS_ioctl, true,
	    { 3, SECCOMP_IOCTL_NOTIF_RECV | HIGH } },
	{ "TIOCSTI", SYS_ioctl, false, { 0, TIOCSTI } },
	{ "FIONBIO", SYS_ioctl, false, { 3, FIONBIO } },
	{ "a thread", SYS_clone, true, { THREAD } },
	{ "a process", SYS_clone, false, { SIGCHLD } },
	{ "a namespace", SYS_clone, false, { THREAD | 0x10000000 } },
	{ "less of a thread", SYS_clone, false, { THREAD & ~0x10000ull } },
	{ "more of a thread", SYS_clone, false, { THREAD | HIGH } },
	{ "memory", SYS_mmap, true, { 0, 4096, 3 } },
	{ "the heap", SYS_brk, true, { 0 } },
	{ "code", SYS_mmap, false, { 0, 4096, 5 } },
	{ "memory", SYS_mprotect, true, { 0, 4096, 3 } },
	{ "code", SYS_mprotect, false, { 0, 4096, 4 } },
	{ "DONTNEED", SYS_madvise, true, { 0, 0, 4 } },
	{ "MERGEABLE", SYS_madvise, false, { 0, 0, 12 } },
	{ "HWPOISON", SYS_madvise, false, { 0, 0, 100 } },
	{ "WAIT", SYS_futex, true, { 0, FUTEX_WAIT_PRIVATE } },
	{ "WAKE", SYS_futex, true, { 0, FUTEX_WAKE } },
	{ "WAIT_BITSET", SYS_futex, true, { 0, 0x189 } },
	{ "LOCK_PI", SYS_futex, false, { 0, FUTEX_LOCK_PI } },
	{ "LOCK_PI2", SYS_futex, false, { 0, FUTEX_LOCK_PI2_PRIVATE } },
	{ "WAIT_REQUEUE_PI", SYS_futex, false, { 0, 11 } },
	{ "CMP_REQUEUE_PI", SYS_futex, false, { 0, 12 } },
	{ "DUPFD_CLOEXEC", SYS_fcntl, true, { 3, 1030 } },
	{ "ADD_SEALS", SYS_fcntl, false, { 3, 1033 } },
	{ "SETFL, to wait", SYS_fcntl, true, { 3, 4 } },
	{ "SETFL, not to wait", SYS_fcntl, false, { 3, 4, 04000 } },
	{ "SETOWN", SYS_fcntl, false, { 3, 8 } },
	{ "SETLEASE", SYS_fcntl, true, { 3, 1024 } },
	{ "SET_NAME", SYS_prctl, false, { 15 } },
	{ "SET_DUMPABLE", SYS_prctl, false, { 4, 1 } },
	{ "SET_PTRACER", SYS_prctl, false, { 0x59616d61 } },
	{ "SET_SECCOMP", SYS_prctl, false, { 22 } },
	{ "CAP_AMBIENT", SYS_prctl, false, { 47 } },
	{ "a process", SYS_pidfd_open, true, { 1, 0 } },
	{ "a thread", SYS_pidfd_open, true, { 1, 0x80 } },
	{ "anything else", SYS_pidfd_open, false, { 1, 0x800 } },
	{ "a descriptor", SYS_pidfd_getfd, true, { 3, 4, 0 } },
	{ "with flags", SYS_pidfd_getfd, false, { 3, 4, 1 } },
	{ "SIGKILL", SYS_pidfd_send_signal, true, { 3, SIGKILL } },
	{ "SIGPIPE", SYS_pidfd_send_signal, true, { 3, SIGPIPE } },
	{ "SIGXFSZ", SYS_pidfd_send_signal, true, { 3, SIGXFSZ } },
	{ "0", SYS_pidfd_send_signal, true, { 3, 0 } },
	{ "SIGTERM", SYS_pidfd_send_signal, false, { 3, SIGTERM } },
	{ "a group", SYS_pidfd_send_signal, false, { 3, SIGKILL, 0, 4 } },
	{ "SIGURG", SYS_tgkill, true, { 1, 2, SIGURG } },
	{ "SIGKILL", SYS_tgkill, false, { 1, 2, SIGKILL } },
	{ "told of NOFILE", SYS_prlimit64, true, { 3, 7, 0, 1 } },
	{ "told of FSIZE", SYS_prlimit64, true, { 3, 1, 0, 1 } },
	{ "told of another", SYS_prlimit64, false, { 3, 6, 0, 1 } },
	{ "NOFILE set", SYS_prlimit64, false, { 3, 7, 1, 0 } },
	{ "NOFILE set, by a large address", SYS_prlimit64, false,
	    { 3, 7, 1ull << 32, 0 } },
	{ "a fifo", SYS_mknodat, true, { 3, 0, 0010644 } },
	{ "a socket", SYS_mknodat, true, { 3, 0, 0140644 } },
	{ "a file", SYS_mknodat, true, { 3, 0, 0100644 } },
	{ "a terminal", SYS_mknodat, false, { 3, 0, 0020644 } },
	{ "a disk", SYS_mknodat, false, { 3, 0, 0060644 } },
	{ "a memfd", SYS_memfd_create, true, { 0, 0x3 } },
	{ "NOEXEC_SEAL", SYS_memfd_create, true, { 0, 0xb } },
	{ "EXEC", SYS_memfd_create, false, { 0, 0x11 } },
	{ "HUGETLB", SYS_memfd_create, false, { 0, 0x5 } },
	{ "SO_DOMAIN", SYS_getsockopt, true, { 3, 1, 39 } },
	{ "TCP", SYS_getsockopt, false, { 3, 6, 1 } },
	{ "itself", SYS_sched_setaffinity, true, { 0, 8 } },
	{ "another", SYS_sched_setaffinity, true, { 1, 8 } },
	{ "what threads share", SYS_unshare, true, { CLONE_FS } },
	{ "a namespace", SYS_unshare, false, { CLONE_NEWNS } },
	{ "one besides", SYS_unshare, false, { CLONE_FS | CLONE_NEWUSER } },
	{ "openat", SYS_openat, true, { 3, 0, 010000000 } },
	{ "capset", SYS_capset, true, { 0 } },
	{ "exit_group", SYS_exit_group, true, { 0 } },
};

Test(filter_own, arguments_are_limited)
{
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u32,
			      support_ask(&filter, rows[i].number,
				  rows[i].args),
			      rows[i].allowed ? SECCOMP_RET_ALLOW
					      : SECCOMP_RET_ERRNO | EPERM),
		    "call %d: %s", rows[i].number, rows[i].what);
}

/* Of all requests below the last that there is, those of the page. */
Test(filter_own, ptrace_has_seventeen_requests)
{
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	int allowed = 0;

	for (uint64_t request = 0; request < 0x5000; request++)
		allowed += support_ask(&filter, SYS_ptrace,
			       (uint64_t[6]){ request }) == SECCOMP_RET_ALLOW;
	cr_expect(eq(int, allowed, 17));
}

Test(filter_own, other_abis_end_it)
{
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	for (const struct filter_abi *abi = &filter_abis[1]; abi->name != NULL;
	     abi++) {
		for (uint32_t number = 0; number < NUMBERS_MAX; number++)
			cr_assert(eq(u32,
			    filter_run(filter.insns, filter.count,
				&(struct seccomp_data){
				    .nr = (int)(number | abi->mark),
				    .arch = abi->arch }),
			    SECCOMP_RET_KILL_PROCESS));
	}
}

/* Of the ways into the kernel that were attacked, those it works by. */
Test(filter_own, entry_points_are_shut)
{
	static const char wanted[] = " ptrace unix memory-maps inotify "
				     "other-memory futex ";
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		char word[64];

		(void)snprintf(word, sizeof(word), " %s ", at->id);
		if (strstr(wanted, word) == NULL)
			cr_expect(eq(ptr,
				      (void *)filter_entry_open(&filter, at,
					  NULL),
				      NULL),
			    "%s", at->id);
	}
}

/* ---- in earnest ---------------------------------------------------------- */

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

static void *
work(void *result)
{
	char *large = malloc(4 << 20); /* by mmap(2), in an arena of its own */

	if (large != NULL) {
		memset(large, 1, 4 << 20);
		large = realloc(large, 8 << 20);
	}
	*(bool *)result = large != NULL;
	free(large);
	return NULL;
}

/* Returns how far it came; 0 at the end. */
static int
live_confined(const struct filter *filter)
{
	const struct sock_fprog program = { .len =
						(unsigned short)filter->count,
		.filter = (struct sock_filter *)filter->insns };
	pthread_t threads[8];
	bool done[8] = { false };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    os_seccomp_load(0, &program) < 0)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		if (pthread_create(&threads[i], NULL, work, &done[i]) != 0)
			return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		if (pthread_join(threads[i], NULL) != 0 || !done[i])
			return 3;
	}
	AUTO_FD int fd = memfd_create("x", MFD_CLOEXEC);
	if (fd < 0 || write(fd, "x", 1) != 1 || lseek(fd, 0, SEEK_SET) >= 0)
		return 4;
	if (fork() != -1 || errno != EPERM)
		return 5;
	execl("/bin/true", "true", NULL);
	return errno == EPERM ? 0 : 6;
}

/* What libc does for threads and memory passes, and nothing more. */
Test(filter_own, libc_lives_under_it)
{
	if (IS_SANITIZED)
		cr_skip_test("sanitizers make calls of their own");
	AUTO(spec_free) struct spec *spec = sentry();
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(live_confined(&filter));
	cr_assert(eq(int, waitpid(child, &status, 0), child));
	cr_expect(zero(int, status), "%#x", (unsigned)status);
}
