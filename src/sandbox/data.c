/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data - etc/sandbox/defaults, built in, so that a sandbox opens no file of
 * lorica's own.
 */
#include <string.h>

#include "base/auto.h"
#include "box.h"
#include "sandbox_data.h"

/* Its values one behind the other, each NUL-ended, and an empty one. */
static const struct {
	const char *word;
	const char *values;
} words[] = { SANDBOX_DEFAULTS };

const char *
data_word(size_t index)
{
	return index < ARRAY_SIZE(words) ? words[index].word : NULL;
}

static const char *
first(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].values;
	}
	return "";
}

const char *
data_next(const char *word, const char *at)
{
	const char *next = at == NULL ? first(word) : at + strlen(at) + 1;

	return *next == '\0' ? NULL : next;
}
