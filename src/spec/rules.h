/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules - what no single member can show: a rule is a function of the whole
 * configuration, a table of them is a subject.
 *
 * Private to spec. Each table ends with a NULL.
 */
#ifndef SPEC_RULES_H
#define SPEC_RULES_H

#include "spec/spec.h"

/* Record what is wrong, with its place. Returns -EINVAL. */
#define FAIL(...) error_set(e, EINVAL, __VA_ARGS__)

/* (uid_t)-1 means "no change" to the kernel. */
#define NO_ID UINT32_MAX

typedef int spec_rule(const struct spec *spec, struct error *e);

extern spec_rule *const spec_landlock_rules[];
extern spec_rule *const spec_linux_rules[];
extern spec_rule *const spec_process_rules[];
extern spec_rule *const spec_resource_rules[];
extern spec_rule *const spec_seccomp_rules[];
extern spec_rule *const spec_sysctl_rules[];

/* Is a namespace of that kind listed, new or joined? */
static inline bool
has_namespace(const struct spec *spec, enum spec_namespace_kind kind)
{
	return spec->lnx.namespaces[kind].is_set;
}

/* The lines of one id map: sizes, overlaps, bounds. */
int rules_check_maps(const struct spec_idmaps *maps, const char *place,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A list as in cpuset(7): "0-3,7". Not given or empty is fine. */
int rules_check_list(const char *list, const char *place, struct error *e)
    __attribute__((nonnull(2, 3), warn_unused_result));

#endif
