/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export - the seccomp program of a configuration, as BPF instructions on
 * stdout: what "floor" and bubblewrap load beside the runtimes.
 *
 *     export CONFIG
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "base/auto.h"
#include "base/limits.h"
#include "filter/filter.h"
#include "spec/spec.h"

static int
export_filter(const char *text, size_t length, struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(filter_free) struct filter filter = { 0 };

	TRY(spec_parse(text, length, NULL, NULL, &spec, e));
	if (spec->lnx.seccomp == NULL)
		return error_set(e, EINVAL, "no linux.seccomp");
	TRY(filter_prepare(spec->lnx.seccomp, -1, &filter, e));
	if (fwrite(filter.insns, sizeof(*filter.insns), filter.count, stdout) !=
	    filter.count)
		return error_sys(e, "write");
	return 0;
}

int
main(int argc, char **argv)
{
	static char text[LIMIT_JSON_BYTES];
	struct error e = { 0 };
	char line[512];
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;

	if (in == NULL)
		return 2;
	size_t length = fread(text, 1, sizeof(text), in);
	(void)fclose(in);
	if (export_filter(text, length, &e) == 0)
		return 0;
	error_format(&e, line, sizeof(line));
	fprintf(stderr, "export: %s\n", line);
	return 1;
}
