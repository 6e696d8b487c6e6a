/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "foreign.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "os/os.h"
#include "path.h"

/* Those that no header has. */
#define BINFMT_MAGIC   0x42494e4d
#define CONFIGFS_MAGIC 0x62656570
#define FUSECTL_MAGIC  0x65735543
#define RESCTRL_MAGIC  0x07655821

static const uint32_t types[] = { BINFMT_MAGIC, BPF_FS_MAGIC,
	CGROUP_SUPER_MAGIC, CONFIGFS_MAGIC, DEBUGFS_MAGIC, EFIVARFS_MAGIC,
	FUSECTL_MAGIC, PSTOREFS_MAGIC, RESCTRL_MAGIC, SECURITYFS_MAGIC,
	SELINUX_MAGIC, SMACK_MAGIC, TRACEFS_MAGIC, XENFS_SUPER_MAGIC };

/* A control group keeps its name, and a file of one has no other. */
static bool
is_in_group(const struct monitor *monitor, int fd)
{
	const struct path_found found = { .fd = fd, .parent = -1 };
	struct stat own, st;
	char name[PATH_MAX];

	if (monitor->group < 0 || fstat(monitor->group, &own) < 0 ||
	    path_name(monitor, &found, name, sizeof(name)) < 0)
		return false;
	for (char *end = name + strlen(name); end != NULL && end != name;
	     end = strrchr(name, '/')) {
		*end = '\0';
		AUTO_FD int at = os_openat2(atomic_load(&monitor->root), name,
		    O_PATH | O_NOFOLLOW, 0,
		    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);

		if (at < 0 || fstat(at, &st) < 0)
			return false;
		if (st.st_dev == own.st_dev && st.st_ino == own.st_ino)
			return true;
	}
	return false;
}

bool
foreign_is(const struct monitor *monitor, int fd, long type)
{
	if (type == CGROUP2_SUPER_MAGIC)
		return !is_in_group(monitor, fd);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if ((uint32_t)type == types[i])
			return true;
	}
	return false;
}
