/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export - the programs of a container, as BPF instructions on stdout: what
 * "floor" and bubblewrap load beside the runtimes.
 *
 *     export seccomp CONFIG     of the configuration's linux.seccomp
 *     export devices            of the devices that every container has
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/cgroup/devices.h"
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

static int
export_devices(void)
{
	AUTO_FREE struct bpf_insn *code =
	    calloc(program_room(device_defaults_count), sizeof(*code));

	if (code == NULL)
		return 1;
	size_t count =
	    program_make(device_defaults, device_defaults_count, code);
	return fwrite(code, sizeof(*code), count, stdout) == count ? 0 : 1;
}

static int
export_seccomp(const char *path)
{
	static char text[LIMIT_JSON_BYTES];
	struct error e = { 0 };
	char line[512];
	FILE *in = fopen(path, "r");

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

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "devices") == 0)
		return export_devices();
	if (argc == 3 && strcmp(argv[1], "seccomp") == 0)
		return export_seccomp(argv[2]);
	return 2;
}
