/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data - etc/sandbox/defaults, built in, so that a sandbox opens no file of
 * lorica's own.
 */
#include <string.h>

#include "box.h"
#include "sandbox_data.h"

const char *
data_text(void)
{
	static const char text[] = SANDBOX_DEFAULTS;

	return text;
}

bool
data_next(const char **at, const char *word, char *value, size_t size)
{
	size_t length = strlen(word);
	const char *line = *at != NULL ? *at : data_text();

	while (*line != '\0') {
		size_t all = strcspn(line, "\n");
		const char *next = line + all + (line[all] == '\n');

		if (strncmp(line, word, length) == 0 && line[length] == ' ' &&
		    all - length - 1 < size) {
			memcpy(value, line + length + 1, all - length - 1);
			value[all - length - 1] = '\0';
			*at = next;
			return true;
		}
		line = next;
	}
	return false;
}
