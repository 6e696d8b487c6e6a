/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - what the sandbox may use: by a control group, or by the limits of a
 * process.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "base/text.h"
#include "box.h"

/* A number, and a unit of 1024 each perhaps. */
static bool
parse_size(const char *text, uint64_t *out)
{
	static const char units[] = "bkmgt";
	char number[24];
	size_t length = strspn(text, "0123456789");
	uint64_t value;

	if (length == 0 || length >= sizeof(number))
		return false;
	memcpy(number, text, length);
	number[length] = '\0';
	if (!text_parse_u64(number, INT64_MAX, &value))
		return false;
	text += length;
	const char *unit = *text == '\0' ? units : strchr(units, *text | 0x20);
	if (unit == NULL || (*text != '\0' && text[1] != '\0'))
		return false;
	unsigned shift = 10 * (unsigned)(unit - units);
	if (value > (uint64_t)INT64_MAX >> shift)
		return false;
	*out = value << shift;
	return value > 0;
}

/* "2", "0.5": thousandths, at least one hundredth. */
static bool
parse_cpus(const char *text, uint64_t *out)
{
	char whole[8];
	size_t length = strspn(text, "0123456789");
	uint64_t value = 0;

	if (length == 0 || length >= sizeof(whole))
		return false;
	memcpy(whole, text, length);
	whole[length] = '\0';
	if (!text_parse_u64(whole, 100000, &value))
		return false;
	value *= 1000;
	text += length;
	if (*text == '.') {
		uint64_t worth = 100;

		for (text++; *text >= '0' && *text <= '9'; text++, worth /= 10)
			value += worth * (uint64_t)(*text - '0');
	}
	*out = value;
	return *text == '\0' && value >= 10;
}

static bool
parse_count(const char *text, uint64_t *out)
{
	return text_parse_u64(text, INT32_MAX, out) && *out > 0;
}

int
limits_parse(const struct sandbox_options *options, struct limits *out,
    struct error *e)
{
	const struct {
		const char *name;
		const char *value;
		bool (*parse)(const char *text, uint64_t *out);
		uint64_t *out;
	} rows[] = {
		{ "memory", options->memory, parse_size, &out->memory },
		{ "cpus", options->cpus, parse_cpus, &out->cpus },
		{ "pids", options->pids, parse_count, &out->pids },
		{ "time", options->time, parse_count, &out->seconds },
	};

	*out = (struct limits){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].value != NULL &&
		    !rows[i].parse(rows[i].value, rows[i].out))
			return error_set(e, EINVAL, "--%s: \"%s\" is no limit",
			    rows[i].name, rows[i].value);
	}
	out->swap = out->memory;
	return 0;
}

void
limits_put_resources(FILE *out, const struct limits *limits)
{
	const char *separator = "";

	if (limits->memory > 0) {
		fprintf(out,
		    "\"memory\":{\"limit\":%" PRIu64 ",\"swap\":%" PRIu64 "}",
		    limits->memory, limits->swap);
		separator = ",";
	}
	if (limits->cpus > 0) {
		fprintf(out,
		    "%s\"cpu\":{\"quota\":%" PRIu64 ",\"period\":100000}",
		    separator, limits->cpus * 100);
		separator = ",";
	}
	if (limits->pids > 0)
		fprintf(out, "%s\"pids\":{\"limit\":%" PRIu64 "}", separator,
		    limits->pids);
}

/* Not above what the caller may have. */
static void
put_rlimit(FILE *out, const char *name, const struct rlimit *own,
    uint64_t value)
{
	if (own->rlim_max < value)
		value = own->rlim_max;
	fprintf(out,
	    ",{\"type\":\"%s\",\"soft\":%" PRIu64 ",\"hard\":%" PRIu64 "}",
	    name, value, value);
}

void
limits_put_rlimits(FILE *out, const struct limits *limits, bool has_cgroup)
{
	uint64_t pids =
	    limits->pids > 0 && !has_cgroup ? limits->pids : LIMITS_PIDS;

	struct rlimit processes = { .rlim_max = RLIM_INFINITY };
	struct rlimit data = { .rlim_max = RLIM_INFINITY };

	(void)getrlimit(RLIMIT_NPROC, &processes);
	(void)getrlimit(RLIMIT_DATA, &data);
	/* A core would be written by the machine, outside. */
	fputs("{\"type\":\"RLIMIT_CORE\",\"soft\":0,\"hard\":0}", out);
	put_rlimit(out, "RLIMIT_NPROC", &processes, pids);
	if (limits->memory > 0 && !has_cgroup)
		put_rlimit(out, "RLIMIT_DATA", &data, limits->memory);
}

int
sandbox_resources(const struct sandbox_options *options, char **out,
    struct error *e)
{
	struct limits limits;
	size_t length;

	TRY(limits_parse(options, &limits, e));
	*out = NULL;
	FILE *text = open_memstream(out, &length);
	if (text == NULL)
		return error_sys(e, "memory");
	if (limits.memory > 0 || limits.cpus > 0 || limits.pids > 0) {
		fputc('{', text);
		limits_put_resources(text, &limits);
		fputc('}', text);
	}
	return fclose(text) != 0 ? error_sys(e, "memory") : 0;
}

int
sandbox_keep_processors(const struct sandbox_options *options, struct error *e)
{
	struct limits limits;
	cpu_set_t all;
	cpu_set_t kept;
	uint64_t left;

	TRY(limits_parse(options, &limits, e));
	if (limits.cpus == 0)
		return 0;
	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return error_sys(e, "--cpus: sched_getaffinity");
	CPU_ZERO(&kept);
	left = (limits.cpus + 999) / 1000;
	for (size_t cpu = 0; cpu < CPU_SETSIZE && left > 0; cpu++) {
		if (CPU_ISSET(cpu, &all)) {
			CPU_SET(cpu, &kept);
			left--;
		}
	}
	if (sched_setaffinity(0, sizeof(kept), &kept) < 0)
		return error_sys(e, "--cpus: sched_setaffinity");
	return 0;
}
