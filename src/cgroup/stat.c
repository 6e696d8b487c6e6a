/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stat - accounts as the data of runc's "stats" event.
 *
 * The format is runc's (types/events.go): times in nanoseconds, no limit as
 * the largest number for memory and as nothing for processes, swap with memory
 * in it as in version 1. What no controller accounts for is left out or zero.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "cgroup/cgroup.h"
#include "file.h"

/* As io.stat and memory.stat of a large machine. */
#define STAT_MAX 65536

/* All of a file, or "" when it is not there. */
static void
read_text(int dir, const char *file, char *text, size_t size)
{
	if (file_read(dir, file, text, size) < 0)
		text[0] = '\0';
}

/* The number of a line "name number" of it. */
static uint64_t
value(const char *text, const char *name)
{
	size_t length = strlen(name);
	const char *line = file_find_line(text, name, length);

	return line == NULL ? 0 : strtoull(line + length + 1, NULL, 10);
}

static uint64_t
key(int dir, const char *file, const char *name)
{
	uint64_t found = 0;

	(void)file_read_key(dir, file, name, &found);
	return found;
}

/* One number; "max" is the largest, what is not there is 0. */
static uint64_t
number(int dir, const char *file)
{
	char text[32];

	if (file_read(dir, file, text, sizeof(text)) <= 0)
		return 0;
	return strncmp(text, "max", 3) == 0 ? UINT64_MAX
					    : strtoull(text, NULL, 10);
}

/* "12" or "1.50". */
static bool
is_number(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	size_t part = 0;

	if (text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789");
	return whole > 0 && (whole == 1 || text[0] != '0') &&
	       text[whole + (part > 0 ? part + 1 : 0)] == '\0';
}

/* " avg10=0.00 avg60=0.00 avg300=0.00 total=0", numbers as JSON has them. */
static void
put_averages(char *words, FILE *out)
{
	char *rest = NULL;
	const char *separator = "";

	for (char *word = strtok_r(words, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		char *average = strchr(word, '=');

		if (average == NULL || !is_number(average + 1))
			continue;
		*average++ = '\0';
		fputs(separator, out);
		json_put_string(out, word);
		fprintf(out, ":%s", average);
		separator = ",";
	}
}

/* A line for some and one for full. */
static void
put_pressure(int dir, const char *file, FILE *out)
{
	char text[512];
	char *rest = NULL;
	const char *separator = "";

	if (file_read(dir, file, text, sizeof(text)) <= 0)
		return;
	fputs(",\"psi\":{", out);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *averages = strchr(line, ' ');

		if (averages == NULL)
			continue;
		*averages++ = '\0';
		fputs(separator, out);
		json_put_string(out, line);
		fputs(":{", out);
		put_averages(averages, out);
		fputc('}', out);
		separator = ",";
	}
	fputc('}', out);
}

static void
put_cpu(int dir, FILE *out)
{
	char text[1024];

	read_text(dir, "cpu.stat", text, sizeof(text));
	fprintf(out,
	    "\"cpu\":{\"usage\":{\"total\":%" PRIu64 ",\"kernel\":%" PRIu64
	    ",\"user\":%" PRIu64 "}",
	    value(text, "usage_usec") * 1000, value(text, "system_usec") * 1000,
	    value(text, "user_usec") * 1000);
	fprintf(out,
	    ",\"throttling\":{\"periods\":%" PRIu64
	    ",\"throttledPeriods\":%" PRIu64 ",\"throttledTime\":%" PRIu64 "}",
	    value(text, "nr_periods"), value(text, "nr_throttled"),
	    value(text, "throttled_usec") * 1000);
	put_pressure(dir, "cpu.pressure", out);
	/* Only version 1 has these. */
	fputs("},\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,"
	      "\"mem_exclusive\":0,\"memory_migrate\":0,"
	      "\"memory_spread_page\":0,\"memory_spread_slab\":0,"
	      "\"memory_pressure\":0,\"sched_load_balance\":0,"
	      "\"sched_relax_domain_level\":0}",
	    out);
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a == UINT64_MAX || b == UINT64_MAX ? UINT64_MAX : a + b;
}

static void
put_entry(const char *name, uint64_t limit, uint64_t usage, uint64_t max,
    FILE *out)
{
	fprintf(out,
	    "\"%s\":{\"limit\":%" PRIu64 ",\"usage\":%" PRIu64
	    ",\"max\":%" PRIu64 ",\"failcnt\":0},",
	    name, limit, usage, max);
}

/* Cuts the text. */
static void
put_raw(char *text, FILE *out)
{
	char *rest = NULL;
	const char *separator = "";

	fputs("\"raw\":{", out);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *number = strchr(line, ' ');

		if (number == NULL)
			continue;
		*number++ = '\0';
		fputs(separator, out);
		json_put_string(out, line);
		fprintf(out, ":%" PRIu64, (uint64_t)strtoull(number, NULL, 10));
		separator = ",";
	}
	fputs("}", out);
}

static void
put_memory_events(int dir, FILE *out)
{
	static const char *const events[] = { "low", "high", "max", "oom",
		"oom_kill" };
	char text[512];

	read_text(dir, "memory.events", text, sizeof(text));
	fputs(",\"event_count\":{", out);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		fprintf(out, "%s\"%s\":%" PRIu64, i > 0 ? "," : "", events[i],
		    value(text, events[i]));
	fputc('}', out);
}

static int
put_memory(int dir, FILE *out, struct error *e)
{
	uint64_t usage = number(dir, "memory.current");
	uint64_t limit = number(dir, "memory.max");
	AUTO_FREE char *text = malloc(STAT_MAX);

	if (text == NULL)
		return error_sys(e, "memory");
	read_text(dir, "memory.stat", text, STAT_MAX);
	fprintf(out, ",\"memory\":{\"cache\":%" PRIu64 ",",
	    value(text, "file"));
	put_entry("usage", limit, usage, number(dir, "memory.peak"), out);
	put_entry("swap", sum(number(dir, "memory.swap.max"), limit),
	    sum(number(dir, "memory.swap.current"), usage), 0, out);
	put_entry("kernel", 0, value(text, "kernel"), 0, out);
	put_entry("kernelTCP", 0, value(text, "sock"), 0, out);
	put_raw(text, out);
	put_pressure(dir, "memory.pressure", out);
	put_memory_events(dir, out);
	fputc('}', out);
	return 0;
}

static void
put_pids(int dir, FILE *out)
{
	uint64_t limit = number(dir, "pids.max");

	fprintf(out, ",\"pids\":{\"current\":%" PRIu64,
	    number(dir, "pids.current"));
	if (limit != UINT64_MAX)
		fprintf(out, ",\"limit\":%" PRIu64, limit);
	fputc('}', out);
}

/* ---- io ------------------------------------------------------------------ */

struct io_key {
	const char *name; /* in io.stat */
	const char *op;   /* in the event */
};

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0" */
static void
put_io_line(const char *line, const struct io_key *keys, const char **separator,
    FILE *out)
{
	char *end = NULL;
	unsigned long major = strtoul(line, &end, 10);

	if (*end != ':')
		return;
	unsigned long minor = strtoul(end + 1, NULL, 10);
	for (; keys->name != NULL; keys++) {
		const char *at = strstr(line, keys->name);

		if (at == NULL)
			continue;
		fprintf(out,
		    "%s{\"major\":%lu,\"minor\":%lu,\"op\":\"%s\","
		    "\"value\":%" PRIu64 "}",
		    *separator, major, minor, keys->op,
		    (uint64_t)strtoull(at + strlen(keys->name), NULL, 10));
		*separator = ",";
	}
}

static void
put_io_list(const char *name, const char *text, const struct io_key *keys,
    FILE *out)
{
	const char *separator = "";

	fprintf(out, "\"%s\":[", name);
	for (const char *at = text; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		AUTO_FREE char *line = strndup(at, length);

		if (line != NULL)
			put_io_line(line, keys, &separator, out);
		at += length + (at[length] == '\n');
	}
	fputc(']', out);
}

static void
put_io(int dir, FILE *out)
{
	static const struct io_key bytes[] = { { " rbytes=", "Read" },
		{ " wbytes=", "Write" }, { " dbytes=", "Discard" }, { NULL } };
	static const struct io_key counts[] = { { " rios=", "Read" },
		{ " wios=", "Write" }, { " dios=", "Discard" }, { NULL } };
	AUTO_FREE char *text = malloc(STAT_MAX);

	fputs(",\"blkio\":{", out);
	if (text == NULL || file_read(dir, "io.stat", text, STAT_MAX) < 0)
		fputs("\"ioServiceBytesRecursive\":[]", out);
	else {
		put_io_list("ioServiceBytesRecursive", text, bytes, out);
		fputc(',', out);
		put_io_list("ioServicedRecursive", text, counts, out);
	}
	put_pressure(dir, "io.pressure", out);
	fputc('}', out);
}

/* ---- hugetlb ------------------------------------------------------------- */

/* "hugetlb.2MB.current": the length of the size in it, else 0. */
static size_t
page_size_length(const char *name)
{
	static const char prefix[] = "hugetlb.";
	const char *size = name + sizeof(prefix) - 1;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	size_t length = strcspn(size, ".");
	return strcmp(size + length, ".current") == 0 ? length : 0;
}

static void
put_page_size(int dir, const char *file, size_t length, FILE *out)
{
	char events[64];
	const char *size = file + strlen("hugetlb.");

	(void)snprintf(events, sizeof(events), "hugetlb.%.*s.events",
	    (int)length, size);
	fprintf(out, "\"%.*s\":{\"usage\":%" PRIu64 ",\"failcnt\":%" PRIu64 "}",
	    (int)length, size, number(dir, file), key(dir, events, "max"));
}

static void
close_list(DIR **list)
{
	if (*list != NULL)
		closedir(*list);
}

static int
put_hugetlb(int dir, FILE *out, struct error *e)
{
	const struct dirent *entry;
	const char *separator = "";
	int again = file_open_dir(dir, ".");
	AUTO(close_list) DIR *list = again < 0 ? NULL : fdopendir(again);

	if (list == NULL)
		return error_sys(e, "read the cgroup");
	fputs(",\"hugetlb\":{", out);
	while ((entry = readdir(list)) != NULL) {
		size_t length = page_size_length(entry->d_name);

		if (length == 0)
			continue;
		fputs(separator, out);
		put_page_size(dir, entry->d_name, length, out);
		separator = ",";
	}
	fputc('}', out);
	return 0;
}

int
cgroup_stat_print(int dir, FILE *out, struct error *e)
{
	fputc('{', out);
	put_cpu(dir, out);
	TRY(put_memory(dir, out, e));
	put_pids(dir, out);
	put_io(dir, out);
	TRY(put_hugetlb(dir, out, e));
	fputs(",\"intel_rdt\":{},\"network_interfaces\":null}", out);
	return 0;
}

uint64_t
cgroup_oom_kills(int dir)
{
	return key(dir, "memory.events", "oom_kill");
}
