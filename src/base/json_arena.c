/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_arena - memory that is released all at once: base/json.h.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"

#define CHUNK_BYTES 16384

struct json_chunk {
	struct json_chunk *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

struct json_arena {
	struct json_chunk *chunks;
};

struct json_arena *
json_arena_new(void)
{
	return calloc(1, sizeof(struct json_arena));
}

void
json_arena_free(struct json_arena **arena)
{
	struct json_arena *taken = take(arena);

	if (taken == NULL)
		return;
	while (taken->chunks != NULL) {
		struct json_chunk *chunk = taken->chunks;
		taken->chunks = chunk->next;
		free(chunk);
	}
	free(taken);
}

void *
json_alloc(struct json_arena *arena, size_t size)
{
	struct json_chunk *chunk = arena->chunks;
	size_t need =
	    (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);

	if (need < size) {
		errno = ENOMEM;
		return NULL;
	}
	if (chunk == NULL || chunk->size - chunk->used < need) {
		size_t room = need > CHUNK_BYTES ? need : CHUNK_BYTES;

		chunk = calloc(1, sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->size = room;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	void *piece = chunk->bytes + chunk->used;
	chunk->used += need;
	return piece;
}
