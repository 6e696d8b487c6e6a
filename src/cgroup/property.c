/* SPDX-License-Identifier: Apache-2.0 */
/*
 * property - what systemd calls what the kernel's files say.
 *
 * systemd writes the limits of a unit anew whenever it is loaded anew, so that
 * a limit that it knows of must be one of its properties: it would be undone.
 * Files without a row it does not touch. What the kernel would take but has no
 * equivalent here is refused, and not lost later.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "limits.h"
#include "unit/unit.h"

/* systemd reads its own CPUQuota= in whole percent. */
#define PERCENT_US 10000u
#define QUOTA_MAX  ((uint64_t)1 << 44) /* the kernel's, in microseconds */

#define CPU_WEIGHT_DEFAULT "100"
#define CPU_WEIGHT_IDLE    "0"
#define SINCE_IDLE         252
#define SINCE_PERIOD       242

struct row {
	const char *file;
	/* Returns false when there is no equivalent. */
	bool (*put)(FILE *out, const struct row *row, const char *line);
	const char *name; /* of the property */
	unsigned since;   /* the version of systemd that has it */
};

static void
put(FILE *out, const char *name, unsigned since, const char *value)
{
	unit_put_property(out, &(struct unit_property){ .name = name,
				   .since = since,
				   .signature = "t",
				   .values = value,
				   .count = 1 });
}

/* Before 253 a scope has no such policy, and systemd sets the file to 0. */
static bool
put_oom_group(FILE *out, const struct row *row, const char *line)
{
	if (strcmp(line, "0") != 0 && strcmp(line, "1") != 0)
		return false;
	unit_put_property(out,
	    &(struct unit_property){ .name = row->name,
		.since = row->since,
		.signature = "s",
		.values = line[0] == '1' ? "kill" : "continue",
		.count = 1 });
	return true;
}

static void
put_number(FILE *out, const char *name, unsigned since, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	put(out, name, since, text);
}

/* Digits, perhaps K, M, G or T as the kernel has them, or "max". */
static bool
read_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGT";
	char digits[24];
	size_t length = strspn(text, "0123456789");
	uint64_t number;

	if (strcmp(text, "max") == 0) {
		*out = UINT64_MAX;
		return true;
	}
	if (length == 0 || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!text_parse_u64(digits, UINT64_MAX, &number))
		return false;
	if (text[length] != '\0') {
		const char *unit = strchr(units, text[length] & ~0x20);
		unsigned shift =
		    unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);

		if (unit == NULL || text[length + 1] != '\0' ||
		    number > UINT64_MAX >> shift)
			return false;
		number <<= shift;
	}
	*out = number;
	return true;
}

static bool
put_size(FILE *out, const struct row *row, const char *line)
{
	uint64_t size;

	if (!read_size(line, &size))
		return false;
	put_number(out, row->name, row->since, size);
	return true;
}

/* No tasks at all is no limit of systemd's; init is one already. */
static bool
put_tasks(FILE *out, const struct row *row, const char *line)
{
	return put_size(out, row, strcmp(line, "0") == 0 ? "1" : line);
}

/* ---- processors ---------------------------------------------------------- */

static bool
put_weight(FILE *out, const struct row *row, const char *line)
{
	uint64_t weight;

	if (!text_parse_u64(line, 10000, &weight) || weight == 0)
		return false;
	put(out, row->name, row->since, line);
	return true;
}

/* systemd has idleness as a weight; an older one would not undo it. */
static bool
put_idle(FILE *out, const struct row *row, const char *line)
{
	if (strcmp(line, "0") != 0 && strcmp(line, "1") != 0)
		return false;
	put(out, row->name, row->since,
	    line[0] == '1' ? CPU_WEIGHT_IDLE : CPU_WEIGHT_DEFAULT);
	return true;
}

/* "QUOTA PERIOD", or one of them "max" or not there. */
static bool
put_quota(FILE *out, const struct row *row, const char *line)
{
	char quota[24];
	uint64_t number, period = 100000;
	size_t length = strcspn(line, " ");

	if (length >= sizeof(quota))
		return false;
	memcpy(quota, line, length);
	quota[length] = '\0';
	if (line[length] == ' ' &&
	    !text_parse_u64(line + length + 1, QUOTA_MAX, &period))
		return false;
	if (!read_size(quota, &number) || period == 0)
		return false;
	if (number != UINT64_MAX) {
		if (number > QUOTA_MAX)
			return false;
		/* Of each second, not less than was asked for. */
		number = number * 1000000 / period +
			 (number * 1000000 % period != 0);
		number = (number + PERCENT_US - 1) / PERCENT_US * PERCENT_US;
	}
	put_number(out, row->name, row->since, number);
	put_number(out, "CPUQuotaPeriodUSec", SINCE_PERIOD, period);
	return true;
}

/* Digits alone, of a number that is not too large. */
static bool
take_number(const char **at, unsigned long *out)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*out = strtoul(*at, &end, 10);
	*at = end;
	return *out < LIMIT_CPUS;
}

/* "0-3,7": a list of numbers and ranges. */
static bool
read_list(const char *at, unsigned char bits[LIMIT_CPUS / 8])
{
	while (*at != '\0') {
		unsigned long first = 0, last;

		if (!take_number(&at, &first))
			return false;
		last = first;
		bool is_range = *at == '-';
		at += is_range;
		if (is_range && !take_number(&at, &last))
			return false;
		if (first > last || (*at != ',' && *at != '\0'))
			return false;
		for (; first <= last; first++)
			bits[first / 8] |= (unsigned char)(1u << first % 8);
		at += *at == ',';
	}
	return true;
}

static bool
put_list(FILE *out, const struct row *row, const char *line)
{
	unsigned char bits[LIMIT_CPUS / 8] = { 0 };
	char values[4 * sizeof(bits)];
	size_t count = sizeof(bits), used = 0;

	if (!read_list(line, bits))
		return false;
	while (count > 0 && bits[count - 1] == 0)
		count--;
	for (size_t i = 0; i < count; i++)
		used += 1 + (size_t)snprintf(values + used,
				sizeof(values) - used, "%u", bits[i]);
	unit_put_property(out, &(struct unit_property){ .name = row->name,
				   .since = row->since,
				   .signature = "ay",
				   .values = values,
				   .count = count });
	return true;
}

/* ---- devices ------------------------------------------------------------- */

/* Is there "MAJOR:MINOR " at the start? Its length, or 0. */
static size_t
device_length(const char *line)
{
	static const char digits[] = "0123456789";
	size_t length = strspn(line, digits);

	if (length == 0 || line[length] != ':')
		return 0;
	size_t minor = strspn(line + length + 1, digits);
	length += 1 + minor;
	return minor > 0 && line[length] == ' ' && length < 24 ? length + 1 : 0;
}

/* systemd wants a path; it may not exist, as where nobody made the links. */
static void
put_device(FILE *out, const char *name, const char *line, uint64_t value)
{
	char values[80];
	int length = (int)strcspn(line, " ");
	int used =
	    snprintf(values, sizeof(values), "/dev/block/%.*s", length, line);

	(void)snprintf(values + used + 1, sizeof(values) - (size_t)used - 1,
	    "%" PRIu64, value);
	unit_put_property(out, &(struct unit_property){ .name = name,
				   .signature = "a(st)",
				   .values = values,
				   .count = 2 });
}

/* "WEIGHT", "default WEIGHT" or "MAJOR:MINOR WEIGHT". */
static bool
put_io_weight(FILE *out, const struct row *row, const char *line)
{
	size_t device = device_length(line);
	uint64_t weight;

	if (device == 0 && strncmp(line, "default ", 8) == 0)
		line += 8;
	if (!text_parse_u64(line + device, 10000, &weight) || weight == 0)
		return false;
	if (device == 0)
		put_number(out, row->name, row->since, weight);
	else
		put_device(out, "IODeviceWeight", line, weight);
	return true;
}

/* "MAJOR:MINOR KEY=RATE ...". */
static bool
put_io_max(FILE *out, const struct row *row, const char *line)
{
	static const struct {
		const char *key, *name;
	} rates[] = {
		{ "rbps", "IOReadBandwidthMax" },
		{ "wbps", "IOWriteBandwidthMax" },
		{ "riops", "IOReadIOPSMax" },
		{ "wiops", "IOWriteIOPSMax" },
	};
	AUTO_FREE char *copy = NULL;
	size_t device = device_length(line);
	char *rest = NULL;

	(void)row;
	copy = device == 0 ? NULL : strdup(line + device);
	for (char *word = copy == NULL ? NULL : strtok_r(copy, " ", &rest);
	     word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');
		uint64_t rate;
		size_t i = 0;

		if (value == NULL)
			return false;
		*value++ = '\0';
		while (i < ARRAY_SIZE(rates) && strcmp(rates[i].key, word) != 0)
			i++;
		if (i == ARRAY_SIZE(rates) || !read_size(value, &rate))
			return false;
		put_device(out, rates[i].name, line, rate);
	}
	return copy != NULL;
}

/* ---- the table ----------------------------------------------------------- */

static const struct row rows[] = {
	{ "cpu.idle", put_idle, "CPUWeight", SINCE_IDLE },
	{ "cpu.max", put_quota, "CPUQuotaPerSecUSec" },
	{ "cpu.weight", put_weight, "CPUWeight" },
	{ "cpuset.cpus", put_list, "AllowedCPUs", 244 },
	{ "cpuset.mems", put_list, "AllowedMemoryNodes", 244 },
	{ "io.max", put_io_max, NULL },
	{ "io.weight", put_io_weight, "IOWeight" },
	{ "memory.high", put_size, "MemoryHigh" },
	{ "memory.low", put_size, "MemoryLow" },
	{ "memory.max", put_size, "MemoryMax" },
	{ "memory.min", put_size, "MemoryMin", 240 },
	{ "memory.oom.group", put_oom_group, "OOMPolicy", 253 },
	{ "memory.swap.max", put_size, "MemorySwapMax" },
	{ "memory.zswap.max", put_size, "MemoryZSwapMax", 253 },
	{ "pids.max", put_tasks, "TasksMax" },
};

int
property_put(FILE *out, const char *place, const char *file, const char *line,
    struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].file, file) != 0)
			continue;
		if (rows[i].put(out, &rows[i], line))
			return 0;
		return error_set(e, EINVAL,
		    "linux.resources.%s: \"%s\" in %s has no equivalent among "
		    "the properties of systemd",
		    place, line, file);
	}
	return 0;
}
