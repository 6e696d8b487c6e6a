/* SPDX-License-Identifier: Apache-2.0 */
/*
 * save - a destination more in the user's profile: never in a file of somebody
 * else's, nor in one that a project brought.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "guard/allow.h"
#include "sandbox/profile.h"

/* Of 20 ms each: longer than writing takes. */
#define LOCK_TRIES 10

struct saving {
	const char *name; /* of the profile */
	const char *item;
	char *const *env;
	const char *path; /* the user's file */
	mode_t mode;
};

/* ---- what counts now ----------------------------------------------------- */

/* 1: it is there. A link leads to where others may write, perhaps. */
static int
read_own(struct saving *saving, char **out, size_t *length, struct error *e)
{
	struct stat st;

	if (lstat(saving->path, &st) < 0)
		return errno == ENOENT ? 0 : error_sys(e, "%s", saving->path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, EINVAL, "%s: not a regular file",
		    saving->path);
	saving->mode = st.st_mode & 0777;
	int failed = profile_read(saving->path, out, length, e);
	return failed < 0 ? failed : 1;
}

/* The user's, the machine's, or the one that is built in. */
static int
read_profile(struct saving *saving, char **out, size_t *length, struct error *e)
{
	char stem[PATH_MAX];
	char path[PATH_MAX];
	const char *text = sandbox_profile_text(saving->name);
	int found = read_own(saving, out, length, e);

	if (found != 0)
		return found;
	/* The machine's default counts beside the user's. */
	bool is_default = strcmp(saving->name, "default") == 0;
	if (!is_default &&
	    snprintf(stem, sizeof(stem), LORICA_SANDBOX_PROFILES "/%s",
		saving->name) < (int)sizeof(stem)) {
		found = profile_find(stem, ".json", path, e);
		if (found > 0)
			found = profile_load(path, out, length, e);
		if (found != 0)
			return found;
	}
	*out = strdup(is_default || text == NULL ? "{}" : text);
	if (*out == NULL)
		return error_sys(e, "memory");
	*length = strlen(*out);
	return 0;
}

/* ---- what comes of it ---------------------------------------------------- */

/* In a profile that has none, of those that are laid over others. */
static int
read_list(const struct saving *saving, struct json_arena *arena,
    const char **out, struct error *e)
{
	/* No project: what it has is for itself. */
	const struct sandbox_profiles below = { .dir = "", .env = saving->env };
	struct sandbox_options options = { 0 };

	if (*out != NULL)
		return 0;
	TRY(sandbox_profiles_load(&below, arena, &options, e));
	*out = options.net;
	return 0;
}

/* Returns 0 where it is listed already. */
static int
lengthen(const char *list, const char *item, char out[GUARD_ALLOW_BYTES],
    struct error *e)
{
	char both[GUARD_ALLOW_BYTES], more[GUARD_ALLOW_BYTES];
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;
	bool is_list = list != NULL && strcmp(list, "none") != 0;

	if (list != NULL && strcmp(list, "host") == 0)
		return 0;
	if (is_list && guard_allow_narrow(item, list, both, more) == 0 &&
	    more[0] == '\0')
		return 0;
	if (snprintf(out, GUARD_ALLOW_BYTES, "%s%s%s", is_list ? list : "",
		is_list ? "," : "", item) >= GUARD_ALLOW_BYTES)
		return error_set(e, E2BIG, "net: more than is possible");
	return guard_allow_parse(out, &allow, e) < 0 ? -e->code : 1;
}

static void
put_profile(FILE *out, const struct json *root, const char *net)
{
	const char *separator = "\n";
	bool has_net = false;

	fputc('{', out);
	for (const struct json *at = root->first; at != NULL; at = at->next) {
		bool is_net = strcmp(at->name, "net") == 0;

		fprintf(out, "%s\t", separator);
		json_put_string(out, at->name);
		fputs(": ", out);
		if (is_net)
			json_put_string(out, net);
		else
			json_put(out, at);
		has_net = has_net || is_net;
		separator = ",\n";
	}
	if (!has_net) {
		fprintf(out, "%s\t\"net\": ", separator);
		json_put_string(out, net);
	}
	fputs("\n}\n", out);
}

/* In the place of the one that is there, at once. */
static int
replace(const struct saving *saving, const struct json *root, const char *net,
    struct error *e)
{
	char made[PATH_MAX + 32];

	(void)snprintf(made, sizeof(made), "%s.%d", saving->path,
	    (int)getpid());
	(void)unlink(made);
	AUTO_FD int fd = open(made,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *out = fd < 0 ? NULL : fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 0), "w");
	if (out == NULL)
		return error_sys(e, "%s", made);
	put_profile(out, root, net);
	bool is_written =
	    fflush(out) == 0 && fchmod(fd, saving->mode) == 0 && fsync(fd) == 0;
	int code = errno;
	is_written = fclose(out) == 0 && is_written;
	if (is_written && rename(made, saving->path) == 0)
		return 0;
	if (is_written)
		code = errno;
	(void)unlink(made);
	return error_errno(e, code, "%s", saving->path);
}

static int
save(struct saving *saving, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *text = NULL;
	char list[GUARD_ALLOW_BYTES];
	struct sandbox_profile profile;
	const struct json *root;
	size_t length;

	if (arena == NULL)
		return error_sys(e, "memory");
	int found = read_profile(saving, &text, &length, e);
	if (found < 0)
		return found;
	/* What is no profile is left to whoever wrote it. */
	if (sandbox_profile_parse(arena, text, length, &profile, e) < 0 ||
	    json_parse(arena, text, length, &root, e) < 0)
		return error_wrap(e, "profile %s", saving->name);
	const char *net = profile.options.net;
	TRY(read_list(saving, arena, &net, e));
	int is_more = lengthen(net, saving->item, list, e);
	if (is_more <= 0)
		return is_more;
	int failed = replace(saving, root, list, e);
	return failed < 0 ? failed : 1;
}

/*
 * Others may have the same to save. A sandbox sees the directory and can hold
 * the lock for ever, so that nobody waits for it: the terminal, signals and all
 * else would.
 */
static int
lock(int dir)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	for (int left = LOCK_TRIES;; left--) {
		if (flock(dir, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK || left == 0)
			return -1;
		(void)nanosleep(&pause, NULL);
	}
}

/* What was written by hand, with comments, is left to that hand. */
static int
refuse_yaml(const struct saving *saving, const char *config, struct error *e)
{
	char stem[PATH_MAX];
	char path[PATH_MAX];

	if (snprintf(stem, sizeof(stem), "%s/%s", config, saving->name) >=
	    (int)sizeof(stem))
		return error_errno(e, ENAMETOOLONG, "%s", config);
	int found = profile_find(stem, ".json", path, e);
	if (found > 0 && sandbox_profile_is_yaml(path))
		return error_set(e, EINVAL, "%s: YAML is not written to", path);
	return found < 0 ? found : 0;
}

int
sandbox_profile_save(const char *name, char *const *env, const char *item,
    char where[PATH_MAX], struct error *e)
{
	char config[PATH_MAX];
	struct saving saving = {
		.name = name != NULL ? name : "default",
		.item = item,
		.env = env,
		.path = where,
		.mode = 0600,
	};

	if (strchr(saving.name, '/') != NULL)
		return error_set(e, EINVAL,
		    "%s: a profile by its path is not written to", saving.name);
	profile_find_config(env, config);
	if (config[0] == '\0')
		return error_set(e, ENOENT,
		    "neither XDG_CONFIG_HOME nor HOME is set");
	if (snprintf(where, PATH_MAX, "%s/%s.json", config, saving.name) >=
	    PATH_MAX)
		return error_errno(e, ENAMETOOLONG, "%s", config);
	if (profile_make_config(config) < 0)
		return error_sys(e, "%s", config);
	TRY(refuse_yaml(&saving, config, e));
	AUTO_FD int dir = open(config, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "%s", config);
	if (lock(dir) < 0)
		return error_sys(e, "lock %s", config);
	return save(&saving, e);
}
