/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user - who Config.User is, by the image's own passwd(5) and group(5).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "image/image.h"

#define ID_MAX (UINT32_MAX - 1)

struct line {
	char text[1024];
	char *fields[4];
	size_t count;
};

/* The next line that fits, cut at its colons; others are no entries. */
static bool
next_line(const char **at, struct line *line)
{
	while (**at != '\0') {
		size_t length = strcspn(*at, "\n");
		const char *start = *at;

		*at += length + (start[length] == '\n');
		if (length >= sizeof(line->text))
			continue;
		memcpy(line->text, start, length);
		line->text[length] = '\0';
		char *rest = line->text;
		line->count = 0;
		while (rest != NULL && line->count < ARRAY_SIZE(line->fields))
			line->fields[line->count++] = strsep(&rest, ":");
		return true;
	}
	return false;
}

static bool
read_id(const char *text, uint32_t *out)
{
	uint64_t number;

	if (!text_parse_u64(text, ID_MAX, &number))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* By name where that is not NULL, else by number. */
static bool
find_user(const char *passwd, const char *name, uint32_t uid,
    struct image_user *out)
{
	struct line line;
	uint32_t id;

	while (next_line(&passwd, &line)) {
		if (line.count < 4 || !read_id(line.fields[2], &id) ||
		    (name != NULL ? strcmp(line.fields[0], name) != 0
				  : id != uid))
			continue;
		if (!read_id(line.fields[3], &out->gid))
			continue;
		out->uid = id;
		return true;
	}
	return false;
}

static bool
find_group(const char *group, const char *name, uint32_t *out)
{
	struct line line;

	while (next_line(&group, &line)) {
		if (line.count >= 3 && strcmp(line.fields[0], name) == 0 &&
		    read_id(line.fields[2], out))
			return true;
	}
	return false;
}

static bool
has_member(char *list, const char *name)
{
	char *end = strchr(list, ':');

	if (end != NULL)
		*end = '\0';
	while (list != NULL) {
		if (strcmp(strsep(&list, ","), name) == 0)
			return true;
	}
	return false;
}

static int
add_groups(const char *group, const char *name, struct image_user *user,
    struct error *e)
{
	struct line line;
	uint32_t gid;

	while (next_line(&group, &line)) {
		if (line.count < 4 || !has_member(line.fields[3], name) ||
		    !read_id(line.fields[2], &gid) || gid == user->gid)
			continue;
		if (user->gids_count == LIMIT_GROUPS)
			return error_set(e, E2BIG, "more than %d groups",
			    LIMIT_GROUPS);
		uint32_t *gids = reallocarray(user->gids, user->gids_count + 1,
		    sizeof(*gids));
		if (gids == NULL)
			return error_sys(e, "memory");
		user->gids = gids;
		gids[user->gids_count++] = gid;
	}
	return 0;
}

void
image_user_free(struct image_user *user)
{
	free(user->gids);
	*user = (struct image_user){ 0 };
}

/* Groups are added to a user that is named, and has none named. */
static int
read_user(const char *name, bool has_group, const char *passwd,
    const char *group, struct image_user *user, struct error *e)
{
	uint32_t uid = 0;

	if (name[0] == '\0')
		return 0;
	if (read_id(name, &uid)) {
		(void)find_user(passwd, NULL, uid, user);
		user->uid = uid;
		return 0;
	}
	if (!find_user(passwd, name, 0, user))
		return error_set(e, ENOENT,
		    "the image's /etc/passwd has no user \"%s\"", name);
	return has_group ? 0 : add_groups(group, name, user, e);
}

int
image_user_find(const char *text, const char *passwd, const char *group,
    struct image_user *out, struct error *e)
{
	AUTO(image_user_free) struct image_user user = { 0 };
	char name[256];
	const char *colon = strchr(text, ':');
	size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);

	if (length >= sizeof(name))
		return error_set(e, EINVAL, "User: too long");
	memcpy(name, text, length);
	name[length] = '\0';
	bool has_group = colon != NULL && colon[1] != '\0';
	TRY(read_user(name, has_group, passwd, group, &user, e));
	if (has_group && !read_id(colon + 1, &user.gid) &&
	    !find_group(group, colon + 1, &user.gid))
		return error_set(e, ENOENT,
		    "the image's /etc/group has no group \"%s\"", colon + 1);
	*out = take(&user);
	return 0;
}
