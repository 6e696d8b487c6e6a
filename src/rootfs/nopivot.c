/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nopivot - "/" of an initramfs cannot be pivoted away; nor can what is mounted
 * below it be left there. A procfs of the host would let a user namespace in
 * the container mount its own without the masks: mount_namespaces(7).
 *
 * The tree lies on "/", this process's root is still the host's. Everything
 * that is mounted on the host's "/" but that tree is unmounted; where a user
 * namespace has it locked, or another mount lies on it, it is covered.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "os/os.h"
#include "plan.h"

#define PASSES_MAX 64

static int
let_go(struct rootfs_plan *plan, const struct host_mount *mount,
    struct error *e)
{
	/* Else what is done to it would be done for the host too. */
	struct mount_attr attr = { .propagation = MS_SLAVE };
	const char *path = mount->path;
	AUTO_FD int top = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statx st;

	(void)plan;
	if (top < 0)
		return 0;
	if (mount_setattr(top, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "keep the host's %s as it is", path);
	/* What lies on another mount would go from that one's peers, and that
	 * one is out of reach. */
	if (statx(top, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0 ||
	    st.stx_mnt_id != mount->number)
		return 0;
	return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

static int
cover(struct rootfs_plan *plan, const struct host_mount *mount, struct error *e)
{
	const char *path = mount->path;
	AUTO_FD int top = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (top < 0 || protect_cover(plan, top, e) < 0)
		return top < 0 ? error_sys(e, "open the host's %s", path)
			       : error_wrap(e, "the host's %s", path);
	return 0;
}

/* "\040" and the like: proc(5). */
static void
unescape(char *text)
{
	char *out = text;

	for (const char *at = text; *at != '\0'; at++) {
		if (at[0] == '\\' && at[1] != '\0' && at[2] != '\0' &&
		    at[3] != '\0') {
			*out++ = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 +
					(at[3] - '0'));
			at += 3;
		} else {
			*out++ = *at;
		}
	}
	*out = '\0';
}

bool
nopivot_parse(char *line, uint64_t parent, struct host_mount *out)
{
	char *fields[5];
	uint64_t number, on;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fields[i] = strsep(&line, " ");
	if (fields[4] == NULL || !text_parse_u64(fields[0], INT_MAX, &number) ||
	    !text_parse_u64(fields[1], INT_MAX, &on) || on != parent ||
	    strcmp(fields[4], "/") == 0)
		return false;
	unescape(fields[4]);
	*out = (struct host_mount){ number, fields[4] };
	return true;
}

int
nopivot_each(struct rootfs_plan *plan, int info, uint64_t parent,
    nopivot_visitor *visit, struct error *e)
{
	char buf[LIMIT_MOUNT_LINE];
	size_t used = 0;
	ssize_t got;
	int gone = 0;

	while ((got = read(info, buf + used, sizeof(buf) - 1 - used)) > 0) {
		char *line = buf;
		char *end;

		used += (size_t)got;
		buf[used] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			struct host_mount mount;

			*end = '\0';
			if (!nopivot_parse(line, parent, &mount))
				continue;
			int done = visit(plan, &mount, e);
			if (done < 0)
				return done;
			gone += done;
		}
		used -= (size_t)(line - buf);
		memmove(buf, line, used);
		/* What came behind it would be passed over. */
		if (used == sizeof(buf) - 1)
			return error_set(e, E2BIG,
			    "a line of mountinfo is longer than %zu bytes",
			    sizeof(buf));
	}
	return got < 0 ? error_sys(e, "read mountinfo") : gone;
}

static int
pass(struct rootfs_plan *plan, int proc, nopivot_visitor *visit,
    struct error *e)
{
	struct statx st;
	AUTO_FD int info = os_proc_self_open(proc, "mountinfo", O_RDONLY);

	if (info < 0 || statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &st) < 0)
		return error_sys(e, "look at the host's mounts");
	return nopivot_each(plan, info, st.stx_mnt_id, visit, e);
}

int
nopivot_leave(struct rootfs_plan *plan, int proc, struct error *e)
{
	int gone = 1;

	/* Below one that is gone there may be another. */
	for (int passes = 0; gone > 0 && passes < PASSES_MAX; passes++)
		gone = pass(plan, proc, let_go, e);
	if (gone >= 0)
		gone = pass(plan, proc, cover, e);
	return gone < 0 ? error_wrap(e, "leave the host's mounts") : 0;
}
