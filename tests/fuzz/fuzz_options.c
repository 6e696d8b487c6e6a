/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_options - the options of a mount, a line each.
 *
 * They are read or refused by one line; what is to be set is not to be cleared
 * too, and what the file system gets is some of the words as they were.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "rootfs/plan.h"

#define WORDS_MAX 64

static void
check_options(const struct options *options, char *const *words)
{
	const uint64_t atime = MOUNT_ATTR__ATIME;

	assert((options->set & options->clear & ~atime) == 0);
	assert(
	    (options->recursive_set & options->recursive_clear & ~atime) == 0);
	for (char **at = options->data; *at != NULL; at++) {
		char *const *word = words;

		while (*word != NULL && *word != *at)
			word++;
		assert(*word != NULL);
	}
}

static void
check_mount(char *type, char **words, size_t count)
{
	struct spec_mount mount = { .type = type, .options = { words, count } };
	struct options options;
	struct error e = { 0 };

	if (options_parse(&mount, &options, &e) < 0) {
		check_line(&e);
		return;
	}
	check_options(&options, words);
	options_free(&options);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char *words[WORDS_MAX + 1] = { NULL };
	size_t count = 0;
	char bind[] = "bind";
	char tmpfs[] = "tmpfs";
	char *rest = text;

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	while (count < WORDS_MAX && rest != NULL)
		words[count++] = strsep(&rest, "\n");
	check_mount(tmpfs, words, count);
	check_mount(bind, words, count);
	return 0;
}
