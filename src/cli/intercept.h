/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept - the table of the interception layer as "lorica syscalls
 * --intercept" prints it.
 *
 * Private to cli.
 */
#ifndef CLI_INTERCEPT_H
#define CLI_INTERCEPT_H

#include <stdio.h>

#include "surface.h"
#include "syscall/syscall.h"

/* What a mode makes of a call, once its limits are seen, too. */
enum intercept_kind {
	INTERCEPT_PASSED,
	INTERCEPT_LIMITED, /* the kernel's, with some arguments alone */
	INTERCEPT_PERFORMED,
	INTERCEPT_TRACED,
	INTERCEPT_OBSERVED,
	INTERCEPT_ANSWERED, /* as done: advice */
	INTERCEPT_REFUSED,
	INTERCEPT_KINDS,
};

enum intercept_kind intercept_kind(const struct syscall_row *row,
    enum syscall_mode mode) __attribute__((nonnull));

/* "performed". */
const char *intercept_kind_name(enum intercept_kind kind);

/* "EPERM"; "" where nothing is refused. */
const char *
intercept_error(const struct syscall_row *row) __attribute__((nonnull));

/* The same, of a way that is refused. */
const char *
intercept_way_error(const struct syscall_way *way) __attribute__((nonnull));

/* What of a policy has guard stop it: "files", "network" and so on, separated
 * by blanks; "" for nothing. */
const char *intercept_sections(const struct syscall_row *row, char *buf,
    size_t size) __attribute__((nonnull));

/* How many calls of an architecture are of each kind. */
void intercept_count(enum syscall_arch arch, enum syscall_mode mode,
    size_t out[INTERCEPT_KINDS]) __attribute__((nonnull));

/*
 * One way of a set of arguments: "int arg0 = AF_UNIX", "int arg0 = AF_INET or
 * AF_INET6, arg1 & 0xf = SOCK_STREAM".
 */
void intercept_way(const struct syscall_way *way, char *buf, size_t size)
    __attribute__((nonnull));

/* Long enough for every way: a test sees to it. */
#define INTERCEPT_WAY_MAX 1024

void intercept_print_text(FILE *out, enum syscall_mode mode)
    __attribute__((nonnull));
void intercept_print_json(FILE *out, enum syscall_mode mode)
    __attribute__((nonnull));

/* All modes and architectures: docs/SYSCALLS.md. */
void intercept_print_markdown(FILE *out) __attribute__((nonnull));

#endif
