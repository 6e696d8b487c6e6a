/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory - texts about memory: proc(5), meminfo.
 *
 * memory.current and memory.stat are read one after the other and do not
 * agree. Programs subtract, so what is shown does: free, cached and reclaimable
 * memory is never more than all of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "out.h"

#define UNUSED ((void)file, (void)limits, (void)usage)

/* In bytes, made to agree. */
struct memory {
	uint64_t total, free, available, cached, reclaimable, shmem;
	uint64_t anon, active_anon, inactive_anon, active_file, inactive_file;
};

static uint64_t
take_from(uint64_t *rest, uint64_t wanted)
{
	uint64_t taken = wanted < *rest ? wanted : *rest;

	*rest -= taken;
	return taken;
}

static struct memory
agree(const struct vproc_limits *limits, const struct vproc_usage *usage)
{
	const uint64_t *count = usage->count;
	struct memory m = { .total = limits->memory_bytes };
	uint64_t rest = usage->memory_bytes;

	m.free = m.total - rest;
	m.cached = take_from(&rest, count[VPROC_FILE]);
	m.reclaimable = take_from(&rest, count[VPROC_RECLAIMABLE]);
	m.anon = take_from(&rest, count[VPROC_ANON]);
	uint64_t files = m.cached;
	m.shmem = take_from(&files, count[VPROC_SHMEM]);
	m.active_file = take_from(&files, count[VPROC_ACTIVE_FILE]);
	m.inactive_file = take_from(&files, count[VPROC_INACTIVE_FILE]);
	/* Pages of shared memory are on the lists of anonymous ones. */
	uint64_t anons = m.anon + m.shmem;
	m.active_anon = take_from(&anons, count[VPROC_ACTIVE_ANON]);
	m.inactive_anon = take_from(&anons, count[VPROC_INACTIVE_ANON]);
	m.available = m.free + m.active_file + m.inactive_file + m.reclaimable;
	return m;
}

/* "MemTotal:        8192 kB": names and numbers are aligned. */
static void
put_kib(struct vproc_out *out, const char *prefix, const char *name,
    uint64_t bytes)
{
	char head[32];

	(void)snprintf(head, sizeof(head), "%s:", name);
	out_format(out, "%s%-16s%8" PRIu64 " kB\n", prefix, head, bytes / 1024);
}

struct line {
	const char *name;
	uint64_t bytes;
};

static void
put_lines(struct vproc_out *out, const char *prefix, const struct line *lines,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_kib(out, prefix, lines[i].name, lines[i].bytes);
}

VPROC_PUT(put_meminfo)
{
	UNUSED;
	struct memory m = agree(limits, usage);
	const uint64_t *count = usage->count;
	const struct line lines[] = {
		{ "MemTotal", m.total },
		{ "MemFree", m.free },
		{ "MemAvailable", m.available },
		{ "Buffers", 0 },
		{ "Cached", m.cached },
		{ "SwapCached", 0 },
		{ "Active", m.active_anon + m.active_file },
		{ "Inactive", m.inactive_anon + m.inactive_file },
		{ "Active(anon)", m.active_anon },
		{ "Inactive(anon)", m.inactive_anon },
		{ "Active(file)", m.active_file },
		{ "Inactive(file)", m.inactive_file },
		{ "Unevictable", count[VPROC_UNEVICTABLE] },
		{ "Mlocked", 0 },
		{ "SwapTotal", limits->swap_bytes },
		{ "SwapFree", limits->swap_bytes - usage->swap_bytes },
		{ "Dirty", count[VPROC_DIRTY] },
		{ "Writeback", count[VPROC_WRITEBACK] },
		{ "AnonPages", m.anon },
		{ "Mapped", count[VPROC_MAPPED] },
		{ "Shmem", m.shmem },
		{ "KReclaimable", m.reclaimable },
		{ "Slab", m.reclaimable + count[VPROC_UNRECLAIMABLE] },
		{ "SReclaimable", m.reclaimable },
		{ "SUnreclaim", count[VPROC_UNRECLAIMABLE] },
		{ "KernelStack", count[VPROC_STACKS] },
		{ "PageTables", count[VPROC_PAGETABLES] },
		{ "NFS_Unstable", 0 },
		{ "Bounce", 0 },
		{ "WritebackTmp", 0 },
		{ "CommitLimit", m.total / 2 + limits->swap_bytes },
		{ "Committed_AS", m.anon + m.shmem },
		{ "VmallocTotal", 34359738367ull * 1024 },
		{ "VmallocUsed", 0 },
		{ "VmallocChunk", 0 },
	};

	put_lines(out, "", lines, ARRAY_SIZE(lines));
	out_text(out,
	    "HugePages_Total:       0\nHugePages_Free:        0\n"
	    "HugePages_Rsvd:        0\nHugePages_Surp:        0\n"
	    "Hugepagesize:       2048 kB\nHugetlb:               0 kB\n");
}

VPROC_PUT(put_node_meminfo)
{
	UNUSED;
	struct memory m = agree(limits, usage);
	const struct line lines[] = {
		{ "MemTotal", m.total },
		{ "MemFree", m.free },
		{ "MemUsed", m.total - m.free },
		{ "Active", m.active_anon + m.active_file },
		{ "Inactive", m.inactive_anon + m.inactive_file },
		{ "FilePages", m.cached },
		{ "AnonPages", m.anon },
		{ "Shmem", m.shmem },
		{ "SReclaimable", m.reclaimable },
	};

	put_lines(out, "Node 0 ", lines, ARRAY_SIZE(lines));
	out_text(out,
	    "Node 0 HugePages_Total:     0\nNode 0 HugePages_Free:      0\n"
	    "Node 0 HugePages_Surp:      0\n");
}

/* mm/swapfile.c: a name of 40, and tabs that depend on the number's length. */
VPROC_PUT(put_swaps)
{
	UNUSED;
	uint64_t size = limits->swap_bytes / 1024;
	uint64_t used = usage->swap_bytes / 1024;

	out_text(out, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	if (size == 0)
		return;
	out_format(out, "%-40sfile\t\t%" PRIu64 "\t%s%" PRIu64 "\t%s-2\n",
	    "/swap", size, size < 10000000 ? "\t" : "", used,
	    used < 10000000 ? "\t" : "");
}

VPROC_PUT(put_vmstat)
{
	UNUSED;
	struct memory m = agree(limits, usage);
	const uint64_t *count = usage->count;
	const struct line pages[] = {
		{ "nr_free_pages", m.free },
		{ "nr_inactive_anon", m.inactive_anon },
		{ "nr_active_anon", m.active_anon },
		{ "nr_inactive_file", m.inactive_file },
		{ "nr_active_file", m.active_file },
		{ "nr_unevictable", count[VPROC_UNEVICTABLE] },
		{ "nr_anon_pages", m.anon },
		{ "nr_mapped", count[VPROC_MAPPED] },
		{ "nr_file_pages", m.cached },
		{ "nr_dirty", count[VPROC_DIRTY] },
		{ "nr_writeback", count[VPROC_WRITEBACK] },
		{ "nr_shmem", m.shmem },
		{ "nr_slab_reclaimable", m.reclaimable },
		{ "nr_slab_unreclaimable", count[VPROC_UNRECLAIMABLE] },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		out_format(out, "%s %" PRIu64 "\n", pages[i].name,
		    pages[i].bytes / 4096);
	out_format(out,
	    "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault %" PRIu64
	    "\npgmajfault %" PRIu64 "\n",
	    count[VPROC_FAULTS], count[VPROC_MAJOR_FAULTS]);
}
