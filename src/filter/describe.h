/* SPDX-License-Identifier: Apache-2.0 */
/*
 * describe - calls and answers in words.
 *
 * Private to filter.
 */
#ifndef FILTER_DESCRIBE_H
#define FILTER_DESCRIBE_H

#include <stdio.h>

#include "arguments.h"
#include "filter/filter.h"

/* The SCMP_ARCH_* of a call: x32 has its own. */
uint32_t describe_arch(const struct seccomp_data *call);

/* Its name on that, or a NULL; the caller's to free. */
char *describe_name(const struct seccomp_data *call);

/* "CLONE_NEWNS|0x1" or "AF_UNIX"; false, and nothing written, where no bit or
 * not this number has a word. */
bool describe_words(FILE *out, const struct argument *argument, uint64_t value);

/* "socket(AF_VSOCK, SOCK_STREAM, 0)" */
void describe_call(FILE *out, const struct seccomp_data *call);

/* "errno EPERM" */
void describe_answer(FILE *out, uint32_t answer);

#endif
