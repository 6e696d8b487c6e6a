/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli - the command line: options by tables, one function a command.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A flag, or with value one that takes a text. The table ends with NULL. */
struct cli_option {
	const char *name; /* without its dashes */
	char letter;      /* 0: none */
	bool *flag;
	const char **value;
};

struct cli {
	const char *root;
	const char *log;
	const char *log_format;
	const char *log_level;
	const char *cgroup_manager;
	const char *rootless;
	bool debug;
	bool systemd_cgroup;
	bool version;
	bool help;
};

/*
 * Read options up to the first word that is none, or "--". Accepts --name=V,
 * --name V, -l V and one dash for two. Returns the index of the first word
 * that is left.
 */
int cli_options(const struct cli_option *options, int argc, char **argv,
    struct error *e);

/* commands.c: argv[0] is the command. status is the exit status on success. */
struct cli_command {
	const char *name;
	int (*run)(const struct cli *cli, int argc, char **argv, int *status,
	    struct error *e);
	const char *synopsis;
	const char *help;
	bool makes_process; /* needs a protected binary */
	bool stateless;     /* needs no state directory */
};
extern const struct cli_command cli_commands[];

/* features.c */
int cli_features(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e);

/* log.c: the error line on stderr, and an object or line in the log. */
void cli_report(const struct cli *cli, const struct error *e);
/* A line at debug level, with --debug only, in the log alone. */
void cli_note(void *cli, const char *text);

#endif
