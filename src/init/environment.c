/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment - what the program's environment gets beside the configuration's:
 * what only init knows, and what no program should be without.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "environment.h"
#include "steps.h"

/* LISTEN_FDS, LISTEN_PID, HOME, and the end. */
#define ROOM 4

int
init_environment_prepare(struct spec *spec, unsigned listen_fds,
    struct spec_strings *out, struct error *e)
{
	const struct spec_strings *env = &spec->process->env;
	char **items =
	    json_alloc(spec->arena, (env->count + ROOM) * sizeof(*items));
	char *fds = json_alloc(spec->arena, 32);

	if (items == NULL || fds == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < env->count; i++)
		items[i] = env->items[i];
	*out = (struct spec_strings){ items, env->count };
	if (listen_fds == 0)
		return 0;
	struct text_out text = text_out(fds, 32);
	text_put(&text, "LISTEN_FDS=");
	text_put_u64(&text, listen_fds);
	items[out->count++] = fds;
	return 0;
}

/* ---- passwd(5) ------------------------------------------------------------
 */

/* The next field of a line, NUL-ended in place; NULL when there is none. */
static char *
next_field(char **rest)
{
	return *rest == NULL ? NULL : strsep(rest, ":");
}

/* "name:password:uid:gid:comment:home:shell" */
static bool
is_home_of(char *line, uint32_t uid, char *out, size_t size)
{
	char *rest = line;
	uint64_t number;

	(void)next_field(&rest);
	(void)next_field(&rest);
	const char *id = next_field(&rest);
	(void)next_field(&rest);
	(void)next_field(&rest);
	const char *home = next_field(&rest);
	if (home == NULL || home[0] != '/' || strlen(home) >= size ||
	    !text_parse_u64(id, UINT32_MAX, &number) || number != uid)
		return false;
	memcpy(out, home, strlen(home) + 1);
	return true;
}

struct line {
	char text[2048];
	size_t used;
};

/* Add a byte. Returns false at the end of a line. */
static bool
add_byte(struct line *line, char byte)
{
	if (byte == '\n')
		return false;
	/* One that is too long is nobody's. */
	if (line->used < sizeof(line->text))
		line->text[line->used++] = byte;
	return true;
}

/* The line, which the next one follows. */
static char *
end_line(struct line *line)
{
	line->text[line->used < sizeof(line->text) ? line->used : 0] = '\0';
	line->used = 0;
	return line->text;
}

bool
environment_find_home(int fd, uint32_t uid, char *out, size_t size)
{
	struct line line = { .used = 0 };
	char buf[4096];
	size_t total = 0;
	ssize_t got;

	while (total < LIMIT_PASSWD_BYTES &&
	       (got = read(fd, buf, sizeof(buf))) > 0) {
		total += (size_t)got;
		for (ssize_t i = 0; i < got; i++) {
			if (!add_byte(&line, buf[i]) &&
			    is_home_of(end_line(&line), uid, out, size))
				return true;
		}
	}
	return is_home_of(end_line(&line), uid, out, size);
}

/* ---- the steps ------------------------------------------------------------
 */

static bool
has(const struct spec_strings *env, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->items[i], name, length) == 0 &&
		    env->items[i][length] == '=')
			return true;
	}
	return false;
}

static void
add_home(struct init *init)
{
	static const char begin[] = "HOME=";
	char *home = init->home + strlen(begin);
	struct error absent = { 0 };
	AUTO_FD int fd = rootfs_file_open(init->rootfs, "/etc/passwd", &absent);

	memcpy(init->home, begin, sizeof(begin));
	if (fd < 0 || !environment_find_home(fd, init->spec->process->user.uid,
			  home, sizeof(init->home) - strlen(begin)))
		memcpy(home, "/", 2);
	init->env.items[init->env.count++] = init->home;
}

int
init_home(struct init *init, struct error *e)
{
	(void)e;
	if (!has(&init->env, "HOME"))
		add_home(init);
	return 0;
}

int
init_listen_pid(struct init *init, struct error *e)
{
	struct text_out out =
	    text_out(init->listen_pid, sizeof(init->listen_pid));

	(void)e;
	if (init->listen_fds == 0)
		return 0;
	text_put(&out, "LISTEN_PID=");
	text_put_u64(&out, (uint64_t)getpid());
	init->env.items[init->env.count++] = init->listen_pid;
	return 0;
}
