/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idmap - write the id maps of a new user namespace: user_namespaces(7).
 *
 * Private to ns.
 */
#ifndef NS_IDMAP_H
#define NS_IDMAP_H

#include "ns/ns.h"

/* Decide how the maps will be written, and whether one id is all there is. */
int idmap_prepare(struct ns_plan *plan, struct error *e);

/* In the runtime: write the maps of a process in a new user namespace. */
int idmap_write(const struct ns_plan *plan, pid_t pid, struct error *e);

#endif
