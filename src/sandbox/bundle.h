/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle - what a profile leaves of a configuration. Private to sandbox.
 */
#ifndef SANDBOX_BUNDLE_H
#define SANDBOX_BUNDLE_H

#include "box.h"
#include "sandbox/profile.h"

#define BUNDLE_INTERCEPT "dev.lorica.intercept"
#define BUNDLE_NET       "dev.lorica.net"

struct bundle {
	const struct json *config;    /* as it is */
	const struct spec *spec;      /* the same */
	struct sandbox box;           /* for paths, and the list of net */
	struct sandbox_options asked; /* by the profile */
	struct sandbox_options left;  /* lists, and the network */
	struct limits lower;          /* than those that are there */
	const char *mode;             /* a stricter one, or NULL */
	bool is_cut_off;              /* from a network that it had */
	bool has_home;                /* says it itself */
	bool uses_home;               /* and a path of the profile */
};

/* bundle_put.c: what is to be laid over the configuration, as JSON. */
int bundle_put(FILE *out, struct bundle *bundle, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
