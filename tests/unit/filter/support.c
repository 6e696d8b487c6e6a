/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"

struct spec *
support_profile(const char *json)
{
	struct spec *spec = NULL;
	struct error e = { 0 };
	AUTO_FREE char *text = NULL;

	cr_assert(gt(int,
	    asprintf(&text,
		"{\"ociVersion\": \"1.0.0\", \"linux\": {\"seccomp\": %s}}",
		json),
	    0));
	cr_assert(zero(int,
		      spec_parse(text, strlen(text), NULL, NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

struct spec *
support_profile_file(const char *path)
{
	AUTO_FREE char *text = calloc(1, 1 << 20);
	FILE *file = fopen(path, "r");

	cr_assert(ne(ptr, file, NULL), "%s", path);
	cr_assert(gt(sz, fread(text, 1, (1 << 20) - 1, file), 0));
	fclose(file);
	return support_profile(text);
}

struct filter
support_filter(const struct spec *spec, int cache)
{
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int,
		      filter_prepare(spec->lnx.seccomp, cache, &filter, &e)),
	    "%s", e.text);
	return filter;
}

uint32_t
support_answer(const struct filter *filter, uint32_t arch, uint32_t number,
    uint64_t first)
{
	return filter_run(filter->insns, filter->count,
	    &(struct seccomp_data){ .nr = (int)number,
		.arch = arch,
		.args = { first } });
}

int
support_directory(char *path, size_t size)
{
	snprintf(path, size, "/tmp/lorica-test-XXXXXX");
	cr_assert(ne(ptr, mkdtemp(path), NULL));
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, dir, 0));
	return dir;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
support_remove(const char *path)
{
	cr_expect(zero(int, nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS)));
}

uint32_t
support_ask(const struct filter *filter, int number, const uint64_t args[6])
{
	struct seccomp_data call = { .nr = number, .arch = FILTER_NATIVE_ARCH };

	memcpy(call.args, args, sizeof(call.args));
	return filter_run(filter->insns, filter->count, &call);
}
