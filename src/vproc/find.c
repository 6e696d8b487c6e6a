/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find - the row of a path, and the names in a directory.
 *
 * Patterns are compared component by component: "#" is a number (in procfs also
 * "self" and "thread-self"), "cpu#" one that the limits allow, "{a,b}" one of
 * several words, and a last "**" the directory itself and all below.
 */
#include <string.h>

#include "base/text.h"
#include "vproc/vproc.h"

enum match {
	DIFFERS,
	ABOVE, /* the path is a directory on the way */
	FITS,
};

/* A number as the kernel writes it; false for anything else or too much. */
static bool
number_of(const char *word, size_t length, unsigned *out)
{
	unsigned number = 0;

	if (length == 0 || length > 9 || (word[0] == '0' && length > 1))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		number = number * 10 + (unsigned)(word[i] - '0');
	}
	*out = number;
	return true;
}

static bool
same(const char *word, size_t length, const char *other, size_t other_length)
{
	return length == other_length && memcmp(word, other, length) == 0;
}

static bool
is_process(const char *word, size_t length)
{
	unsigned number;

	return number_of(word, length, &number) ||
	       same(word, length, "self", 4) ||
	       same(word, length, "thread-self", 11);
}

/* list is "a,b,c}" */
static bool
is_among(const char *word, size_t length, const char *list)
{
	for (;;) {
		size_t end = strcspn(list, ",}");

		if (same(word, length, list, end))
			return true;
		if (list[end] != ',')
			return false;
		list += end + 1;
	}
}

/* One component: end is where that of the pattern ends. */
static bool
component_fits(const char *pattern, size_t end, const char *word, size_t length,
    unsigned *number)
{
	if (pattern[0] == '{')
		return is_among(word, length, pattern + 1);
	if (end == 1 && pattern[0] == '#')
		return is_process(word, length);
	if (pattern[end - 1] == '#')
		return length >= end && memcmp(pattern, word, end - 1) == 0 &&
		       number_of(word + end - 1, length - end + 1, number);
	return same(word, length, pattern, end);
}

static enum match
match(const char *pattern, const char *path, unsigned *number)
{
	for (;;) {
		size_t end = strcspn(pattern, "/");
		size_t length = strcspn(path, "/");

		if (strcmp(pattern, "**") == 0)
			return FITS;
		if (*path == '\0')
			return ABOVE;
		if (!component_fits(pattern, end, path, length, number))
			return DIFFERS;
		pattern += end + (pattern[end] == '/');
		path += length + (path[length] == '/');
		if (*pattern == '\0')
			return *path == '\0' ? FITS : DIFFERS;
	}
}

/* Nothing that could name the same file by another path. */
static bool
is_resolved(const char *path)
{
	for (const char *at = path; *at != '\0';) {
		size_t length = strcspn(at, "/");

		if (length == 0 || same(at, length, ".", 1) ||
		    same(at, length, "..", 2))
			return false;
		at += length;
		if (*at == '/' && *++at == '\0')
			return false;
	}
	return true;
}

/* What /proc/1/task/2/maps is for: "2/maps". */
static const char *
without_process(const char *path)
{
	size_t first = strcspn(path, "/");
	const char *task = path + first;

	if (!is_process(path, first) || strncmp(task, "/task/", 6) != 0 ||
	    !is_process(task + 6, strcspn(task + 6, "/")))
		return path;
	return task + 6;
}

/*
 * The first row that fits. A directory on the way to something that is there
 * is there itself: *above says so, and rows that hide it come too late.
 */
static const struct vproc_row *
row_of(enum vproc_tree tree, const char *path, unsigned cpus, bool *above,
    unsigned *number)
{
	for (const struct vproc_row *row = vproc_rows; row->path != NULL;
	     row++) {
		enum match found = DIFFERS;

		*number = 0;
		if (row->tree == tree)
			found = match(row->path, path, number);
		if (found == DIFFERS || *number >= cpus)
			continue;
		if (found == FITS)
			return row;
		*above |= row->answer != VPROC_HIDDEN;
	}
	return NULL;
}

struct vproc_file
vproc_find(enum vproc_tree tree, const char *path,
    const struct vproc_limits *limits)
{
	struct vproc_file file = { .answer = VPROC_HIDDEN };
	bool above = *path == '\0';
	unsigned number;

	if (!is_resolved(path))
		return file;
	if (tree == VPROC_PROC)
		path = without_process(path);
	const struct vproc_row *row =
	    row_of(tree, path, limits->cpus, &above, &number);
	if (row != NULL && (row->answer != VPROC_HIDDEN || !above)) {
		file.row = row;
		file.answer = row->answer;
		file.number = number;
	} else if (above) {
		file.answer =
		    tree == VPROC_SYS ? VPROC_GENERATED : VPROC_NATIVE;
	}
	return file;
}

/* ---- directories --------------------------------------------------------- */

/* Where in the pattern the component is that names an entry of path. */
static const char *
entry_of(const struct vproc_row *row, const char *path)
{
	const char *pattern = row->path;
	unsigned number = 0;

	if (row->tree != VPROC_SYS || row->answer == VPROC_HIDDEN ||
	    match(pattern, path, &number) != ABOVE)
		return NULL;
	for (; *path != '\0'; path += *path == '/') {
		pattern += strcspn(pattern, "/") + 1;
		path += strcspn(path, "/");
	}
	return pattern;
}

static bool
is_repeated(const struct vproc_row *row, const char *path, const char *entry)
{
	size_t length = strcspn(entry, "/");

	for (const struct vproc_row *at = vproc_rows; at < row; at++) {
		const char *other = entry_of(at, path);

		if (other != NULL &&
		    same(other, strcspn(other, "/"), entry, length))
			return true;
	}
	return false;
}

/* "cpu#/topology" and 1: "cpu1". */
static void
put_name(const char *entry, size_t index, char name[VPROC_NAME_MAX])
{
	struct text_out out = text_out(name, VPROC_NAME_MAX);

	for (; *entry != '\0' && *entry != '/'; entry++) {
		if (*entry == '#')
			text_put_u64(&out, index);
		else
			text_put(&out, (char[]){ *entry, '\0' });
	}
}

bool
vproc_list(const char *path, const struct vproc_limits *limits, size_t index,
    char name[VPROC_NAME_MAX])
{
	struct vproc_file file = vproc_find(VPROC_SYS, path, limits);

	if (file.answer != VPROC_GENERATED || file.row != NULL)
		return false;
	for (const struct vproc_row *row = vproc_rows; row->path != NULL;
	     row++) {
		const char *entry = entry_of(row, path);

		if (entry == NULL || is_repeated(row, path, entry))
			continue;
		size_t length = strcspn(entry, "/");
		size_t names = entry[length - 1] == '#' ? limits->cpus : 1;
		if (index < names) {
			put_name(entry, index, name);
			return true;
		}
		index -= names;
	}
	return false;
}
