/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli.h"
#include "commit.h"
#include "config.h"
#include "container/container.h"
#include "filter/filter.h"
#include "os/os.h"
#include "sandbox_root.h"

static void
print_version(void)
{
	char library[32];

	filter_library_version(library, sizeof(library));
	printf("lorica version %s\ncommit: %s\nspec: 1.3.0\nlibseccomp: %s\n",
	    PACKAGE_VERSION, LORICA_COMMIT, library);
}

static void
print_help(const struct cli_option *options)
{
	puts("usage: lorica [options] COMMAND ...\n");
	cli_options_print(options);
	puts("\nlorica COMMAND --help says more. Commands:");
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++)
		printf("  %-10s %s\n", at->name, at->help);
}

/* Not root of a user namespace: engines of ordinary users call it as that. */
static bool
is_hosts_root(void)
{
	AUTO_FD int proc = os_proc_root();

	return geteuid() == 0 && os_is_first_user_namespace(proc);
}

/*
 * By user and XDG_RUNTIME_DIR alone: some engines clear all else from the
 * environment.
 */
int
cli_default_root(char *buf, size_t size, struct error *e)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	bool is_set = runtime != NULL && runtime[0] == '/';

	if (is_hosts_root() || (geteuid() == 0 && !is_set)) {
		(void)snprintf(buf, size, "/run/lorica");
		return 0;
	}
	if (!is_set)
		return error_set(e, EINVAL,
		    "XDG_RUNTIME_DIR is not set: give "
		    "--root a directory");
	if (snprintf(buf, size, "%s/lorica", runtime) >= (int)size)
		return error_errno(e, ENAMETOOLONG, "XDG_RUNTIME_DIR");
	return 0;
}

static const struct cli_command *
find_command(const char *name)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		if (strcmp(at->name, name) == 0)
			return at;
	}
	return NULL;
}

/* A closed 0, 1 or 2 would be taken by a descriptor of ours. */
static void
open_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

static int
run_command(struct cli *cli, struct cli_call *call, char **all, struct error *e)
{
	char root[PATH_MAX];

	if (call->command->makes_process)
		TRY(container_protect_self(all, &cli->held, e));
	if (cli->root == NULL && !call->command->stateless) {
		TRY(sandbox_root_look(root, e));
		cli->root = root;
	}
	int failed = call->command->run(call, e);
	if (call->helped || failed >= 0)
		return 0;
	return error_wrap(e, "%s%s%s", call->command->name,
	    call->id != NULL ? " " : "", call->id != NULL ? call->id : "");
}

static int
read_globals(struct cli *cli, int argc, char **argv, bool *help,
    struct error *e)
{
	static const char *const formats[] = { "text", "json", NULL };
	static const char *const levels[] = { "error", "warning", "debug",
		NULL };
	static const char *const managers[] = { "cgroupfs", "systemd",
		"disabled", NULL };
	static const char *const rootless[] = { "true", "false", "auto", NULL };
	const struct cli_option options[] = {
		{ "root", 0, "DIR", "where containers are kept",
		    .value = &cli->root },
		{ "log", 0, "FILE", "gets the error too", .value = &cli->log },
		{ "log-format", .help = "of the log", .words = formats,
		    .value = &cli->log_format },
		{ "log-level", .help = "of what goes to the log",
		    .words = levels, .value = &cli->log_level },
		{ "debug", 0, NULL, "as --log-level debug",
		    .flag = &cli->debug },
		{ "cgroup-manager", .help = "who makes control groups",
		    .words = managers, .value = &cli->cgroup_manager },
		{ "systemd-cgroup", 0, NULL, "as --cgroup-manager systemd",
		    .flag = &cli->systemd_cgroup },
		{ "rootless", .help = "accepted: lorica looks for itself",
		    .words = rootless, .value = &cli->rootless },
		{ "version", 'v', NULL, "of lorica and what it is made of",
		    .flag = &cli->version },
		{ NULL },
	};
	int at = cli_options(options, argc, argv, help, e);

	*help = *help || at == argc ||
		(at == argc - 1 && strcmp(argv[at], "help") == 0);
	*help = *help && !cli->version;
	if (*help)
		print_help(options);
	return at;
}

/* help COMMAND is COMMAND --help. */
static void
turn_help(char **words, int count)
{
	static char option[] = "--help";

	if (count < 2 || strcmp(words[0], "help") != 0)
		return;
	words[0] = words[1];
	words[1] = option;
}

static int
run(struct cli *cli, int argc, char **argv, int *status, struct error *e)
{
	bool helped = false;
	int at = read_globals(cli, argc, argv, &helped, e);

	if (helped)
		return 0;
	if (at < 0)
		return at;
	if (cli->version) {
		print_version();
		return 0;
	}

	turn_help(argv + at, argc - at);
	struct cli_call call = {
		.cli = cli,
		.command = find_command(argv[at]),
		.argc = argc - at,
		.argv = argv + at,
	};
	if (call.command == NULL)
		return error_set(e, EINVAL, "unknown command \"%s\"", argv[at]);
	if (run_command(cli, &call, argv, e) < 0) {
		*status = call.command->failure;
		return -e->code;
	}
	*status = call.status;
	return 0;
}

/* A containerd runtime handler can be given a name, but no option. */
static const char *
mode_by_name(const char *program)
{
	static const char *const modes[] = { "guard", "observe", "sealed" };
	const char *slash = program != NULL ? strrchr(program, '/') : NULL;
	const char *name = slash != NULL ? slash + 1 : program;

	for (size_t i = 0; name != NULL && i < ARRAY_SIZE(modes); i++) {
		if (strncmp(name, "lorica-", 7) == 0 &&
		    strcmp(name + 7, modes[i]) == 0)
			return modes[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct cli cli = { .held = -1 };
	struct error e = { 0 };
	int status = 0;

	cli.mode_by_name = mode_by_name(argv[0]);
	open_stdio();
	/* Where the caller ignores it there is no status to wait for. */
	(void)signal(SIGCHLD, SIG_DFL);
	if (run(&cli, argc, argv, &status, &e) < 0 ||
	    (fflush(stdout) != 0 && error_sys(&e, "write to stdout") < 0)) {
		cli_report(&cli, &e);
		return status != 0 ? status : 1;
	}
	return status;
}
