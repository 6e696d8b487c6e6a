/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock - process.landlock, in the shape of the draft for the specification
 * (runtime-spec pull requests 1111 and 1241), which has neither network nor
 * scopes yet: landlock(7).
 */
#ifndef SPEC_LANDLOCK_H
#define SPEC_LANDLOCK_H

#include <linux/landlock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/types.h"

/* What it would hold, as text, until the specification has it. */
#define SPEC_LANDLOCK_ANNOTATION "dev.lorica.landlock"

/* Newer than the oldest headers that this builds with. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP    (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL               (1ULL << 1)
#endif

/* Rights to what is at or below each of the paths. */
struct spec_landlock_paths {
	uint64_t access; /* LANDLOCK_ACCESS_FS_* */
	struct spec_strings paths;
};

/* Rights to TCP ports. */
struct spec_landlock_ports {
	uint64_t access; /* LANDLOCK_ACCESS_NET_* */
	uint32_t *ports;
	size_t ports_count;
};

struct spec_landlock {
	/* What is refused but for the rules. 0: all that the kernel knows, if
	 * there is a rule of that kind. */
	uint64_t handled_fs;
	uint64_t handled_net;
	uint64_t scoped; /* LANDLOCK_SCOPE_* */
	struct spec_landlock_paths *paths;
	size_t paths_count;
	struct spec_landlock_ports *ports;
	size_t ports_count;
	bool disable_best_effort; /* what the kernel lacks is an error */
	bool no_links; /* a link in a path is one: spec_has_no_links() */
};

#endif
