/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree - files by their paths, a node for each component, in bounded memory.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/auto.h"
#include "report.h"

#define BUCKETS 65536u

const char *const report_kinds[REPORT_KINDS] = {
	[REPORT_READ] = "read",
	[REPORT_WRITTEN] = "written",
	[REPORT_CREATED] = "created",
	[REPORT_REMOVED] = "removed",
	[REPORT_RENAMED] = "renamed",
	[REPORT_CHANGED] = "changed",
	[REPORT_EXECUTED] = "executed",
};

/* FNV-1a, from a number that the command does not know: it chooses names. */
static uint32_t
hash(const struct report_tree *tree, uint32_t parent, const char *name,
    size_t length)
{
	uint32_t sum = tree->seed ^ parent;

	for (size_t i = 0; i < length; i++)
		sum = (sum ^ (unsigned char)name[i]) * 16777619u;
	return (sum ^ sum >> 16) % BUCKETS;
}

static uint32_t
add_name(struct report_tree *tree, const char *name, size_t length)
{
	uint32_t at = tree->names_used;

	if (length + 1 > REPORT_NAMES_MAX - at)
		return REPORT_NONE;
	if (at + length + 1 > tree->names_room) {
		size_t room = 2 * (size_t)tree->names_room + length + 1;
		char *names = realloc(tree->names, room);

		if (names == NULL)
			return REPORT_NONE;
		tree->names = names;
		tree->names_room = (uint32_t)room;
	}
	memcpy(tree->names + at, name, length);
	tree->names[at + length] = '\0';
	tree->names_used += (uint32_t)length + 1;
	return at;
}

static uint32_t
add_node(struct report_tree *tree, uint32_t parent, const char *name,
    size_t length)
{
	uint32_t whole = (uint32_t)length + 1;

	if (parent != REPORT_NONE)
		whole += tree->nodes[parent].length;
	if (tree->count == REPORT_NODES_MAX ||
	    whole > REPORT_PATHS_MAX - tree->paths)
		return REPORT_NONE;
	if (tree->count == tree->room) {
		uint32_t room = 2 * tree->room + 64;
		struct report_node *nodes =
		    reallocarray(tree->nodes, room, sizeof(*nodes));

		if (nodes == NULL)
			return REPORT_NONE;
		tree->nodes = nodes;
		tree->room = room;
	}
	uint32_t at = add_name(tree, name, length);
	if (at == REPORT_NONE)
		return REPORT_NONE;
	uint32_t bucket = hash(tree, parent, name, length),
		 node = tree->count++;
	tree->nodes[node] = (struct report_node){ .parent = parent,
		.child = REPORT_NONE,
		.sibling = REPORT_NONE,
		.same = tree->buckets[bucket],
		.name = at,
		.length = whole };
	tree->paths += whole;
	tree->buckets[bucket] = node;
	if (parent != REPORT_NONE) {
		tree->nodes[node].sibling = tree->nodes[parent].child;
		tree->nodes[parent].child = node;
	}
	return node;
}

static uint32_t
find(const struct report_tree *tree, uint32_t parent, const char *name,
    size_t length)
{
	uint32_t node = tree->buckets[hash(tree, parent, name, length)];

	for (; node != REPORT_NONE; node = tree->nodes[node].same) {
		const char *there = tree->names + tree->nodes[node].name;

		if (tree->nodes[node].parent == parent &&
		    strncmp(there, name, length) == 0 && there[length] == '\0')
			return node;
	}
	return REPORT_NONE;
}

int
report_tree_begin(struct report_tree *tree, struct error *e)
{
	*tree = (struct report_tree){ .buckets =
					  malloc(BUCKETS * sizeof(uint32_t)) };
	if (tree->buckets == NULL)
		return error_sys(e, "memory");
	if (getrandom(&tree->seed, sizeof(tree->seed), 0) != sizeof(tree->seed))
		return error_sys(e, "getrandom");
	memset(tree->buckets, 0xff, BUCKETS * sizeof(uint32_t));
	return add_node(tree, REPORT_NONE, "", 0) == REPORT_NONE
		   ? error_set(e, ENOMEM, "memory")
		   : 0;
}

void
report_tree_free(struct report_tree *tree)
{
	free(tree->nodes);
	free(tree->names);
	free(tree->buckets);
	*tree = (struct report_tree){ 0 };
}

uint32_t
report_tree_add(struct report_tree *tree, const char *path)
{
	uint32_t node = 0;

	for (size_t depth = 0;; depth++) {
		path += strspn(path, "/");
		size_t length = strcspn(path, "/");
		if (length == 0)
			return node;
		if (depth == REPORT_DEPTH_MAX)
			return REPORT_NONE;
		uint32_t next = find(tree, node, path, length);
		if (next == REPORT_NONE)
			next = add_node(tree, node, path, length);
		if (next == REPORT_NONE)
			return REPORT_NONE;
		node = next;
		path += length;
	}
}

const char *
report_tree_path(const struct report_tree *tree, uint32_t node, char *buf,
    size_t size)
{
	size_t at = size - 1;

	buf[at] = '\0';
	if (node == 0)
		buf[--at] = '/';
	for (; node != 0 && node != REPORT_NONE;
	     node = tree->nodes[node].parent) {
		const char *name = tree->names + tree->nodes[node].name;
		size_t length = strlen(name);

		if (length + 1 > at)
			break;
		at -= length;
		memcpy(buf + at, name, length);
		buf[--at] = '/';
	}
	return buf + at;
}

uint32_t
report_tree_next(const struct report_tree *tree, uint32_t top, uint32_t node,
    bool is_over)
{
	if (!is_over && tree->nodes[node].child != REPORT_NONE)
		return tree->nodes[node].child;
	while (node != top && tree->nodes[node].sibling == REPORT_NONE)
		node = tree->nodes[node].parent;
	return node == top ? REPORT_NONE : tree->nodes[node].sibling;
}

uint32_t
report_tree_files(const struct report_tree *tree, uint32_t node,
    enum report_kind kind)
{
	uint32_t sum = 0;

	for (uint32_t at = node; at != REPORT_NONE;
	     at = report_tree_next(tree, node, at, false))
		sum += tree->nodes[at].counts[kind] > 0;
	return sum;
}
