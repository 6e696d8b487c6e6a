/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update - limits of a container that is there, from flags or from a document.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli.h"

/* A flag, and the member of linux.resources that it is. */
struct limit_flag {
	const char *name;
	const char *subject; /* the object that holds it */
	const char *member;
	const char *help; /* NULL: only version 1 has it */
	bool is_text;
};

/* clang-format off */
static const struct limit_flag limit_flags[] = {
	{ "blkio-weight", "blockIO", "weight", "10 to 1000, for io" },
	{ "cpu-period", "cpu", "period", "of the quota, in microseconds" },
	{ "cpu-quota", "cpu", "quota", "of each period, in microseconds; -1: none" },
	{ "cpu-burst", "cpu", "burst", "that may be saved up, in microseconds" },
	{ "cpu-share", "cpu", "shares", "2 to 262144, 1024 is usual" },
	{ "cpu-rt-period", "cpu", "realtimePeriod", NULL },
	{ "cpu-rt-runtime", "cpu", "realtimeRuntime", NULL },
	{ "cpu-idle", "cpu", "idle", "1: only where nobody else runs" },
	{ "cpuset-cpus", "cpu", "cpus", "where it may run, as 0-3,7", .is_text = true },
	{ "cpuset-mems", "cpu", "mems", "from where it gets memory", .is_text = true },
	{ "memory", "memory", "limit", "in bytes, or with b, k, m, g or t; -1: none" },
	{ "memory-reservation", "memory", "reservation", "that is not taken from it" },
	{ "memory-swap", "memory", "swap", "memory and swap together; -1: none" },
	{ "pids-limit", "pids", "limit", "processes and threads; -1: none" },
};
/* clang-format on */
#define LIMIT_FLAGS ARRAY_SIZE(limit_flags)

static int
put_number(const struct limit_flag *flag, const char *text, FILE *out,
    struct error *e)
{
	bool has_unit = strcmp(flag->subject, "memory") == 0;
	int64_t number;

	if (!cli_number(text, has_unit, &number))
		return error_set(e, EINVAL, "--%s: \"%s\" is no number",
		    flag->name, text);
	fprintf(out, "%lld", (long long)number);
	return 0;
}

/* The flags that were given, as the document that they stand for. */
static int
put_flags(const char *const *values, FILE *out, struct error *e)
{
	const char *open = NULL;

	fputc('{', out);
	for (size_t i = 0; i < LIMIT_FLAGS; i++) {
		const struct limit_flag *flag = &limit_flags[i];

		if (values[i] == NULL)
			continue;
		if (open != NULL)
			fputs(strcmp(open, flag->subject) == 0 ? "," : "},",
			    out);
		if (open == NULL || strcmp(open, flag->subject) != 0)
			fprintf(out, "\"%s\":{", flag->subject);
		open = flag->subject;
		fprintf(out, "\"%s\":", flag->member);
		if (flag->is_text)
			json_put_string(out, values[i]);
		else
			TRY(put_number(flag, values[i], out, e));
	}
	fputs(open != NULL ? "}}" : "}", out);
	return 0;
}

/* Other containers may depend on the class too. */
static int
refuse_rdt(const char *l3, const char *bandwidth, struct error *e)
{
	if (l3 == NULL && bandwidth == NULL)
		return 0;
	return error_set(e, ENOTSUP,
	    "--l3-cache-schema, --mem-bw-schema: a class of service that is "
	    "in use is not changed");
}

int
cli_update(struct cli_call *call, struct error *e)
{
	const char *values[LIMIT_FLAGS] = { NULL };
	const char *resources = NULL, *l3 = NULL, *bandwidth = NULL;
	struct cli_option options[LIMIT_FLAGS + 4] = {
		{ "resources", 'r', "FILE",
		    "linux.resources as JSON, - for stdin; then no other",
		    .value = &resources },
		{ "l3-cache-schema", .value = &l3 },
		{ "mem-bw-schema", .value = &bandwidth },
	};
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	for (size_t i = 0; i < LIMIT_FLAGS; i++)
		options[3 + i] = (struct cli_option){ limit_flags[i].name, 0,
			limit_flags[i].is_text ? "LIST" : "N",
			limit_flags[i].help, .value = &values[i] };
	TRY(cli_one_id(call, options, e));
	TRY(refuse_rdt(l3, bandwidth, e));
	if (resources != NULL) {
		TRY(cli_read_document("--resources", resources, &text, &length,
		    e));
	} else {
		FILE *out = open_memstream(&text, &length);
		if (out == NULL)
			return error_sys(e, "memory");
		int failed = put_flags(values, out, e);
		if (fclose(out) != 0 && failed == 0)
			return error_sys(e, "memory");
		TRY(failed);
	}
	return container_update(call->cli->root, call->id, text, length, e);
}
