/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "cli.h"
#include "container/container.h"

#define PRESERVE_MAX 1024

static int
one_id(int at, int argc, char **argv, const char **id, struct error *e)
{
	if (at < 0)
		return at;
	if (argc - at != 1)
		return error_set(e, EINVAL, "%s: expected one container ID",
		    argv[0]);
	*id = argv[at];
	return 0;
}

/* Socket activation hands its descriptors on as --preserve-fds does. */
static int
preserved(const char *text, unsigned *out, struct error *e)
{
	const char *activated = getenv("LISTEN_FDS");
	uint64_t flag = 0;
	uint64_t listen = 0;

	if (text != NULL && !text_parse_u64(text, PRESERVE_MAX, &flag))
		return error_set(e, EINVAL,
		    "--preserve-fds: \"%s\" is no number up to %d", text,
		    PRESERVE_MAX);
	if (activated != NULL &&
	    !text_parse_u64(activated, PRESERVE_MAX, &listen))
		return error_set(e, EINVAL, "LISTEN_FDS: \"%s\" is no number",
		    activated);
	*out = (unsigned)(flag + listen);
	return 0;
}

static int
make_request(const struct cli *cli, int argc, char **argv, bool run,
    struct container_create *out, struct error *e)
{
	const char *preserve = NULL;
	bool ignored = false;
	struct container_create request = { .bundle = "." };
	const struct cli_option create_options[] = {
		{ "bundle", 'b', .value = &request.bundle },
		{ "config", 'f', .value = &request.config },
		{ "console-socket", .value = &request.console_socket },
		{ "pid-file", .value = &request.pid_file },
		{ "pidfd-socket", .value = &request.pidfd_socket },
		{ "preserve-fds", .value = &preserve },
		{ "no-pivot", .flag = &request.no_pivot },
		{ "no-new-keyring", .flag = &request.no_new_keyring },
		{ "no-subreaper", .flag = &ignored },
		/* create has none of the rest. */
		{ run ? "detach" : NULL, 'd', .flag = &request.detach },
		{ "keep", .flag = &request.keep },
		{ NULL },
	};
	int at = cli_options(create_options, argc, argv, e);

	TRY(one_id(at, argc, argv, &request.id, e));
	TRY(preserved(preserve, &request.preserve_fds, e));
	request.systemd_cgroup = cli->systemd_cgroup;
	request.note = cli_note;
	request.note_context = (void *)(uintptr_t)cli;
	*out = request;
	return 0;
}

static int
create(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	struct container_create request;

	(void)status;
	TRY(make_request(cli, argc, argv, false, &request, e));
	return container_create(cli->root, &request, e);
}

static int
run(const struct cli *cli, int argc, char **argv, int *status, struct error *e)
{
	struct container_create request;

	TRY(make_request(cli, argc, argv, true, &request, e));
	return container_run(cli->root, &request, status, e);
}

static const struct cli_option no_options[] = { { NULL } };

static int
start(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	const char *id = NULL;

	(void)status;
	TRY(one_id(cli_options(no_options, argc, argv, e), argc, argv, &id, e));
	return container_start(cli->root, id, e);
}

static int
state(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	const char *id = NULL;

	(void)status;
	TRY(one_id(cli_options(no_options, argc, argv, e), argc, argv, &id, e));
	return container_state_print(cli->root, id, stdout, e);
}

static int
kill_command(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	bool all = false;
	const struct cli_option options[] = {
		{ "all", 'a', .flag = &all },
		{ NULL },
	};
	int at = cli_options(options, argc, argv, e);

	(void)status;
	if (at < 0)
		return at;
	if (argc - at < 1 || argc - at > 2)
		return error_set(e, EINVAL,
		    "kill: expected a container ID and a signal");
	return container_kill(cli->root, argv[at],
	    argc - at == 2 ? argv[at + 1] : "TERM", all, e);
}

static int
delete_command(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	bool force = false;
	const char *id = NULL;
	const struct cli_option options[] = {
		{ "force", 'f', .flag = &force },
		{ NULL },
	};

	(void)status;
	TRY(one_id(cli_options(options, argc, argv, e), argc, argv, &id, e));
	return container_delete(cli->root, id, force, e);
}

static int
list(const struct cli *cli, int argc, char **argv, int *status, struct error *e)
{
	const char *format = "table";
	bool quiet = false;
	const struct cli_option options[] = {
		{ "format", 'f', .value = &format },
		{ "quiet", 'q', .flag = &quiet },
		{ NULL },
	};
	int at = cli_options(options, argc, argv, e);

	(void)status;
	if (at < 0)
		return at;
	bool json = strcmp(format, "json") == 0;
	if (!json && strcmp(format, "table") != 0)
		return error_set(e, EINVAL, "--format: unknown format \"%s\"",
		    format);
	return container_list_print(cli->root, json, quiet, stdout, e);
}

static int
spec_command(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	const char *bundle = ".";
	bool rootless = false;
	const struct cli_option options[] = {
		{ "bundle", 'b', .value = &bundle },
		{ "rootless", .flag = &rootless },
		{ NULL },
	};
	int at = cli_options(options, argc, argv, e);

	(void)cli;
	(void)status;
	if (at < 0)
		return at;
	if (at != argc)
		return error_set(e, EINVAL, "spec: unexpected \"%s\"",
		    argv[at]);
	AUTO_FD int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "bundle %s", bundle);
	AUTO_FD int fd = openat(dir, "config.json",
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return error_set(e, EEXIST,
		    "File config.json exists. Remove it first");
	if (fd < 0)
		return error_sys(e, "config.json");
	FILE *out = fdopen(take_fd(&fd), "w");
	if (out == NULL)
		return error_sys(e, "config.json");
	int failed = spec_print_default(out, rootless, geteuid(), getegid());
	if (fclose(out) != 0 || failed < 0)
		return error_sys(e, "write config.json");
	return 0;
}

const struct cli_command cli_commands[] = {
	{ "create", create,
	    "[--bundle DIR] [--console-socket PATH] "
	    "[--pid-file PATH] ID",
	    "make a container that waits for start", true },
	{ "delete", delete_command, "[--force] ID", "remove a container",
	    false },
	{ "features", cli_features, "", "print what this runtime can do", false,
	    true },
	{ "kill", kill_command, "[--all] ID [SIGNAL]",
	    "send a signal to a container", false },
	{ "list", list, "[--format table|json] [--quiet]", "list containers",
	    false },
	{ "run", run, "[--bundle DIR] [--detach] [--keep] ID",
	    "create, start, wait and delete", true },
	{ "spec", spec_command, "[--bundle DIR] [--rootless]",
	    "write a configuration to begin with", false, true },
	{ "start", start, "ID", "let a created container run", false },
	{ "state", state, "ID", "print the state of a container", false },
	{ NULL },
};
