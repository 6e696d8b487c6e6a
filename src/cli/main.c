/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli.h"
#include "config.h"
#include "container/container.h"

static void
print_help(void)
{
	puts("usage: lorica [--root DIR] [--log FILE] [--log-format text|json]"
	     " [--debug] COMMAND ...\n");
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++)
		printf("  %-10s %s\n", at->name, at->help);
}

/*
 * By user and XDG_RUNTIME_DIR alone: some engines clear all else from the
 * environment.
 */
static int
default_root(char *buf, size_t size, struct error *e)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0) {
		(void)snprintf(buf, size, "/run/lorica");
		return 0;
	}
	if (runtime == NULL || runtime[0] != '/')
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
dispatch(struct cli *cli, int argc, char **argv, char **all, int *status,
    struct error *e)
{
	char root[4096];

	if (cli->version) {
		puts("lorica version " PACKAGE_VERSION "\nspec: 1.3.0");
		return 0;
	}
	if (cli->help || argc == 0 || strcmp(argv[0], "help") == 0) {
		print_help();
		return 0;
	}
	const struct cli_command *command = find_command(argv[0]);
	if (command == NULL)
		return error_set(e, EINVAL, "unknown command \"%s\"", argv[0]);
	if (argc == 2 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		printf("usage: lorica %s %s\n", command->name,
		    command->synopsis);
		return 0;
	}
	if (command->makes_process)
		TRY(container_protect_self(all, e));
	if (cli->root == NULL && !command->stateless) {
		TRY(default_root(root, sizeof(root), e));
		cli->root = root;
	}
	return command->run(cli, argc, argv, status, e);
}

int
main(int argc, char **argv)
{
	struct cli cli = { 0 };
	struct error e = { 0 };
	int status = 0;
	const struct cli_option options[] = {
		{ "root", .value = &cli.root },
		{ "log", .value = &cli.log },
		{ "log-format", .value = &cli.log_format },
		{ "log-level", .value = &cli.log_level },
		{ "cgroup-manager", .value = &cli.cgroup_manager },
		{ "rootless", .value = &cli.rootless },
		{ "debug", .flag = &cli.debug },
		{ "systemd-cgroup", .flag = &cli.systemd_cgroup },
		{ "version", 'v', .flag = &cli.version },
		{ "help", 'h', .flag = &cli.help },
		{ NULL },
	};

	open_stdio();
	int at = cli_options(options, argc, argv, &e);
	if (at < 0 ||
	    dispatch(&cli, argc - at, argv + at, argv, &status, &e) < 0 ||
	    (fflush(stdout) != 0 && error_sys(&e, "write to stdout") < 0)) {
		cli_report(&cli, &e);
		return 1;
	}
	return status;
}
