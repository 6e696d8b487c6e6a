/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reporter - lorica-report beside a sandbox: it hears of every call, and writes
 * what the command did when that has ended.
 *
 * Private to cli.
 */
#ifndef CLI_REPORTER_H
#define CLI_REPORTER_H

#include <limits.h>

#include "helper/helper.h"
#include "sandbox/sandbox.h"

/* The longest that is said to the helper. */
#define REPORTER_TEXT 512

struct reporter {
	struct helper helper;
	int events; /* our end of the pipe, for the interception layer; -1 */
};

#define REPORTER_NONE                                                          \
	{                                                                      \
		.helper = HELPER_NONE, .events = -1                            \
	}

/* What the command line says. */
struct reporter_choice {
	const char *report; /* a file, or "-"; NULL: none is asked for */
	bool learns;
	const char *output; /* of learn: a file; NULL: the output */
	char profile[PATH_MAX];
};

bool reporter_is_wanted(const struct reporter_choice *choice)
    __attribute__((nonnull));

/* The word "learn", if it is the first one. */
void reporter_take_verb(struct reporter_choice *choice, int *argc, char ***argv)
    __attribute__((nonnull));

/* What is learned is added to what is there, and the command has that: as
 * *profile. */
int reporter_check(struct reporter_choice *choice, const char **profile,
    bool is_printed, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * The mode of the interception layer, unless they say one; by_name may be NULL.
 * What only observes calls knows neither their results nor their paths. And who
 * learns and has no network has a list of destinations, though nothing is in
 * it, as what is refused by that has a name.
 */
int reporter_options(const struct reporter_choice *choice, const char *by_name,
    struct sandbox_options *options, struct error *e)
    __attribute__((nonnull(1, 3, 4), warn_unused_result));

struct reporter_want {
	const struct reporter_choice *choice;
	const char *mode; /* of the interception layer */
	const struct sandbox_request *request;
	bool has_network;   /* the host's */
	const char *config; /* config.json */
	size_t length;
};

/*
 * Nothing that is named is looked up again afterwards. The helper is confined
 * when this returns. Where a profile is to be the standard output, what the
 * command prints there goes to the standard error from here on.
 */
int reporter_start(const struct reporter_want *want, struct reporter *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A line of lorica-net about what was refused, before the end. */
void reporter_hear(const struct reporter *reporter, const char *line)
    __attribute__((nonnull));

/* The command has ended with that status: wait for the report. */
int reporter_end(struct reporter *reporter, int status, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Without a report, if there is none yet. */
void reporter_free(struct reporter *reporter) __attribute__((nonnull));

#endif
