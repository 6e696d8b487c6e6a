/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put - members of the JSON that container writes.
 *
 * Private to container.
 */
#ifndef CONTAINER_PUT_H
#define CONTAINER_PUT_H

#include <stdio.h>

#include "base/json.h"
#include "spec/spec.h"

/* "name":"value", */
static inline void
put_string_member(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\"%s\":", name);
	json_put_string(out, value != NULL ? value : "");
	fputc(',', out);
}

static inline void
put_annotations(FILE *out, const struct spec_pairs *pairs)
{
	fputs("\"annotations\":{", out);
	for (size_t i = 0; i < pairs->count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, pairs->items[i].key);
		fputc(':', out);
		json_put_string(out, pairs->items[i].value);
	}
	fputc('}', out);
}

#endif
