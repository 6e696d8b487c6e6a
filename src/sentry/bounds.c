/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "bounds.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/auto.h"

/* Deeper than directories are, and no end for who moves them all the time. */
#define LEVELS_MAX 65536

bool
bounds_are_same(int a, int b)
{
	struct statx x, y;
	unsigned mask = STATX_INO | STATX_MNT_ID;

	return statx(a, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, mask, &x) ==
		   0 &&
	       statx(b, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, mask, &y) ==
		   0 &&
	       x.stx_ino == y.stx_ino && x.stx_mnt_id == y.stx_mnt_id &&
	       x.stx_dev_major == y.stx_dev_major &&
	       x.stx_dev_minor == y.stx_dev_minor;
}

bool
bounds_cross_mount(int a, int b)
{
	struct statx x, y;

	return statx(a, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) < 0 ||
	       statx(b, "", AT_EMPTY_PATH, STATX_MNT_ID, &y) < 0 ||
	       x.stx_mnt_id != y.stx_mnt_id;
}

static bool
is_below(int top, int at)
{
	AUTO_FD int below = -1;

	for (int i = 0; i < LEVELS_MAX; i++) {
		int from = below >= 0 ? below : at;

		if (bounds_are_same(from, top))
			return true;
		int up = openat(from, "..", O_PATH | O_CLOEXEC);
		/* Only a root is above itself. */
		if (up < 0 || bounds_are_same(up, from)) {
			auto_close(&up);
			return false;
		}
		auto_close(&below);
		below = up;
	}
	return false;
}

bool
bounds_have(struct worker *worker, int top, int at)
{
	if (worker_empower(worker, true) < 0)
		return false;
	bool is = is_below(top, at);
	if (worker_empower(worker, false) < 0)
		monitor_end(worker->monitor);
	return is;
}
