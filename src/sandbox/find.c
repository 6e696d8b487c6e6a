/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find - where profiles are: built in, the machine's, the user's, a project's;
 * and to which of the last the user has agreed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/sha256.h"
#include "box.h"
#include "sandbox/profile.h"
#include "sandbox_data.h"

#define PROJECT "/.lorica"

static const char *const names[] = { SANDBOX_PROFILE_NAMES NULL };
static const char *const texts[] = { SANDBOX_PROFILE_TEXTS NULL };

const char *
sandbox_profile_name(size_t index)
{
	return index < ARRAY_SIZE(names) ? names[index] : NULL;
}

struct finder {
	const struct sandbox_profiles *from;
	struct json_arena *arena;
	struct sandbox_options *out;
	char config[PATH_MAX]; /* the user's directory, or "" */
};

/* ---- files ---------------------------------------------------------------
 */

int
profile_read(const char *path, char **out, size_t *length, struct error *e)
{
	struct stat st;
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return -ENOENT;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, EINVAL, "%s: not a regular file", path);
	AUTO_FREE char *text = malloc(SANDBOX_PROFILE_BYTES + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	ssize_t got = 0;
	size_t used = 0;
	while (
	    used <= SANDBOX_PROFILE_BYTES &&
	    (got = read(fd, text + used, SANDBOX_PROFILE_BYTES + 1 - used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return error_sys(e, "%s", path);
	*out = take(&text);
	*length = used;
	return 0;
}

int
profile_load(const char *path, char **out, size_t *length, struct error *e)
{
	int failed = profile_read(path, out, length, e);

	if (failed == -ENOENT && e->code == 0)
		return 0;
	if (failed == 0)
		failed = profile_convert(path, out, length, e);
	return failed < 0 ? failed : 1;
}

int
profile_find(const char *name, const char *end, char out[PATH_MAX],
    struct error *e)
{
	const char *const ends[] = { end, ".yaml", ".yml" };
	char path[PATH_MAX];
	int found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (snprintf(path, sizeof(path), "%s%s", name, ends[i]) >=
		    (int)sizeof(path))
			continue;
		if (access(path, F_OK) < 0) {
			if (errno == ENOENT || errno == ENOTDIR)
				continue;
			return error_sys(e, "profile %s", path);
		}
		if (found++ > 0)
			return error_set(e, EINVAL,
			    "profile %s: %s is there as well: which one?", out,
			    path);
		memcpy(out, path, sizeof(path));
	}
	return found;
}

void
profile_find_config(char *const *env, char out[PATH_MAX])
{
	const char *config = path_variable(env, "XDG_CONFIG_HOME");
	const char *home = path_variable(env, "HOME");

	out[0] = '\0';
	if (config != NULL && config[0] == '/')
		(void)snprintf(out, PATH_MAX, "%s/lorica/sandbox", config);
	else if (home != NULL && home[0] == '/')
		(void)snprintf(out, PATH_MAX, "%s/.config/lorica/sandbox",
		    home);
}

/* ---- profiles of the user's choice ---------------------------------------
 */

static int
use_text(struct finder *finder, const char *text, size_t length,
    struct error *e)
{
	struct sandbox_profile profile;

	TRY(sandbox_profile_parse(finder->arena, text, length, &profile, e));
	return sandbox_options_merge(finder->arena, &profile.options,
	    finder->out, e);
}

/* As profile_load(), and count it. */
static int
use_file(struct finder *finder, const char *path, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	int found = profile_load(path, &text, &length, e);

	if (found > 0 && use_text(finder, text, length, e) < 0)
		return error_wrap(e, "profile %s", path);
	return found;
}

static int
use_below(struct finder *finder, const char *top, const char *name,
    struct error *e)
{
	char stem[PATH_MAX];
	char path[PATH_MAX];

	if (top[0] == '\0' || snprintf(stem, sizeof(stem), "%s/%s", top,
				  name) >= (int)sizeof(stem))
		return 0;
	int found = profile_find(stem, ".json", path, e);
	return found <= 0 ? found : use_file(finder, path, e);
}

const char *
sandbox_profile_text(const char *name)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return texts[i];
	}
	return NULL;
}

static int
use_built_in(struct finder *finder, const char *name, struct error *e)
{
	const char *text = sandbox_profile_text(name);

	if (text == NULL)
		return error_set(e, ENOENT,
		    "profile %s: there is none of that name", name);
	if (use_text(finder, text, strlen(text), e) < 0)
		return error_wrap(e, "profile %s", name);
	return 1;
}

static int
use_named(struct finder *finder, const char *name, struct error *e)
{
	int used;

	if (strchr(name, '/') != NULL) {
		used = use_file(finder, name, e);
		return used == 0 ? error_errno(e, ENOENT, "profile %s", name)
				 : used;
	}
	used = use_below(finder, finder->config, name, e);
	if (used == 0)
		used = use_below(finder, LORICA_SANDBOX_PROFILES, name, e);
	return used == 0 ? use_built_in(finder, name, e) : used;
}

/* ---- a project's ---------------------------------------------------------
 */

/* "HASH PATH": what the user has agreed to, and where; the policy that it names
 * is part of it, and one that is not there is another one. */
static int
format_agreement(const char *path, const char *text, size_t length,
    const char *policy, char *out, size_t size)
{
	AUTO_FREE char *rules = NULL;
	size_t rules_length;
	struct error unread = { 0 };
	unsigned char digest[SHA256_BYTES];
	struct sha256 hash;
	size_t used = 0;

	sha256_begin(&hash);
	sha256_add(&hash, text, length);
	if (policy != NULL &&
	    profile_read(policy, &rules, &rules_length, &unread) == 0) {
		sha256_add(&hash, "", 1);
		sha256_add(&hash, rules, rules_length);
	}
	sha256_end(&hash, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		used += (size_t)snprintf(out + used, size - used, "%02x",
		    digest[i]);
	return snprintf(out + used, size - used, " %s\n", path);
}

static bool
is_agreed(const struct finder *finder, const char *agreement)
{
	char path[PATH_MAX + 16];
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	bool found = false;

	(void)snprintf(path, sizeof(path), "%s/trusted", finder->config);
	FILE *file = fopen(path, "re");
	while (file != NULL && !found && getline(&line, &size, file) > 0)
		found = strcmp(line, agreement) == 0;
	if (file != NULL)
		fclose(file);
	return found;
}

/* Its parents too: nobody has told us anything before, perhaps. */
int
profile_make_config(const char *path)
{
	char copy[PATH_MAX];

	(void)snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(copy, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

static int
agree(const struct finder *finder, const char *agreement, struct error *e)
{
	char path[PATH_MAX + 16];
	size_t length = strlen(agreement);

	if (finder->config[0] == '\0')
		return error_set(e, ENOENT,
		    "--trust: neither XDG_CONFIG_HOME nor HOME is set");
	(void)snprintf(path, sizeof(path), "%s/trusted", finder->config);
	if (profile_make_config(finder->config) < 0)
		return error_sys(e, "--trust: %s", finder->config);
	AUTO_FD int fd =
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, agreement, length) != (ssize_t)length)
		return error_sys(e, "--trust: %s", path);
	return 0;
}

/* What is said on the command line is not asked for. */
static void
drop(const char *over, const char **out)
{
	if (over != NULL)
		*out = NULL;
}

static int
narrow_project(struct finder *finder, const struct sandbox_options *options,
    struct error *e)
{
	const struct sandbox_profiles *from = finder->from;
	struct sandbox_options asked = *options;
	const char *more;

	if (from->over != NULL) {
		drop(from->over->net, &asked.net);
		drop(from->over->user, &asked.user);
		drop(from->over->intercept, &asked.intercept);
		drop(from->over->policy, &asked.policy);
	}
	TRY(sandbox_options_narrow(finder->arena, &asked, finder->out, &more,
	    e));
	if (more[0] == '\0')
		return 0;
	/* All of it: the user is to agree to it. */
	const char *line = path_format(finder->arena,
	    ".lorica asks for more, which it does not get: %s; --trust agrees "
	    "to it as it is",
	    more);
	if (line == NULL)
		return error_sys(e, "memory");
	from->note(from->note_context, line);
	return 0;
}

/* As profile_find(). */
static int
find_project(const struct sandbox_profiles *from, char path[PATH_MAX],
    struct error *e)
{
	char stem[PATH_MAX];
	AUTO_FREE char *dir =
	    realpath(from->dir != NULL ? from->dir : ".", NULL);

	if (dir == NULL || snprintf(stem, sizeof(stem), "%s" PROJECT, dir) >=
			       (int)sizeof(stem))
		return 0;
	int found = profile_find(stem, "", path, e);
	return found == -EACCES
		   ? error_wrap(e, "the directory to work in cannot be entered")
		   : found;
}

/* What it asks for, as JSON: that is what is agreed to, whatever it is made
 * of. */
static int
use_project(struct finder *finder, struct error *e)
{
	const struct sandbox_profiles *from = finder->from;
	struct sandbox_profile profile;
	char path[PATH_MAX];
	char agreement[sizeof(path) + 80];
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int found = find_project(from, path, e);

	if (found > 0)
		found = profile_load(path, &text, &length, e);
	if (found <= 0)
		return found;
	if (sandbox_profile_parse(finder->arena, text, length, &profile, e) < 0)
		return error_wrap(e, "profile %s", path);
	(void)format_agreement(path, text, length, profile.options.policy,
	    agreement, sizeof(agreement));
	if (from->trust)
		TRY(agree(finder, agreement, e));
	if (!from->trust && !is_agreed(finder, agreement))
		return narrow_project(finder, &profile.options, e);
	return sandbox_options_merge(finder->arena, &profile.options,
	    finder->out, e);
}

int
sandbox_profiles_load(const struct sandbox_profiles *from,
    struct json_arena *arena, struct sandbox_options *out, struct error *e)
{
	struct finder finder = { .from = from, .arena = arena, .out = out };

	profile_find_config(from->env, finder.config);
	TRY(use_below(&finder, LORICA_SANDBOX_PROFILES, "default", e));
	TRY(use_below(&finder, finder.config, "default", e));
	if (from->name != NULL)
		TRY(use_named(&finder, from->name, e));
	return use_project(&finder, e);
}

int
sandbox_profile_load(const char *name, char *const *env,
    struct json_arena *arena, struct sandbox_options *out, struct error *e)
{
	const struct sandbox_profiles from = { .env = env };
	struct finder finder = { .from = &from, .arena = arena, .out = out };
	int used;

	profile_find_config(env, finder.config);
	used = use_named(&finder, name, e);
	return used < 0 ? used : 0;
}
