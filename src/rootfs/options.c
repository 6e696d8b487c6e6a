/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/auto.h"
#include "plan.h"

struct option {
	const char *name;
	uint64_t set;
	uint64_t clear;
	bool recursive; /* set and clear are for the whole tree */
	unsigned long propagation;
	const char *super; /* a flag of the superblock: fsconfig(2) */
	size_t flag;       /* 1 + offset of a bool in struct options */
};

#define ATIME(mode) MOUNT_ATTR_##mode, MOUNT_ATTR__ATIME
#define ATTR(name, attr)                                                       \
	{                                                                      \
		name, MOUNT_ATTR_##attr, 0                                     \
	}
#define NO_ATTR(name, attr)                                                    \
	{                                                                      \
		name, 0, MOUNT_ATTR_##attr                                     \
	}
#define R_ATTR(name, attr)                                                     \
	{                                                                      \
		"r" name, MOUNT_ATTR_##attr, 0, true                           \
	}
#define R_NO_ATTR(name, attr)                                                  \
	{                                                                      \
		"r" name, 0, MOUNT_ATTR_##attr, true                           \
	}
#define FLAG(name, member)                                                     \
	{                                                                      \
		name, .flag = 1 + offsetof(struct options, member)             \
	}

/* clang-format off */
static const struct option table[] = {
	{ "defaults" },
	ATTR("ro", RDONLY), NO_ATTR("rw", RDONLY),
	R_ATTR("ro", RDONLY), R_NO_ATTR("rw", RDONLY),
	ATTR("nosuid", NOSUID), NO_ATTR("suid", NOSUID),
	R_ATTR("nosuid", NOSUID), R_NO_ATTR("suid", NOSUID),
	ATTR("nodev", NODEV), NO_ATTR("dev", NODEV),
	R_ATTR("nodev", NODEV), R_NO_ATTR("dev", NODEV),
	ATTR("noexec", NOEXEC), NO_ATTR("exec", NOEXEC),
	R_ATTR("noexec", NOEXEC), R_NO_ATTR("exec", NOEXEC),
	ATTR("nodiratime", NODIRATIME), NO_ATTR("diratime", NODIRATIME),
	R_ATTR("nodiratime", NODIRATIME), R_NO_ATTR("diratime", NODIRATIME),
	ATTR("nosymfollow", NOSYMFOLLOW), NO_ATTR("symfollow", NOSYMFOLLOW),
	R_ATTR("nosymfollow", NOSYMFOLLOW),
	R_NO_ATTR("symfollow", NOSYMFOLLOW),
	{ "noatime", ATIME(NOATIME) },
	{ "atime", ATIME(RELATIME) },
	{ "relatime", ATIME(RELATIME) },
	{ "norelatime", ATIME(STRICTATIME) },
	{ "strictatime", ATIME(STRICTATIME) },
	{ "nostrictatime", ATIME(RELATIME) },
	{ "rnoatime", ATIME(NOATIME), true },
	{ "ratime", ATIME(RELATIME), true },
	{ "rrelatime", ATIME(RELATIME), true },
	{ "rnorelatime", ATIME(STRICTATIME), true },
	{ "rstrictatime", ATIME(STRICTATIME), true },
	{ "rnostrictatime", ATIME(RELATIME), true },
	{ "shared", .propagation = MS_SHARED },
	{ "rshared", .propagation = MS_SHARED | MS_REC },
	{ "slave", .propagation = MS_SLAVE },
	{ "rslave", .propagation = MS_SLAVE | MS_REC },
	{ "private", .propagation = MS_PRIVATE },
	{ "rprivate", .propagation = MS_PRIVATE | MS_REC },
	{ "unbindable", .propagation = MS_UNBINDABLE },
	{ "runbindable", .propagation = MS_UNBINDABLE | MS_REC },
	{ "sync", .super = "sync" }, { "async", .super = "async" },
	{ "dirsync", .super = "dirsync" },
	{ "mand", .super = "mand" }, { "nomand", .super = "nomand" },
	{ "lazytime", .super = "lazytime" },
	{ "nolazytime", .super = "nolazytime" },
	{ "iversion", .super = "iversion" },
	{ "noiversion", .super = "noiversion" },
	{ "silent", .super = "silent" }, { "loud", .super = "loud" },
	{ "remount" },
	FLAG("bind", bind), FLAG("rbind", recursive),
	FLAG("tmpcopyup", copy_up),
	FLAG("idmap", idmap), FLAG("ridmap", idmap),
};
/* clang-format on */

const char *const *
rootfs_option_names(void)
{
	static const char *names[ARRAY_SIZE(table) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		names[i] = table[i].name;
	return names;
}

static const struct option *
find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

/* A later option wins over an earlier one. */
static void
apply(const struct option *option, struct options *out)
{
	uint64_t *set = option->recursive ? &out->recursive_set : &out->set;
	uint64_t *clear =
	    option->recursive ? &out->recursive_clear : &out->clear;

	/* An access time is cleared as a whole before one mode is set. */
	*set = (*set & ~option->clear) | option->set;
	*clear = (*clear & ~option->set) | option->clear;
	if (option->propagation != 0)
		out->propagation = option->propagation;
	if (option->flag != 0)
		*((bool *)out + option->flag - 1) = true;
}

int
options_parse(const struct spec_mount *mount, struct options *out,
    struct error *e)
{
	AUTO(options_free) struct options options = { 0 };
	size_t used = 0;

	options.data = calloc(mount->options.count + 1, sizeof(char *));
	if (options.data == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < mount->options.count; i++) {
		char *name = mount->options.items[i];
		const struct option *option = find(name);

		if (option == NULL || option->super != NULL)
			options.data[used++] = name;
		else
			apply(option, &options);
	}
	/* An absent access time is never cleared: that would set relatime. */
	if ((options.clear & MOUNT_ATTR__ATIME) != 0)
		options.clear |= MOUNT_ATTR__ATIME;
	options.bind = options.bind || options.recursive;
	for (size_t i = 0; options.bind && i < used; i++) {
		const struct option *known = find(options.data[i]);

		if (known == NULL)
			return error_set(e, EINVAL,
			    "options: unknown option "
			    "\"%s\" of a bind mount",
			    options.data[i]);
	}
	*out = take(&options);
	return 0;
}

void
options_free(struct options *options)
{
	free(take(&options->data));
}
