/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

static void
expect_text(const char *path, const char *wanted)
{
	cr_expect(eq(str,
		      (char *)text_at(VPROC_PROC, path, &some_limits,
			  &some_usage),
		      (char *)wanted),
	    "%s", path);
}

Test(vproc_proc, texts)
{
	static const char *const rows[][2] = {
		{ "uptime", "61.23 120.79\n" },
		{ "loadavg", "1.00 0.51 0.01 1/7 7\n" },
		{ "stat", "cpu  123 0 45 12079 0 0 0 0 0 0\n"
			  "cpu0 62 0 23 6040 0 0 0 0 0 0\n"
			  "cpu1 61 0 22 6039 0 0 0 0 0 0\n"
			  "intr 0\nctxt 0\nbtime 1700000000\nprocesses 7\n"
			  "procs_running 1\nprocs_blocked 0\n"
			  "softirq 0 0 0 0 0 0 0 0 0 0 0\n" },
		{ "version",
		    "Linux version 6.1.0 (root@localhost) (gcc, GNU ld) "
		    "#1 SMP\n" },
		{ "sys/kernel/osrelease", "6.1.0\n" },
		{ "sys/kernel/version", "#1 SMP\n" },
		{ "sys/kernel/ostype", "Linux\n" },
		{ "sys/kernel/random/boot_id",
		    "01234567-89ab-4def-bf11-223344556677\n" },
		{ "sys/kernel/threads-max", "8192\n" },
		{ "sys/fs/file-max", "104857\n" },
		{ "sys/kernel/tainted", "0\n" },
		{ "swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
			   "/swap                                   file\t\t"
			   "262144\t\t16384\t\t-2\n" },
		{ "diskstats", "" },
		{ "cmdline", "\n" },
#if defined(__x86_64__)
		{ "cpuinfo",
		    "processor\t: 0\nmodel name\t: A Processor\n"
		    "physical id\t: 0\nsiblings\t: 2\ncore id\t\t: 0\n"
		    "cpu cores\t: 2\napicid\t\t: 0\ninitial apicid\t: 0\n\n"
		    "processor\t: 1\nmodel name\t: A Processor\n"
		    "physical id\t: 0\nsiblings\t: 2\ncore id\t\t: 1\n"
		    "cpu cores\t: 2\napicid\t\t: 1\ninitial apicid\t: 1\n\n" },
#endif
		{ "vmstat", "nr_free_pages 159744\nnr_inactive_anon 12288\n"
			    "nr_active_anon 15360\nnr_inactive_file 10752\n"
			    "nr_active_file 38400\nnr_unevictable 0\n"
			    "nr_anon_pages 25600\nnr_mapped 8192\n"
			    "nr_file_pages 51200\nnr_dirty 0\nnr_writeback 0\n"
			    "nr_shmem 2048\nnr_slab_reclaimable 2560\n"
			    "nr_slab_unreclaimable 1280\npgpgin 0\npgpgout 0\n"
			    "pswpin 0\npswpout 0\npgfault 77\npgmajfault 0\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_text(rows[i][0], rows[i][1]);
}

Test(vproc_proc, meminfo)
{
	static const char wanted[] = "MemTotal:        1048576 kB\n"
				     "MemFree:          638976 kB\n"
				     "MemAvailable:     845824 kB\n"
				     "Buffers:               0 kB\n"
				     "Cached:           204800 kB\n"
				     "SwapCached:            0 kB\n"
				     "Active:           215040 kB\n"
				     "Inactive:          92160 kB\n"
				     "Active(anon):      61440 kB\n"
				     "Inactive(anon):    49152 kB\n"
				     "Active(file):     153600 kB\n"
				     "Inactive(file):    43008 kB\n"
				     "Unevictable:           0 kB\n"
				     "Mlocked:               0 kB\n"
				     "SwapTotal:        262144 kB\n"
				     "SwapFree:         245760 kB\n";
	const char *text =
	    text_at(VPROC_PROC, "meminfo", &some_limits, &some_usage);

	cr_expect(zero(int, strncmp(text, wanted, strlen(wanted))), "%s", text);
	cr_expect(
	    ne(ptr, strstr(text, "\nVmallocTotal:   34359738367 kB\n"), NULL));
	cr_expect(ne(ptr, strstr(text, "\nHugePages_Total:       0\n"), NULL));
}

static uint64_t
line_of(const char *text, const char *name)
{
	uint64_t number = UINT64_MAX;
	const char *at = strstr(text, name);

	cr_assert(ne(ptr, at, NULL), "%s", name);
	cr_assert(eq(int, sscanf(at + strlen(name), ": %" SCNu64, &number), 1));
	return number;
}

/* Accounts that do not agree: what programs subtract never is negative. */
Test(vproc_proc, meminfo_agrees_with_itself)
{
	static const uint64_t parts[] = { 0, 1, 4096, 1 << 20, 1 << 28, 1 << 29,
		1 << 30, 1ull << 40 };
	struct vproc_usage usage = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(parts) * ARRAY_SIZE(parts) * 8; i++) {
		for (size_t j = 0; j < VPROC_COUNTS; j++)
			usage.count[j] =
			    parts[(i * 31 + j * j * 7) % ARRAY_SIZE(parts)];
		usage.memory_bytes = parts[i % 7];
		const char *text =
		    text_at(VPROC_PROC, "meminfo", &some_limits, &usage);
		uint64_t total = line_of(text, "MemTotal");
		uint64_t free = line_of(text, "MemFree");

		cr_assert(le(u64,
		    free + line_of(text, "\nCached") +
			line_of(text, "SReclaimable") +
			line_of(text, "Buffers"),
		    total));
		cr_assert(le(u64, line_of(text, "MemAvailable"), total));
		cr_assert(ge(u64, line_of(text, "MemAvailable"), free));
		cr_assert(
		    le(u64, line_of(text, "Shmem"), line_of(text, "\nCached")));
	}
}

/* Each processor's line, summed, is the first one. */
Test(vproc_proc, stat_adds_up)
{
	struct vproc_limits limits = some_limits;
	struct vproc_usage usage = some_usage;

	for (unsigned cpus = 1; cpus < 70; cpus += 3) {
		uint64_t sums[3] = { 0 };
		uint64_t all[3];

		limits.cpus = cpus;
		usage.user_us += 12345678;
		const char *text = text_at(VPROC_PROC, "stat", &limits, &usage);
		cr_assert(eq(int,
		    sscanf(text, "cpu  %" SCNu64 " 0 %" SCNu64 " %" SCNu64,
			&all[0], &all[1], &all[2]),
		    3));
		for (unsigned cpu = 0; cpu < cpus; cpu++) {
			uint64_t one[3];
			unsigned number;

			text = strchr(text, '\n') + 1;
			cr_assert(eq(int,
			    sscanf(text,
				"cpu%u %" SCNu64 " 0 %" SCNu64 " %" SCNu64,
				&number, &one[0], &one[1], &one[2]),
			    4));
			cr_assert(eq(u32, number, cpu));
			for (int i = 0; i < 3; i++)
				sums[i] += one[i];
		}
		for (int i = 0; i < 3; i++)
			cr_assert(eq(u64, sums[i], all[i]));
		cr_assert(zero(int, strncmp(strchr(text, '\n'), "\nintr", 5)));
	}
}

Test(vproc_proc, less_memory_has_its_bounds)
{
	struct vproc_limits limits = some_limits;
	struct vproc_usage usage = { .tasks = 1 };

	limits.memory_bytes = 1 << 20;
	limits.swap_bytes = 0;
	cr_expect(eq(str,
	    (char *)text_at(VPROC_PROC, "sys/kernel/threads-max", &limits,
		&usage),
	    "20\n"));
	cr_expect(eq(str,
	    (char *)text_at(VPROC_PROC, "sys/fs/file-max", &limits, &usage),
	    "8192\n"));
	cr_expect(eq(str, (char *)text_at(VPROC_PROC, "swaps", &limits, &usage),
	    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"));
	limits.swap_bytes = 1ull << 40;
	cr_expect(
	    eq(str, (char *)text_at(VPROC_PROC, "swaps", &limits, &usage) + 39,
		"/swap                                   file\t\t1073741824\t0"
		"\t\t-2\n"));
}

/* Whatever the buffer is, pieces of a text are the text. */
Test(vproc_proc, a_text_can_be_had_in_pieces)
{
	struct vproc_view view = { &some_limits, &some_usage };

	for (const struct vproc_row *row = vproc_rows; row->path != NULL;
	     row++) {
		struct vproc_file file = { .answer = row->answer, .row = row };
		char whole[8192];
		uint64_t length =
		    vproc_write(&file, &view, 0, whole, sizeof(whole));

		if (row->answer != VPROC_GENERATED) {
			cr_assert(zero(u64, length));
			continue;
		}
		cr_assert(le(u64, length, sizeof(whole)), "%s", row->path);
		for (size_t size = 0; size < 20; size++) {
			for (uint64_t from = 0; from < length + 3; from++) {
				char piece[24];
				uint64_t left =
				    from < length ? length - from : 0;
				size_t got = left < size ? (size_t)left : size;

				memset(piece, '#', sizeof(piece));
				cr_assert(eq(u64,
				    vproc_write(&file, &view, from, piece,
					size),
				    length));
				cr_assert(zero(int,
				    memcmp(piece, whole + from, got)));
				cr_assert(eq(chr, piece[got], '#'));
			}
		}
	}
}

Test(vproc_proc, a_directory_has_no_text)
{
	struct vproc_view view = { &some_limits, &some_usage };
	struct vproc_file file = vproc_find(VPROC_SYS, "devices", &some_limits);
	char text[8] = "same";

	cr_expect(zero(u64, vproc_write(&file, &view, 0, text, sizeof(text))));
	cr_expect(eq(str, text, "same"));
}
