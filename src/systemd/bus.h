/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bus - a connection to a manager of systemd, and what is asked over it.
 *
 * Private to the helper. Nothing here ends by itself when the other side is
 * silent: main() has a time limit for all of it.
 */
#ifndef SYSTEMD_BUS_H
#define SYSTEMD_BUS_H

#include <systemd/sd-bus.h>

#include "base/error.h"
#include "unit/unit.h"

struct bus {
	sd_bus *bus;
	unsigned version; /* of systemd */
};

/*
 * Connect to the system's manager, or to the user's. ENOENT and ECONNREFUSED
 * say that there is none.
 */
int bus_open(enum unit_manager manager, struct bus *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void bus_close(struct bus *bus) __attribute__((nonnull));

/*
 * Does this systemd mean the same processes by the same numbers as we do? In
 * another pid namespace they would be somebody else's.
 */
int bus_check_processes(struct bus *bus, enum unit_manager manager,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Do what the request says, and wait for its end: unit.h has the verbs. */
int bus_serve(struct bus *bus, const struct unit_request *request,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * properties.c: append those of the request that this systemd knows, as the
 * a(sv) that its methods take.
 */
int bus_append(sd_bus_message *message, const struct unit_request *request,
    unsigned version, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#define BUS_NAME    "org.freedesktop.systemd1"
#define BUS_PATH    "/org/freedesktop/systemd1"
#define BUS_MANAGER "org.freedesktop.systemd1.Manager"

#endif
