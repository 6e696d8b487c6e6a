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
	bool super;     /* of the superblock, by this name in fsconfig(2) */
	unsigned long propagation;
	size_t flag; /* 1 + offset of a bool in struct options */
};

/*
 * Access times are one number in the kernel, but three flags to mount(2), each
 * switched on and off by its own pair of words. They are kept as bits that no
 * attribute has until all words are read.
 */
#define NOATIME_WORD     (UINT64_C(1) << 60)
#define RELATIME_WORD    (UINT64_C(1) << 61)
#define STRICTATIME_WORD (UINT64_C(1) << 62)
#define ATIME_WORDS      (NOATIME_WORD | RELATIME_WORD | STRICTATIME_WORD)

/* on and off, for the mount and with an r before for the tree. */
#define PAIR(on, off, bit)                                                     \
	{ on, .set = (bit) }, { off, .clear = (bit) },                         \
	    { "r" on, .set = (bit), .recursive = true },                       \
	{                                                                      \
		"r" off, .clear = (bit), .recursive = true                     \
	}
#define PROPAGATION(name, kind)                                                \
	{ name, .propagation = (kind) },                                       \
	{                                                                      \
		"r" name, .propagation = (kind) | MS_REC                       \
	}
#define SUPER(name)                                                            \
	{                                                                      \
		name, .super = true                                            \
	}
#define FLAG(name, member)                                                     \
	{                                                                      \
		name, .flag = 1 + offsetof(struct options, member)             \
	}

/* clang-format off */
static const struct option table[] = {
	{ "defaults" },
	PAIR("ro", "rw", MOUNT_ATTR_RDONLY),
	PAIR("nosuid", "suid", MOUNT_ATTR_NOSUID),
	PAIR("nodev", "dev", MOUNT_ATTR_NODEV),
	PAIR("noexec", "exec", MOUNT_ATTR_NOEXEC),
	PAIR("nodiratime", "diratime", MOUNT_ATTR_NODIRATIME),
	PAIR("nosymfollow", "symfollow", MOUNT_ATTR_NOSYMFOLLOW),
	PAIR("noatime", "atime", NOATIME_WORD),
	PAIR("relatime", "norelatime", RELATIME_WORD),
	PAIR("strictatime", "nostrictatime", STRICTATIME_WORD),
	PROPAGATION("shared", MS_SHARED),
	PROPAGATION("slave", MS_SLAVE),
	PROPAGATION("private", MS_PRIVATE),
	PROPAGATION("unbindable", MS_UNBINDABLE),
	SUPER("sync"), SUPER("async"), SUPER("dirsync"),
	SUPER("mand"), SUPER("nomand"),
	SUPER("lazytime"), SUPER("nolazytime"),
	/* Hints of mount(2) that fsconfig(2) has no name for. */
	{ "iversion" }, { "noiversion" }, { "silent" }, { "loud" },
	FLAG("remount", remount),
	FLAG("bind", bind), FLAG("rbind", recursive),
	FLAG("tmpcopyup", copy_up),
	FLAG("idmap", idmap), FLAG("ridmap", recursive_idmap),
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

	*set = (*set & ~option->clear) | option->set;
	*clear = (*clear & ~option->set) | option->clear;
	if (option->propagation != 0)
		out->propagation = option->propagation;
	if (option->flag != 0)
		*((bool *)out + option->flag - 1) = true;
}

/*
 * The words of access times to the kernel's number, with mount(2)'s order of
 * who wins. Without noatime or strictatime the kernel's default is relatime;
 * where no word asks for anything, what is there stays.
 */
static void
resolve_atime(uint64_t *set, uint64_t *clear)
{
	uint64_t asked = *set;
	uint64_t refused = *clear;

	*set &= ~ATIME_WORDS;
	*clear &= ~ATIME_WORDS;
	if ((asked & ATIME_WORDS) == 0 &&
	    (refused & (NOATIME_WORD | STRICTATIME_WORD)) == 0)
		return;
	*clear |= MOUNT_ATTR__ATIME;
	if ((asked & STRICTATIME_WORD) != 0)
		*set |= MOUNT_ATTR_STRICTATIME;
	else if ((asked & NOATIME_WORD) != 0)
		*set |= MOUNT_ATTR_NOATIME;
}

/* "bind,remount" of mount(8): what is not asked for is switched off. */
static void
forget_source(struct options *options)
{
	const uint64_t all = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			     MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
			     MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW;

	options->forgotten = all & ~options->set & ~options->clear;
}

size_t
options_piece(const char *word)
{
	bool quoted = false;
	size_t length = 0;

	for (; word[length] != '\0'; length++) {
		if (word[length] == '\\' && word[length + 1] != '\0')
			length++;
		else if (word[length] == '"')
			quoted = !quoted;
		else if (word[length] == ',' && !quoted)
			break;
	}
	return length;
}

int
options_parse(const struct spec_mount *mount, struct options *out,
    struct error *e)
{
	AUTO(options_free) struct options options = { 0 };
	size_t used = 0;
	const char *own = NULL;

	options.data = calloc(mount->options.count + 1, sizeof(char *));
	if (options.data == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < mount->options.count; i++) {
		char *name = mount->options.items[i];
		const struct option *option = find(name);

		if (option != NULL && !option->super) {
			apply(option, &options);
			continue;
		}
		options.data[used++] = name;
		if (option == NULL && own == NULL)
			own = name;
	}
	options.bind =
	    options.bind || options.recursive ||
	    (mount->type != NULL && strcmp(mount->type, "bind") == 0);
	options.idmap = options.idmap || options.recursive_idmap;
	if (options.bind && own != NULL)
		return error_set(e, EINVAL,
		    "options: unknown option \"%s\" of a bind mount", own);
	resolve_atime(&options.set, &options.clear);
	resolve_atime(&options.recursive_set, &options.recursive_clear);
	if (options.remount)
		forget_source(&options);
	*out = take(&options);
	return 0;
}

void
options_free(struct options *options)
{
	free(take(&options->data));
}
