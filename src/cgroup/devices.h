/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices - rules for devices, and the program that they become.
 *
 * Private to cgroup. A rule says nothing about accesses that it does not list;
 * of those that do, the last one decides; without one the access is refused.
 */
#ifndef CGROUP_DEVICES_H
#define CGROUP_DEVICES_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/resources.h"

#define DEVICE_ANY (-1)

struct device_rule {
	bool allow;
	uint32_t access;      /* BPF_DEVCG_ACC_* */
	uint32_t type;        /* BPF_DEVCG_DEV_*, 0: both */
	int64_t major, minor; /* or DEVICE_ANY */
};

/* The rules of a configuration. What has no access has all. */
struct device_rule device_rule_of(const struct spec_device_rule *rule);

/* What every container may use, whatever the configuration says. */
extern const struct device_rule device_defaults[];
extern const size_t device_defaults_count;

/* The most instructions that count rules can become. */
size_t program_room(size_t count);

/*
 * Make the program of the rules, in room for program_room() instructions.
 * Returns how many it has.
 */
size_t program_make(const struct device_rule *rules, size_t count,
    struct bpf_insn *out) __attribute__((nonnull(3)));

#endif
