/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - policies and questions for the tests of guard.
 */
#ifndef TESTS_UNIT_GUARD_SUPPORT_H
#define TESTS_UNIT_GUARD_SUPPORT_H

#include "base/auto.h"
#include "guard/address.h"
#include "guard/guard.h"
#include "guard/pattern.h"

/* From JSON with ' for "; it has to be one. */
struct guard_policy *policy_of(const char *json);

/* The line of error for a policy, "" when there is none. */
const char *policy_refusal(const char *json);

/* A pattern alone; the arena is never freed. */
struct guard_pattern pattern_of(const char *text, bool is_flat);
const char *pattern_refusal(const char *text, bool is_flat);

/* "1.2.3.4:80", "[::1]:80", "/path", "@name": what to ask about. */
socklen_t socket_of(const char *text, struct sockaddr_storage *out);

/* Of a unix socket with that path as resolved. */
struct guard_verdict ask_network(const struct guard_policy *policy,
    enum guard_operation operation, const char *text);

/* "files[2] deny EACCES", "network default allow", "files none allow" */
const char *in_short(struct guard_verdict verdict);

#endif
