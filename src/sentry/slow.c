/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "slow.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"

#define TYPE_MAX 32

/* What others notice, and so many calls after that. */
#define LONG_NS 2000000u
#define CAREFUL 64

/*
 * Those that the kernel serves itself, or the machine's own devices; 9p and
 * virtiofs are served by who serves the machine. Any other may be slow.
 */
static const char *const prompt[] = { "9p", "bcachefs", "binfmt_misc", "bpf",
	"btrfs", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
	"devtmpfs", "efivarfs", "erofs", "exfat", "ext2", "ext3", "ext4",
	"f2fs", "fusectl", "hugetlbfs", "iso9660", "jfs", "mqueue", "nsfs",
	"ntfs3", "overlay", "proc", "pstore", "ramfs", "rootfs", "securityfs",
	"selinuxfs", "squashfs", "sysfs", "tmpfs", "tracefs", "udf", "vfat",
	"virtiofs", "xfs", "zfs" };

static bool
is_prompt(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(prompt); i++) {
		if (strcmp(type, prompt[i]) == 0)
			return true;
	}
	return false;
}

/* Where in a line one is, whose third word is the type. */
struct line {
	int word;
	size_t length;
	char type[TYPE_MAX];
};

/* Returns whether a line has ended, or its type, that is of a slow one. */
static bool
take_char(struct line *line, char c)
{
	bool is_slow = false;

	if (c == ' ' || c == '\n') {
		line->type[line->length] = '\0';
		is_slow = line->word == 2 && !is_prompt(line->type);
		line->word = c == '\n' ? 0 : line->word + 1;
		line->length = 0;
	} else if (line->word == 2 && line->length < TYPE_MAX - 1) {
		line->type[line->length++] = c;
	}
	return is_slow;
}

bool
slow_is_among(int fd)
{
	struct line line = { 0 };
	char text[1024];
	off_t at = 0;
	ssize_t got;

	while ((got = pread(fd, text, sizeof(text), at)) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (take_char(&line, text[i]))
				return true;
		}
		at += got;
	}
	return got < 0 || at == 0;
}

/* ---- is there one now? --------------------------------------------------- */

void
slow_watch(struct monitor *monitor, pid_t tid)
{
	/* Read by the first call that asks: what is so until then is the safe
	 * answer, and many programs make none. */
	atomic_store(&monitor->has_slow, true);
	monitor->mounts_fd = task_open(monitor->proc, tid, "mounts", O_RDONLY);
}

/* proc(5): a change is an exceptional event. */
static bool
has_changed(const struct monitor *monitor)
{
	struct pollfd polled = { .fd = monitor->mounts_fd, .events = POLLPRI };
	struct timespec now = { 0 };

	return ppoll(&polled, 1, &now, NULL) > 0;
}

bool
slow_is_there(struct monitor *monitor)
{
	if (monitor->mounts_fd > 0 &&
	    (!atomic_exchange(&monitor->mounts_read, true) ||
		has_changed(monitor)))
		atomic_store(&monitor->has_slow,
		    slow_is_among(monitor->mounts_fd));
	return atomic_load(&monitor->has_slow);
}

/* ---- what to do about it ------------------------------------------------- */

void
slow_took(struct monitor *monitor, uint64_t ns)
{
	if (ns >= LONG_NS)
		atomic_store(&monitor->careful, CAREFUL);
}

bool
slow_is_likely(struct monitor *monitor)
{
	return (atomic_load(&monitor->careful) > 0 &&
		   atomic_fetch_sub(&monitor->careful, 1) > 0) ||
	       slow_is_there(monitor);
}

/* To change a file waits for who writes to it, and to free it takes its time.
 */
static bool
takes_long(const struct monitor *monitor, const struct syscall_row *row)
{
	return row->facility == SYSCALL_FILES &&
	       (row->groups & SYSCALL_GROUP_CHANGE) != 0 &&
	       syscall_action(row, monitor->mode, monitor->pretend != NULL) ==
		   SYSCALL_PERFORM;
}

bool
slow_may_be(struct monitor *monitor, int number)
{
	const unsigned groups = SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE |
				SYSCALL_GROUP_LOOK | SYSCALL_GROUP_EXECUTE |
				SYSCALL_GROUP_NETWORK;

	const struct syscall_row *row =
	    syscall_find_number(SYSCALL_NATIVE, number);
	/* Observing asks no file system. */
	if (monitor->mode == SYSCALL_MODE_OBSERVE || row == NULL)
		return false;
	return takes_long(monitor, row) || ((row->facility == SYSCALL_FILES ||
						(row->groups & groups) != 0) &&
					       slow_is_likely(monitor));
}
