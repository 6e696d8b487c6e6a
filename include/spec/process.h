/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process - the members of process, as plain data.
 *
 * Layer 1. Part of spec/spec.h.
 */
#ifndef SPEC_PROCESS_H
#define SPEC_PROCESS_H

#include "spec/landlock.h"
#include "spec/types.h"

struct spec_user {
	uint32_t uid;
	uint32_t gid;
	struct spec_u32 umask;
	uint32_t *additional_gids;
	size_t additional_gids_count;
};

/* Capability sets as masks, bit CAP_*. An absent set is empty. */
struct spec_capabilities {
	uint64_t bounding;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t permitted;
	uint64_t ambient;
};

struct spec_rlimit {
	int resource; /* RLIMIT_* */
	uint64_t soft;
	uint64_t hard;
};

struct spec_scheduler {
	int policy;     /* SCHED_* */
	uint64_t flags; /* SCHED_FLAG_* */
	int32_t nice;
	int32_t priority;
	uint64_t runtime;  /* ns */
	uint64_t deadline; /* ns */
	uint64_t period;   /* ns */
};

struct spec_io_priority {
	int io_class; /* IOPRIO_CLASS_* */
	int priority; /* 0 to 7 */
};

struct spec_process {
	bool terminal;
	/* Engines write 0 by 0 for "not known". */
	struct spec_u32 console_height, console_width;
	struct spec_user user;
	struct spec_strings args;
	struct spec_strings env;
	char *cwd;
	struct spec_capabilities *capabilities; /* NULL: leave as they are */
	struct spec_rlimit *rlimits;
	size_t rlimits_count;
	bool no_new_privileges;
	char *apparmor_profile;
	struct spec_i64 oom_score_adj;
	struct spec_scheduler *scheduler;
	char *selinux_label;
	struct spec_io_priority *io_priority;
	struct spec_landlock *landlock;  /* NULL: none */
	char *exec_cpu_affinity_initial; /* a list as in cpuset(7) */
	char *exec_cpu_affinity_final;
};

#endif
