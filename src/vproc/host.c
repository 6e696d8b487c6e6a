/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "os/os.h"
#include "vproc/vproc.h"

#define MASK_LONGS (VPROC_CPUS_MAX / (8 * sizeof(unsigned long)))

/*
 * Releases of kernels that are kept for years. A container learns which of them
 * the host's contains, and not its patches, by which attacks are chosen. None
 * is newer than what a sealed container is given: it lacks calls that came
 * later, as a kernel of that age does.
 */
static const struct {
	unsigned major, minor;
	const char *release;
} releases[] = {
	{ 6, 1, "6.1.0" },
	{ 5, 15, "5.15.0" },
	{ 5, 10, "5.10.0" },
	{ 5, 4, "5.4.0" },
};

const char *
vproc_release(const char *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		if (os_release_is_at_least(host, releases[i].major,
			releases[i].minor))
			return releases[i].release;
	}
	return "4.19.0";
}

static int
count_cpus(struct vproc_host *host)
{
	unsigned long mask[MASK_LONGS] = { 0 };

	if (sched_getaffinity(0, sizeof(mask), (cpu_set_t *)mask) < 0)
		return -1;
	for (unsigned cpu = 0; cpu < VPROC_CPUS_MAX; cpu++) {
		if (CPU_ISSET_S(cpu, sizeof(mask), (cpu_set_t *)mask)) {
			host->cpus++;
			host->last_cpu = cpu;
		}
	}
	return 0;
}

int
vproc_host_read(int proc, struct vproc_host *out)
{
	struct vproc_host host = { 0 };
	struct sysinfo info;
	char text[8192]; /* more than one processor has */
	AUTO_FD int fd = os_proc_open(proc, "cpuinfo", O_RDONLY);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0 ||
	    count_cpus(&host) < 0 || uname(&host.names) < 0 ||
	    sysinfo(&info) < 0)
		return -1;
	host.memory_bytes = (uint64_t)info.totalram * info.mem_unit;
	vproc_processor(text, host.processor);
	*out = host;
	return 0;
}
