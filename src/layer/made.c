/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made - names that a layer has made, as numbers: a directory's inode and the
 * name in it. By the inode, as a directory has many names where links lead to
 * it.
 *
 * Two names with one number are no danger: the image would keep a file of its
 * own that it says it hides.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "base/auto.h"
#include "layer.h"

/* FNV-1a; never 0, which is an empty place. */
static uint64_t
key_of(ino_t dir, const char *base)
{
	uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)dir;

	hash *= 0x100000001b3u;
	for (; *base != '\0'; base++)
		hash = (hash ^ (unsigned char)*base) * 0x100000001b3u;
	return hash != 0 ? hash : 1;
}

/* Where it is, or would be. */
static size_t
place_of(const uint64_t *keys, size_t room, uint64_t key)
{
	size_t at = (size_t)(key ^ key >> 32) & (room - 1);

	while (keys[at] != 0 && keys[at] != key)
		at = (at + 1) & (room - 1);
	return at;
}

static int
grow(struct layer_made *made, struct error *e)
{
	size_t room = made->room > 0 ? 2 * made->room : 1024;
	uint64_t *keys = calloc(room, sizeof(*keys));

	if (keys == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < made->room; i++) {
		if (made->keys[i] != 0)
			keys[place_of(keys, room, made->keys[i])] =
			    made->keys[i];
	}
	free(made->keys);
	made->keys = keys;
	made->room = room;
	return 0;
}

int
layer_made_add(struct layer_made *made, ino_t dir, const char *base,
    struct error *e)
{
	uint64_t key = key_of(dir, base);

	if (2 * made->count >= made->room)
		TRY(grow(made, e));
	size_t at = place_of(made->keys, made->room, key);
	made->count += made->keys[at] == 0;
	made->keys[at] = key;
	return 0;
}

bool
layer_made_has(const struct layer_made *made, ino_t dir, const char *base)
{
	uint64_t key = key_of(dir, base);

	return made->room > 0 &&
	       made->keys[place_of(made->keys, made->room, key)] == key;
}

void
layer_made_free(struct layer_made *made)
{
	free(made->keys);
	*made = (struct layer_made){ 0 };
}
