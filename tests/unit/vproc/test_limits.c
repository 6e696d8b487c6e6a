/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

#define GIB (1ull << 30)

static const struct vproc_host host = {
	.cpus = 16,
	.last_cpu = 31,
	.memory_bytes = 64 * GIB,
	.names = { .release = "6.18.44-cloud", .machine = "x86_64" },
	.processor = "model\t: 1\n",
};

Test(vproc_limits, processors_are_the_least_of_all_limits)
{
	static const struct {
		const char *inner[4];
		const char *outer[4];
		unsigned cpus;
	} rows[] = {
		{ { NULL }, { NULL }, 16 },
		{ { "cpu.max=max 100000\n" }, { NULL }, 16 },
		{ { "cpu.max=100000 100000\n" }, { NULL }, 1 },
		{ { "cpu.max=150000 100000\n" }, { NULL }, 2 },
		{ { "cpu.max=200000 100000\n" }, { NULL }, 2 },
		{ { "cpu.max=1000 100000\n" }, { NULL }, 1 },
		{ { "cpu.max=9900000 100000\n" }, { NULL }, 16 },
		{ { "cpu.max=400000 100000\n" }, { "cpu.max=300000 100000\n" },
		    3 },
		{ { "cpuset.cpus.effective=0-3,7\n" }, { NULL }, 5 },
		{ { "cpuset.cpus.effective=4\n" }, { NULL }, 1 },
		{ { "cpuset.cpus.effective=0-3\n", "cpu.max=1 1\n" }, { NULL },
		    1 },
		{ { NULL }, { "cpuset.cpus.effective=0-1\n" }, 2 },
		/* What cannot be read says nothing. */
		{ { "cpu.max=\n" }, { NULL }, 16 },
		{ { "cpu.max=5\n" }, { NULL }, 16 },
		{ { "cpu.max=5 0\n" }, { NULL }, 16 },
		{ { "cpu.max=99999999999999999999 1\n" }, { NULL }, 16 },
		{ { "cpu.max=0 100000\n" }, { NULL }, 1 },
		{ { "cpuset.cpus.effective=\n" }, { NULL }, 16 },
		{ { "cpuset.cpus.effective=3-1,x\n" }, { NULL }, 16 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FD int dir = fake_group(rows[i].inner, rows[i].outer);
		struct vproc_limits limits = { 0 };

		vproc_limits_read(dir, &host, &limits);
		cr_expect(eq(u32, limits.cpus, rows[i].cpus), "row %zu", i);
		cr_expect(eq(u32, limits.last_cpu, 31));
	}
}

Test(vproc_limits, memory_is_the_least_limit_or_says_nothing_of_the_host)
{
	static const struct {
		const char *inner[4];
		const char *outer[4];
		uint64_t host_bytes, memory, swap;
		bool limited;
	} rows[] = {
		{ { "memory.max=1073741824\n" }, { NULL }, 64 * GIB, GIB, 0,
		    true },
		{ { "memory.max=max\n" }, { "memory.max=2147483648\n" },
		    64 * GIB, 2 * GIB, 0, true },
		{ { "memory.max=4294967296\n" }, { "memory.max=1073741824\n" },
		    64 * GIB, GIB, 0, true },
		{ { "memory.max=max\n", "memory.swap.max=4096\n" }, { NULL },
		    64 * GIB, 8 * GIB, 4096, false },
		{ { "memory.swap.max=max\n" }, { NULL }, 64 * GIB, 8 * GIB, 0,
		    false },
		/* Without a limit all large hosts look alike. */
		{ { NULL }, { NULL }, 16 * GIB, 8 * GIB, 0, false },
		{ { NULL }, { NULL }, 1000 * GIB, 8 * GIB, 0, false },
		{ { NULL }, { NULL }, 15 * GIB, 4 * GIB, 0, false },
		{ { NULL }, { NULL }, 2 * GIB, GIB, 0, false },
		{ { "memory.max=1099511627776\n" }, { NULL }, 64 * GIB, 8 * GIB,
		    0, false },
		/* Something, for those who divide by it. */
		{ { "memory.max=0\n" }, { NULL }, 64 * GIB, 4 << 20, 0, true },
		{ { "memory.max=x\n" }, { NULL }, 0, 4 << 20, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FD int dir = fake_group(rows[i].inner, rows[i].outer);
		struct vproc_host other = host;
		struct vproc_limits limits = { 0 };

		other.memory_bytes = rows[i].host_bytes;
		vproc_limits_read(dir, &other, &limits);
		cr_expect(eq(u64, limits.memory_bytes, rows[i].memory),
		    "row %zu", i);
		cr_expect(eq(u64, limits.swap_bytes, rows[i].swap), "row %zu",
		    i);
		cr_expect(eq(int, limits.memory_is_limited, rows[i].limited),
		    "row %zu", i);
	}
}

/* Whoever has read them before keeps those. */
Test(vproc_limits, what_cannot_be_read_is_told)
{
	static const char *const inner[] = { "memory.max=1048576000\n", NULL };
	static const char *const outer[] = { "cpu.max=100000 100000\n", NULL };
	AUTO_FD int dir = fake_group(inner, outer);
	struct vproc_limits limits = { 0 };

	cr_expect(vproc_limits_read(-1, &host, &limits));
	cr_expect(vproc_limits_read(dir, &host, &limits));
	cr_expect(eq(u32, limits.cpus, 1));
	/* Not followed. */
	cr_assert(zero(int, symlinkat("memory.max", dir, "cpu.max")));
	cr_expect(not(vproc_limits_read(dir, &host, &limits)));
	cr_expect(eq(u64, limits.memory_bytes, 1048576000));
}

Test(vproc_limits, the_set_is_the_innermost)
{
	static const char *const inner[] = { "cpuset.cpus.effective=1,64\n",
		NULL };
	static const char *const outer[] = { "cpuset.cpus.effective=0-64\n",
		NULL };
	AUTO_FD int dir = fake_group(inner, outer);
	struct vproc_limits limits = { 0 };

	cr_expect(vproc_limits_read(dir, &host, &limits));
	cr_expect(eq(ulong, limits.set[0], 2));
	cr_expect(eq(ulong, limits.set[1], 1));
	cr_expect(eq(u32, limits.cpus, 2));
	cr_expect(vproc_limits_read(-1, &host, &limits));
	cr_expect(zero(ulong, limits.set[0]));
}

Test(vproc_limits, names_are_the_containers_and_the_start_stays)
{
	struct vproc_limits limits = some_limits;

	vproc_limits_read(-1, &host, &limits);
	cr_expect(eq(str, limits.names.release, "6.1.0"));
	cr_expect(eq(str, limits.names.sysname, "Linux"));
	cr_expect(eq(str, limits.names.machine, "x86_64"));
	cr_expect(eq(str, limits.names.nodename, "box"));
	cr_expect(eq(u64, limits.start_ns, some_limits.start_ns));
	cr_expect(eq(u32, limits.boot_id[1], 0x23));
	cr_expect(eq(str, limits.processor, "model\t: 1\n"));
	cr_expect(eq(u32, limits.cpus, 16));
}

Test(vproc_limits, a_host_with_no_processor_has_one)
{
	struct vproc_host none = { .names = { .release = "4.4" } };
	struct vproc_limits limits = { 0 };

	vproc_limits_read(-1, &none, &limits);
	cr_expect(eq(u32, limits.cpus, 1));
	cr_expect(eq(u32, limits.last_cpu, 0));
}

Test(vproc_limits, the_release_is_one_of_few_and_never_newer)
{
	static const char *const rows[][2] = {
		{ "7.2.0-rc1", "6.1.0" },
		{ "6.18.44-fc-v595", "6.1.0" },
		{ "6.1.0-13-amd64", "6.1.0" },
		{ "6.0.9", "5.15.0" },
		{ "5.15.0-91-generic", "5.15.0" },
		{ "5.14.0-362.el9", "5.10.0" },
		{ "5.10.200", "5.10.0" },
		{ "5.4.1", "5.4.0" },
		{ "5.3.0", "4.19.0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)vproc_release(rows[i][0]),
		    (char *)rows[i][1]));
}

Test(vproc_limits, this_host_can_be_read)
{
	struct vproc_host this = { .cpus = 7 };
	AUTO_FD int proc = os_proc_root();

	cr_assert(zero(int, vproc_host_read(proc, &this)));
	cr_expect(ge(u32, this.cpus, 1));
	cr_expect(ge(u32, this.last_cpu, this.cpus - 1));
	cr_expect(ge(u64, this.memory_bytes, 1 << 20));
	cr_expect(ge(sz, strlen(this.processor), 10));
	cr_expect(eq(ptr, strstr(this.processor, "microcode"), NULL));
	struct vproc_host kept = { .cpus = 7 };
	cr_expect(eq(int, vproc_host_read(-1, &kept), -1));
	cr_expect(eq(u32, kept.cpus, 7));
}
