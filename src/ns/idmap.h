/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idmap - write the id maps of a new user namespace: user_namespaces(7).
 *
 * Private to ns.
 */
#ifndef NS_IDMAP_H
#define NS_IDMAP_H

#include "base/limits.h"
#include "ns/ns.h"

/* LIMIT_IDMAPS lines of three columns of ten, as the kernel prints them. */
#define IDMAP_BYTES (LIMIT_IDMAPS * 33 + 1)

/* May this process write any map? */
bool idmap_is_privileged(void);

/* Decide what the maps will be. */
int idmap_prepare(struct ns_plan *plan, struct error *e);

/* In the runtime: write the maps of a process in a new user namespace. */
int idmap_write(const struct ns_plan *plan, pid_t pid, struct error *e);

/*
 * The lowest id inside that the text of a uid_map or gid_map names; 0 when it
 * names none. Allocates nothing.
 */
uint32_t idmap_lowest(const char *text) __attribute__((nonnull));

/*
 * userns.c: are the maps of the configuration, if it has any, those of the user
 * namespace that is joined? Engines give both, and make files and mounts for
 * the ids that they gave. is_own: it is the runtime's own.
 */
int userns_check(const struct ns_plan *plan, bool is_own, struct error *e);

/* Has the text of a uid_map or gid_map these lines and no other? */
bool userns_is_map(const char *text, const struct spec_idmaps *maps)
    __attribute__((nonnull));

/*
 * helper.c: have newuidmap(1) or newgidmap(1) write the map. They check
 * /etc/subuid and /etc/subgid; what they say of a refusal is in the error.
 */
int idmap_helper_run(const char *name, pid_t pid,
    const struct spec_idmaps *maps, struct error *e);

#endif
