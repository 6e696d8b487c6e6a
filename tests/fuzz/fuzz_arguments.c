/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_arguments - the words of a command line, a line each.
 *
 * Options are read up to a word that is there, or one is refused by one line;
 * a number is the one that strtoull(3) reads, or none.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "check.h"
#include "cli/cli.h"
#include "fuzz.h"

#define WORDS_MAX 16

static void
check_options(int argc, char **argv)
{
	static const char *const words[] = { "text", "json", NULL };
	const char *bundle = NULL;
	const char *format = NULL;
	bool force = false;
	bool help = false;
	const struct cli_option options[] = {
		{ "bundle", 'b', .value = &bundle },
		{ "format", .words = words, .value = &format },
		{ "force", 'f', .flag = &force },
		{ NULL },
	};
	struct error e = { 0 };
	int at = cli_options(options, argc, argv, &help, &e);

	if (at < 0) {
		check_line(&e);
		return;
	}
	assert(at >= 1 && at <= argc);
	assert(format == NULL || strcmp(format, "text") == 0 ||
	       strcmp(format, "json") == 0);
}

static void
check_number(const char *word)
{
	uint64_t number = 7;
	char again[24];

	if (!text_parse_u64(word, UINT64_MAX, &number)) {
		assert(number == 7);
		return;
	}
	errno = 0;
	assert(number == strtoull(word, NULL, 10) && errno == 0);
	(void)snprintf(again, sizeof(again), "%llu",
	    (unsigned long long)number);
	assert(strcmp(again, word) == 0);
}

/* With the units of update: the same again without them. */
static void
check_size(const char *word)
{
	int64_t plain = 7;
	int64_t size = 7;
	char again[24];

	if (!cli_number(word, true, &size)) {
		assert(size == 7 && !cli_number(word, false, &plain));
		return;
	}
	(void)snprintf(again, sizeof(again), "%lld", (long long)size);
	bool fine = cli_number(again, false, &plain);
	assert(fine && plain == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char name[] = "lorica";
	char *argv[WORDS_MAX + 2] = { name };
	int argc = 1;
	char *rest = text;

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	while (argc <= WORDS_MAX && rest != NULL)
		argv[argc++] = strsep(&rest, "\n");
	check_options(argc, argv);
	for (int i = 1; i < argc; i++) {
		check_number(argv[i]);
		check_size(argv[i]);
	}
	return 0;
}
