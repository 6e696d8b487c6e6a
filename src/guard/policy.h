/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy - a policy as it is kept. Private to guard.
 */
#ifndef GUARD_POLICY_H
#define GUARD_POLICY_H

#include <stdint.h>

#include "address.h"
#include "base/json.h"
#include "guard/guard.h"
#include "pattern.h"

struct guard_answer {
	enum guard_action action;
	int error;          /* 0: the usual one */
	uint32_t timeout_s; /* GUARD_ASK */
	enum guard_action unanswered;
};

struct guard_patterns {
	struct guard_pattern *items;
	size_t count;
};

struct guard_ports {
	struct guard_port_range {
		uint16_t first, last;
	} * items;
	size_t count;
};

struct guard_hashes {
	char (*items)[65];
	size_t count;
};

struct guard_names {
	struct guard_name {
		const char *name;
		int number; /* SYSCALL_NONE: this architecture lacks it */
	} * items;
	size_t count;
};

enum guard_drift {
	DRIFT_EITHER,
	DRIFT_NO,
	DRIFT_YES,
};

/* Of any section: what that does not have is empty, and always fits. */
struct guard_rule {
	struct guard_answer answer;
	unsigned what;   /* guard_access or guard_operation */
	bool names_what; /* they are the rule's own words */
	struct guard_patterns paths;
	struct guard_groups to;
	struct guard_ports ports;
	struct guard_hashes sha256;
	enum guard_drift drift;
	struct guard_names names;
};

struct guard_rules {
	struct guard_rule *items;
	size_t count;
	struct guard_answer fallback;
};

struct guard_policy {
	struct json_arena *arena;
	struct guard_rules sections[GUARD_SECTIONS];
	struct guard_groups sets; /* own ones, and those of lorica in use */
};

static inline bool
guard_permits(enum guard_action action)
{
	return action == GUARD_ALLOW || action == GUARD_LOG;
}

#endif
