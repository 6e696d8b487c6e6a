/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ps - the processes of a container, as numbers or as ps(1) shows them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"
#include "group.h"

struct pids {
	pid_t *items;
	size_t count;
};

static void
pids_free(struct pids *pids)
{
	free(take(&pids->items));
}

static int
add(void *context, pid_t pid, struct error *e)
{
	struct pids *pids = context;
	pid_t *more = reallocarray(pids->items, pids->count + 1, sizeof(*more));

	if (more == NULL)
		return error_sys(e, "memory");
	pids->items = more;
	pids->items[pids->count++] = pid;
	return 0;
}

static bool
has(const struct pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->count; i++) {
		if (pids->items[i] == pid)
			return true;
	}
	return false;
}

/* Without a cgroup only init is known. */
static int
find(const struct container_record *record, struct pids *out, struct error *e)
{
	AUTO_FD int group = group_open(record, e);

	if (group >= 0)
		return cgroup_processes(group, add, out, e);
	if (e->code != 0)
		return group;
	return store_status(record, NULL) == CONTAINER_STOPPED
		   ? 0
		   : add(out, record->pid, e);
}

static void
print_json(const struct pids *pids, FILE *out)
{
	fputc('[', out);
	for (size_t i = 0; i < pids->count; i++)
		fprintf(out, "%s%d", i > 0 ? "," : "", (int)pids->items[i]);
	fputs("]\n", out);
}

/* ---- the table ------------------------------------------------------------
 */

/* Which word of the heading is PID? -1: none. */
static int
pid_column(const char *heading)
{
	int column = 0;

	for (const char *at = heading + strspn(heading, " "); *at != '\0';
	     column++) {
		size_t length = strcspn(at, " \n");

		if (length == 3 && strncmp(at, "PID", 3) == 0)
			return column;
		at += length;
		at += strspn(at, " \n");
	}
	return -1;
}

static pid_t
pid_in(const char *line, int column)
{
	const char *at = line + strspn(line, " ");

	while (column-- > 0) {
		at += strcspn(at, " \n");
		at += strspn(at, " ");
	}
	return (pid_t)strtol(at, NULL, 10);
}

static int
filter(FILE *in, const struct pids *pids, FILE *out, struct error *e)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	int column = getline(&line, &size, in) > 0 ? pid_column(line) : -1;

	if (column < 0)
		return error_set(e, EINVAL, "ps(1) printed no PID column");
	fputs(line, out);
	while (getline(&line, &size, in) > 0) {
		if (has(pids, pid_in(line, column)))
			fputs(line, out);
	}
	return 0;
}

/* arguments: ps(1)'s, ended by NULL; without any those of runc. */
static int
print_table(const struct pids *pids, char *const *arguments, FILE *out,
    struct error *e)
{
	static char name[] = "ps", all[] = "-ef";
	char *argv[64] = { name, all, NULL };
	posix_spawn_file_actions_t actions;
	int pair[2];
	pid_t child;

	for (size_t i = 0; arguments[i] != NULL && i < ARRAY_SIZE(argv) - 2;
	     i++)
		argv[i + 1] = arguments[i];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pair[1], 1);
	int failed = posix_spawnp(&child, "ps", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	FILE *in = failed == 0 ? fdopen(pair[0], "r") : NULL;
	if (in == NULL) {
		close(pair[0]);
		return error_errno(e, failed != 0 ? failed : errno, "run ps");
	}
	failed = filter(in, pids, out, e);
	fclose(in);
	waitpid(child, NULL, 0);
	return failed;
}

int
container_ps_print(const char *root, const char *id,
    const struct container_ps *how, FILE *out, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	AUTO(pids_free) struct pids pids = { 0 };

	TRY(store_entry_open(root, id, false, &entry, e));
	TRY(find(&entry.record, &pids, e));
	if (how->is_table)
		return print_table(&pids, how->arguments, out, e);
	print_json(&pids, out);
	return 0;
}
