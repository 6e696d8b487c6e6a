/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli - the command line: options by tables, one file a command.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "container/checkpoint.h"
#include "container/container.h"

/* A flag, or with value or list one that takes a text. The table ends with
 * NULL. */
struct cli_option {
	const char *name;         /* without its dashes */
	char letter;              /* 0: none */
	const char *argument;     /* what --help calls the value */
	const char *help;         /* NULL: accepted, not shown */
	const char *const *words; /* all that the value may be; NULL: any */
	bool *flag;
	const char **value; /* with a flag as well: only behind "=" */
	/* One that may be repeated: there is room for every word. */
	struct spec_strings *list;
};

/* What came before the command. */
struct cli {
	const char *root;
	const char *log;
	const char *log_format;
	const char *log_level;
	const char *cgroup_manager;
	const char *rootless; /* accepted for callers of runc: lorica looks */
	bool debug;
	bool systemd_cgroup;
	bool version;
	const char *mode_by_name; /* "guard", where it is called lorica-guard */
	int held;                 /* by container_protect_self() */
};

/* A command as it was called. */
struct cli_call {
	const struct cli *cli;
	const struct cli_command *command;
	int argc;
	char **argv;    /* argv[0] is the command */
	const char *id; /* once known, for the error line */
	bool helped;    /* --help was asked for and answered */
	int status;     /* to exit with on success */
};

struct cli_command {
	const char *name;
	int (*run)(struct cli_call *call, struct error *e);
	const char *synopsis; /* what follows the options */
	const char *help;
	bool makes_process; /* needs a protected binary */
	bool stateless;     /* needs no state directory, or asks for it */
	int failure;        /* to exit with on an error; 0: 1 */
};

/* Ended by a row without a name. */
extern const struct cli_command cli_commands[];

/*
 * options.c: read options up to the first word that is none, or "--". Accepts
 * --name=V, --name V, -l V and one dash for two. --help and -h, in no table,
 * set *help. Returns the index of the first word that is left.
 */
int cli_options(const struct cli_option *options, int argc, char **argv,
    bool *help, struct error *e);

/* A line for each option, for --help. */
void cli_options_print(const struct cli_option *options);

/*
 * commands.c: the options of a command, then from min to max words. Returns
 * the index of the first word; negative with call->helped after --help.
 */
int cli_words(struct cli_call *call, const struct cli_option *options, int min,
    int max, struct error *e);

/* The same for a command that takes a container's ID alone. */
int cli_one_id(struct cli_call *call, const struct cli_option *options,
    struct error *e);

/*
 * number.c: a decimal number with its sign; with has_unit there may be a b, k,
 * m, g or t behind it, in powers of 1024. Returns false, and leaves *out alone,
 * when it is anything else or too large.
 */
bool cli_number(const char *text, bool has_unit, int64_t *out);

/*
 * descriptors.c: how many socket activation hands on, if they are for the
 * process own: sd_listen_fds(3). fds and pid are LISTEN_FDS and LISTEN_PID, or
 * NULL. *out is left alone where none are.
 */
int cli_activated(const char *fds, const char *pid, pid_t own, unsigned *out,
    struct error *e);

/* The same for this process. */
int cli_listen_fds(unsigned *out, struct error *e);

/* The number in --preserve-fds; text may be NULL. */
int cli_preserve_fds(const char *text, unsigned *out, struct error *e);

/*
 * document.c: all of a file, "-" for stdin, that was given with that option.
 * *out is the caller's to free.
 */
int cli_read_document(const char *option, const char *path, char **out,
    size_t *length, struct error *e);

/*
 * A seccomp profile of ours by its name, or a file by its path; resolved for
 * what lorica spec gives a container.
 */
int cli_read_profile(const char *name, struct spec **out, struct error *e);

/* main.c: the state directory, where --root is not given. */
int cli_default_root(char *buf, size_t size, struct error *e);

/*
 * tell.c: a line on the standard error, for a person: "lorica: WHO: TEXT".
 * Texts are others' choice: what a terminal would obey is escaped.
 */
void cli_tell(const char *who, const char *text) __attribute__((nonnull));

/* Where the service manager wants to be told: sd_notify(3). NULL: nowhere. */
const char *cli_notify_socket(void);

/* clang-format off */
/* Rows that exec and debug share, of a struct container_exec or the other. */
#define CLI_PROCESS_OPTIONS(request)                                           \
	{ "detach", 'd', NULL, "return once it is started",                    \
	    .flag = &(request)->detach },                                      \
	{ "pid-file", 0, "PATH", "gets the pid of the process",                \
	    .value = &(request)->pid_file },                                   \
	{ "console-socket", 0, "PATH", "gets the terminal's master",           \
	    .value = &(request)->console_socket },                             \
	{ "tty", 't', NULL, "give it a terminal",                              \
	    .flag = &(request)->tty },                                         \
	{ "cwd", 0, "DIR", "to run it in", .value = &(request)->cwd },         \
	{ "env", 'e', "NAME=VALUE", "set a variable; may be repeated",         \
	    .list = &(request)->env },                                         \
	{ "user", 'u', "UID[:GID]", "to run it as",                            \
	    .value = &(request)->user },                                       \
	{ "cap", 'c', "NAME", "a capability more; may be repeated",            \
	    .list = &(request)->caps }
/* clang-format on */

/* images.c: the options that checkpoint and restore share. */
struct cli_images {
	struct container_images *images;
	const char *empty; /* --empty-ns */
};

/* Fills so many rows, the last of which ends the table. */
#define CLI_IMAGES_OPTIONS 15
void cli_images_options(struct cli_images *shared, struct cli_option *out);
void cli_images_finish(const struct cli_images *shared);

/* cmd_create.c: what the options before the command say. */
void
cli_request_globals(const struct cli *cli, struct container_create *request);

/* Not what engines call for every container: small, rather than fast. */
#define CLI_COLD __attribute__((cold))

/* One file each: cmd_create.c and so on. */
int cli_ask(struct cli_call *call, struct error *e) CLI_COLD;
int cli_checkpoint(struct cli_call *call, struct error *e) CLI_COLD;
int cli_create(struct cli_call *call, struct error *e);
int cli_debug(struct cli_call *call, struct error *e) CLI_COLD;
int cli_delete(struct cli_call *call, struct error *e);
int cli_events(struct cli_call *call, struct error *e) CLI_COLD;
int cli_exec(struct cli_call *call, struct error *e);
int cli_features(struct cli_call *call, struct error *e) CLI_COLD;
int cli_image(struct cli_call *call, struct error *e) CLI_COLD;
int cli_kill(struct cli_call *call, struct error *e);
int cli_list(struct cli_call *call, struct error *e) CLI_COLD;
int cli_pause(struct cli_call *call, struct error *e) CLI_COLD;
int cli_policy(struct cli_call *call, struct error *e) CLI_COLD;
int cli_ps(struct cli_call *call, struct error *e) CLI_COLD;
int cli_record(struct cli_call *call, struct error *e) CLI_COLD;
int cli_restore(struct cli_call *call, struct error *e) CLI_COLD;
int cli_resume(struct cli_call *call, struct error *e) CLI_COLD;
int cli_run(struct cli_call *call, struct error *e);
int cli_sandbox(struct cli_call *call, struct error *e) CLI_COLD;
int cli_spec(struct cli_call *call, struct error *e) CLI_COLD;
int cli_start(struct cli_call *call, struct error *e);
int cli_state(struct cli_call *call, struct error *e);
int cli_syscalls(struct cli_call *call, struct error *e) CLI_COLD;
int cli_trace(struct cli_call *call, struct error *e) CLI_COLD;
int cli_update(struct cli_call *call, struct error *e) CLI_COLD;

/* log.c: the error line on stderr, and an object or line in the log. */
void cli_report(const struct cli *cli, const struct error *e);
/* A line at debug level, in the log alone; only where one is asked for. */
bool cli_takes_notes(const struct cli *cli);
void cli_note(void *cli, const char *text);
/* The same at the level of warnings. */
bool cli_takes_warnings(const struct cli *cli);
void cli_warn(void *cli, const char *text);

#endif
