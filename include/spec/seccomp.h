/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp - the members of linux.seccomp, as plain data: seccomp(2) by way of
 * the profile's own words.
 *
 * Layer 1. Part of spec/spec.h.
 */
#ifndef SPEC_SECCOMP_H
#define SPEC_SECCOMP_H

#include "spec/types.h"

struct spec_seccomp_arg {
	uint32_t index;
	uint64_t value;
	uint64_t value_two;
	uint32_t op; /* enum spec_seccomp_op */
};

enum spec_seccomp_op {
	SPEC_OP_NE = 1,
	SPEC_OP_LT,
	SPEC_OP_LE,
	SPEC_OP_EQ,
	SPEC_OP_GE,
	SPEC_OP_GT,
	SPEC_OP_MASKED_EQ,
};

/*
 * Docker's format: where a rule counts. It is resolved while parsing, so that
 * nobody who reads the rules meets one that does not.
 */
struct spec_seccomp_when {
	struct spec_strings arches; /* "amd64", "arm64" */
	struct spec_strings caps;
	char *min_kernel; /* "4.8" */
};

/* The ABIs that come with an architecture. */
struct spec_seccomp_arch_map {
	char *architecture;
	struct spec_strings others;
};

struct spec_seccomp_rule {
	struct spec_strings names;
	uint32_t action; /* SECCOMP_RET_* without data */
	struct spec_u32 errno_ret;
	struct spec_seccomp_arg *args;
	size_t args_count;
	char *comment;
	struct spec_seccomp_when includes; /* all of it holds */
	struct spec_seccomp_when excludes; /* nothing of it holds */
};

struct spec_seccomp {
	uint32_t default_action; /* SECCOMP_RET_* without data */
	struct spec_u32 default_errno_ret;
	uint32_t *architectures; /* AUDIT_ARCH_* (x32: see SPEC_ARCH_X32) */
	size_t architectures_count;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
	bool has_flags; /* the member is there, even when empty */
	char *listener_path;
	char *listener_metadata;
	struct spec_seccomp_rule *syscalls;
	size_t syscalls_count;
	struct spec_seccomp_arch_map *arch_map;
	size_t arch_map_count;
};

/*
 * x32 has no AUDIT_ARCH_* of its own: its calls come as x86-64's, with bit 30
 * in the number. This is x86-64's without the 64-bit mark, as in libseccomp.
 */
#define SPEC_ARCH_X32 0x4000003eu

#endif
