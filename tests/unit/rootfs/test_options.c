/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mount.h>

#include "base/auto.h"
#include "rootfs/plan.h"

#define RO     MOUNT_ATTR_RDONLY
#define NOSUID MOUNT_ATTR_NOSUID
#define NODEV  MOUNT_ATTR_NODEV
#define NOEXEC MOUNT_ATTR_NOEXEC
#define NODIR  MOUNT_ATTR_NODIRATIME
#define NOSYM  MOUNT_ATTR_NOSYMFOLLOW
#define ATIME  MOUNT_ATTR__ATIME
#define NOA    MOUNT_ATTR_NOATIME
#define STRICT MOUNT_ATTR_STRICTATIME

/* Words, separated by blanks, and what they come to. */
struct row {
	const char *words;
	uint64_t set;
	uint64_t clear;
	uint64_t recursive_set;
	uint64_t recursive_clear;
	unsigned long propagation;
	const char *data;
	uint64_t forgotten;
};

static int
parse(const char *words, const char *type, struct options *out, struct error *e)
{
	static char text[256];
	static char *items[32];
	struct spec_mount mount = { .type = (char *)(uintptr_t)type };

	(void)snprintf(text, sizeof(text), "%s", words);
	for (char *word = strtok(text, " "); word != NULL;
	     word = strtok(NULL, " "))
		items[mount.options.count++] = word;
	mount.options.items = items;
	return options_parse(&mount, out, e);
}

static void
check(const struct row *row)
{
	struct options got;
	struct error e = { 0 };
	char data[256] = "";

	cr_assert(zero(int, parse(row->words, "tmpfs", &got, &e)), "%s: %s",
	    row->words, e.text);
	cr_expect(eq(u64, got.set, row->set), "set by %s", row->words);
	cr_expect(eq(u64, got.clear, row->clear), "clear by %s", row->words);
	cr_expect(eq(u64, got.forgotten, row->forgotten), "forgotten by %s",
	    row->words);
	cr_expect(eq(u64, got.recursive_set, row->recursive_set),
	    "recursive set by %s", row->words);
	cr_expect(eq(u64, got.recursive_clear, row->recursive_clear),
	    "recursive clear by %s", row->words);
	cr_expect(eq(u64, got.propagation, row->propagation),
	    "propagation by %s", row->words);
	for (char **at = got.data; *at != NULL; at++) {
		strcat(data, *at);
		strcat(data, ";");
	}
	cr_expect(eq(str, data,
		      (char *)(uintptr_t)(row->data ? row->data : "")),
	    "%s", row->words);
	options_free(&got);
}

/* clang-format off */
static const struct row rows[] = {
	{ "defaults" },
	{ "ro", RO }, { "rw", 0, RO },
	{ "nosuid", NOSUID }, { "suid", 0, NOSUID },
	{ "nodev", NODEV }, { "dev", 0, NODEV },
	{ "noexec", NOEXEC }, { "exec", 0, NOEXEC },
	{ "nodiratime", NODIR }, { "diratime", 0, NODIR },
	{ "nosymfollow", NOSYM }, { "symfollow", 0, NOSYM },
	{ "noatime", NOA, ATIME }, { "atime", 0, ATIME },
	{ "relatime", 0, ATIME }, { "norelatime" },
	{ "strictatime", STRICT, ATIME }, { "nostrictatime", 0, ATIME },
	{ "rro", 0, 0, RO }, { "rrw", 0, 0, 0, RO },
	{ "rnosuid", 0, 0, NOSUID }, { "rsuid", 0, 0, 0, NOSUID },
	{ "rnodev", 0, 0, NODEV }, { "rdev", 0, 0, 0, NODEV },
	{ "rnoexec", 0, 0, NOEXEC }, { "rexec", 0, 0, 0, NOEXEC },
	{ "rnodiratime", 0, 0, NODIR }, { "rdiratime", 0, 0, 0, NODIR },
	{ "rnosymfollow", 0, 0, NOSYM }, { "rsymfollow", 0, 0, 0, NOSYM },
	{ "rnoatime", 0, 0, NOA, ATIME }, { "ratime", 0, 0, 0, ATIME },
	{ "rrelatime", 0, 0, 0, ATIME }, { "rnorelatime" },
	{ "rstrictatime", 0, 0, STRICT, ATIME },
	{ "rnostrictatime", 0, 0, 0, ATIME },
	{ "shared", .propagation = MS_SHARED },
	{ "rshared", .propagation = MS_SHARED | MS_REC },
	{ "slave", .propagation = MS_SLAVE },
	{ "rslave", .propagation = MS_SLAVE | MS_REC },
	{ "private", .propagation = MS_PRIVATE },
	{ "rprivate", .propagation = MS_PRIVATE | MS_REC },
	{ "unbindable", .propagation = MS_UNBINDABLE },
	{ "runbindable", .propagation = MS_UNBINDABLE | MS_REC },
	{ "sync", .data = "sync;" }, { "async", .data = "async;" },
	{ "dirsync", .data = "dirsync;" },
	{ "mand", .data = "mand;" }, { "nomand", .data = "nomand;" },
	{ "lazytime", .data = "lazytime;" },
	{ "nolazytime", .data = "nolazytime;" },
	{ "iversion" }, { "noiversion" }, { "silent" }, { "loud" },
	{ "tmpcopyup" }, { "idmap" }, { "ridmap" }, { "bind" }, { "rbind" },
	{ "remount",
	    .forgotten = RO | NOSUID | NODEV | NOEXEC | NODIR | NOSYM },
};

static const struct row several[] = {
	{ "ro rw", 0, RO }, { "rw ro", RO },
	{ "rro rrw", 0, 0, 0, RO }, { "ro rrw", RO, 0, 0, RO },
	{ "nosuid nodev noexec", NOSUID | NODEV | NOEXEC },
	/* As mount(2) has it: strict before no before rel. */
	{ "noatime relatime", NOA, ATIME },
	{ "relatime noatime", NOA, ATIME },
	{ "noatime strictatime", STRICT, ATIME },
	{ "noatime atime", 0, ATIME },
	{ "relatime norelatime" },
	{ "strictatime nostrictatime", 0, ATIME },
	{ "noatime nostrictatime", NOA, ATIME },
	{ "shared rslave", .propagation = MS_SLAVE | MS_REC },
	{ "remount nosuid", NOSUID,
	    .forgotten = RO | NODEV | NOEXEC | NODIR | NOSYM },
	{ "remount rw", 0, RO,
	    .forgotten = NOSUID | NODEV | NOEXEC | NODIR | NOSYM },
	{ "size=64k ro sync mode=755", RO, .data = "size=64k;sync;mode=755;" },
};
/* clang-format on */

Test(rootfs_options, each_word_does_what_it_says)
{
	const char *const *names = rootfs_option_names();
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
	for (; names[count] != NULL; count++) {
		bool tried = false;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			tried =
			    tried || strcmp(rows[i].words, names[count]) == 0;
		cr_expect(tried, "%s has no row here", names[count]);
	}
	cr_expect(eq(sz, count, ARRAY_SIZE(rows)));
}

Test(rootfs_options, later_options_win)
{
	for (size_t i = 0; i < ARRAY_SIZE(several); i++)
		check(&several[i]);
}

Test(rootfs_options, words_that_are_switches)
{
	struct options got;
	struct error e = { 0 };

	cr_assert(zero(int, parse("bind", NULL, &got, &e)));
	cr_expect(got.bind && !got.recursive);
	options_free(&got);
	cr_assert(zero(int, parse("rbind ridmap tmpcopyup", NULL, &got, &e)));
	cr_expect(got.bind && got.recursive && got.copy_up);
	cr_expect(got.idmap && got.recursive_idmap);
	options_free(&got);
	cr_assert(zero(int, parse("idmap remount", "bind", &got, &e)));
	cr_expect(got.bind && !got.recursive && !got.copy_up && got.remount);
	cr_expect(got.idmap && !got.recursive_idmap);
	options_free(&got);
}

Test(rootfs_options, data_on_a_bind_mount_is_named_and_changes_nothing)
{
	struct options got = { .set = 42 };
	struct error e = { 0 };

	cr_assert(
	    eq(int, parse("ro bind size=1k sync", NULL, &got, &e), -EINVAL));
	cr_expect(eq(str, e.text,
	    (char[]){ "options: unknown option \"size=1k\" of a bind mount" }));
	cr_expect(eq(u64, got.set, 42));
	e = (struct error){ 0 };
	cr_assert(zero(int, parse("bind sync", NULL, &got, &e)),
	    "flags of the superblock are not data");
	options_free(&got);
}

Test(rootfs_options, several_in_one_word)
{
	static const struct {
		const char *word;
		size_t length;
	} cases[] = {
		{ "size=1k,mode=7", 7 },
		{ "lowerdir=/a\\,b,x", 14 },
		{ "context=\"a:b,c\",x", 15 },
		{ "", 0 },
		{ ",x", 0 },
		{ "end\\", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(eq(sz, options_piece(cases[i].word), cases[i].length),
		    "%s", cases[i].word);
}

Test(rootfs_options, what_only_mount_takes)
{
	static char many[400];
	char *fits[] = { (char[]){ "lowerdir=/a:/b" }, NULL };
	char *comma[] = { (char[]){ "lowerdir=/a\\,b" }, NULL };
	char *large[] = { (char[]){ "index=off" }, many, NULL };
	struct options options = { .data = fits };

	memset(many, 'x', sizeof(many) - 1);
	memcpy(many, "upperdir=", 9);
	cr_expect(not(old_is_needed(&options)));
	options.data = comma;
	cr_expect(old_is_needed(&options));
	options.data = large;
	cr_expect(old_is_needed(&options));
	many[9 + 255] = ',';
	many[9 + 255 + 1] = '\0';
	cr_expect(not(old_is_needed(&options)));
}
