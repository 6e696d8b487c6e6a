/* SPDX-License-Identifier: Apache-2.0 */
/* caps - the capability sets. Private to cred. */
#ifndef CRED_CAPS_H
#define CRED_CAPS_H

#include "cred/cred.h"

int cred_bounding_apply(const struct spec_process *process, struct error *e);

/* Make the permitted set effective again: leaving uid 0 has cleared that. */
int cred_effective_raise(struct error *e);

int
cred_capabilities_verify(const struct spec_process *process, struct error *e);

#endif
