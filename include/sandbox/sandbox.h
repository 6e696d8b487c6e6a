/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox - the developer's sandbox: from options and profiles to an ordinary
 * OCI configuration.
 *
 * Layer 5. Uses base, os and spec. What is hidden, kept and cleaned by default
 * is data: etc/sandbox/defaults, which is built in. The configuration takes the
 * machine's own "/" as root and needs no bundle; container_run() makes of it
 * what it makes of every other.
 *
 * Caller: cli.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "spec/spec.h"

/* What options and profiles may say. Strings are the caller's, NULL: not said.
 * Paths: absolute, "~/...", or relative to the current directory. */
struct sandbox_options {
	struct spec_strings rw;
	struct spec_strings ro;
	struct spec_strings hide;
	struct spec_strings tmpfs;
	struct spec_strings bind; /* SRC:DST */
	struct spec_strings env;  /* NAME=VALUE, or NAME: the caller's */
	const char *cwd;
	const char *user;   /* UID[:GID] in the sandbox */
	const char *net;    /* none, host, or a list: guard/allow.h */
	const char *memory; /* bytes, with a unit perhaps */
	const char *cpus;   /* "1.5" */
	const char *pids;
	const char *time; /* seconds */
	const char *intercept;
	const char *policy;
	bool root; /* a show of it */
	bool ask;  /* somebody is, before a destination is refused */
	bool gui;  /* the compositor's socket */
};

/* What was made in a project, and goes afterwards. */
struct sandbox_keeps {
	struct keep *items;
	size_t count;
};
void sandbox_keeps_end(struct sandbox_keeps *keeps) __attribute__((nonnull));

struct sandbox_layer;

struct sandbox_request {
	struct sandbox_options options;
	struct spec_strings args;
	char *const *env;  /* the caller's: environ(7) */
	const char *state; /* the state directory, which nobody in there sees */
	bool terminal;
	bool no_user_namespace; /* the kernel refuses one, and root needs none
				 */
	bool has_cgroup;        /* its limits are for a control group to keep */
	const char *files[2];   /* that say what is allowed; NULL: none */
	struct sandbox_keeps *keeps; /* NULL: make nothing */
	/* Gets all that is written, and its directories for that, if it is
	 * more than a name; NULL: the machine gets it. */
	const struct sandbox_layer *layer;
	/* The bundle of an image, whose root takes the machine's place, and
	 * what its config.json says; NULL: the machine. */
	const char *bundle;
	const struct spec *image;
	spec_note *note; /* told what is not as it was asked for, a line each */
	void *note_context;
};

/*
 * The configuration as JSON; *out is the caller's to free. Errors name the
 * option. Looks at the file tree, and changes nothing.
 */
int sandbox_config(const struct sandbox_request *request, char **out,
    size_t *length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * linux.resources of the options as JSON, or "" where they limit nothing that a
 * control group is for. *out is the caller's to free.
 */
int sandbox_resources(const struct sandbox_options *options, char **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * With limits and without a control group: what of --cpus can be kept, for this
 * process and its children.
 */
int sandbox_keep_processors(const struct sandbox_options *options,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * The destinations that it may reach, as struct container_create has them, in
 * room perhaps; NULL: all or none.
 */
#define SANDBOX_NET_BYTES 8200
const char *sandbox_net_list(const struct sandbox_options *options,
    char room[SANDBOX_NET_BYTES]) __attribute__((nonnull));

/*
 * What nobody should be given because a command asked for it, as members of an
 * object: "kept", what is hidden and what programs outside run or obey, and
 * "narrow", on which too much hangs; and "home", if there is one. All absolute.
 */
int sandbox_put_kept(FILE *out, const struct sandbox_request *request,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Are user namespaces switched off, and has the caller powers to do without? */
bool sandbox_can_do_without(void);

/*
 * What of this machine forbids a sandbox, and what to do, as one line; false
 * when nothing is found.
 */
bool sandbox_find_obstacle(char *buf, size_t size) __attribute__((nonnull));

#endif
