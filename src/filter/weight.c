/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weight - how often programs make a call.
 *
 * Of a thousand calls, the mean of 13 programs at work: gcc, python, git, find,
 * tar, bash, apt, perl, sqlite in memory and on disk, node, java, and a web
 * server with its client. `strace -f -c` counted; docs/performance.md says
 * how. What is rarer than one in two thousand is not here.
 */
#include <sys/syscall.h>

#include "base/auto.h"
#include "program.h"
#include "ranges.h"

/* Newer architectures have only their general forms. */
#ifdef __NR_readlink
#define NR_READLINK __NR_readlink
#define NR_ACCESS   __NR_access
#else
#define NR_READLINK __NR_readlinkat
#define NR_ACCESS   __NR_faccessat
#endif

static const struct {
	uint16_t number;
	uint16_t per_thousand;
} weights[] = {
	{ __NR_newfstatat, 233 },
	{ __NR_read, 103 },
	{ __NR_openat, 85 },
	{ __NR_close, 84 },
	{ __NR_mmap, 76 },
	{ __NR_statx, 50 },
	{ __NR_fcntl, 45 },
	{ NR_READLINK, 43 },
	{ __NR_mprotect, 30 },
	{ __NR_futex, 28 },
	{ __NR_rt_sigaction, 24 },
	{ __NR_brk, 23 },
	{ __NR_getdents64, 23 },
	{ __NR_rt_sigprocmask, 21 },
	{ __NR_munmap, 10 },
	{ __NR_pwrite64, 9 },
	{ __NR_write, 7 },
	{ __NR_lseek, 7 },
	{ __NR_pread64, 7 },
	{ __NR_ioctl, 6 },
	{ NR_ACCESS, 6 },
	{ __NR_lgetxattr, 6 },
	{ __NR_getpid, 5 },
	{ __NR_execve, 5 },
	{ __NR_set_robust_list, 4 },
	{ __NR_fdatasync, 4 },
	{ __NR_geteuid, 4 },
	{ __NR_getxattr, 4 },
	{ __NR_rseq, 3 },
	{ __NR_getuid, 3 },
	{ __NR_prlimit64, 3 },
	{ __NR_wait4, 2 },
	{ __NR_socket, 2 },
	{ __NR_sched_getaffinity, 2 },
	{ __NR_madvise, 2 },
	{ __NR_connect, 2 },
	{ __NR_getrandom, 2 },
	{ __NR_clone3, 1 },
	{ __NR_clone, 1 },
	{ __NR_prctl, 1 },
	{ __NR_pipe2, 1 },
};

unsigned
filter_weight(const struct section *section, size_t index)
{
	const struct range *range = &section->ranges[index];
	uint32_t last =
	    index + 1 < section->count ? range[1].first - 1 : UINT32_MAX;
	unsigned sum = 1;

	/* For what it always allows the kernel does not run the program. */
	if (!range->looks || section->arch != FILTER_NATIVE_ARCH)
		return sum;
	for (size_t i = 0; i < ARRAY_SIZE(weights); i++) {
		if (weights[i].number >= range->first &&
		    weights[i].number <= last)
			sum += weights[i].per_thousand;
	}
	return sum;
}
