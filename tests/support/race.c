/* SPDX-License-Identifier: Apache-2.0 */
/*
 * race CALL TRIES - make a call again and again with a path that is allowed,
 * while a thread makes another of it, which is not, and back: in the memory
 * where the path lies, by a link that leads there and there, and by two
 * directories that are exchanged. Prints how often each way ended in what is
 * forbidden; without a sentry that is soon more than never.
 *
 * race flags TRIES - the same by openat2(2) of what is forbidden, with flags
 * that are those of a mere name and of more in turn.
 *
 * In the working directory, where the policy forbids secret and all that is in
 * the directory vault: read, write and create.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Both names have the same length. */
#define OPEN_DIR "alley"
#define SHUT_DIR "vault"

/* Where a path of that length is exchanged at once. */
static union {
	char text[64];
	_Atomic uint64_t word;
} place;
static char *const path = place.text;
static atomic_bool is_over;

/* ---- who disturbs -------------------------------------------------------- */

static void *
rewrite(void *unused)
{
	uint64_t is_open, is_shut;

	(void)unused;
	memcpy(&is_open, OPEN_DIR "/f", sizeof(is_open));
	memcpy(&is_shut, SHUT_DIR "/f", sizeof(is_shut));
	while (!atomic_load(&is_over)) {
		atomic_store(&place.word, is_shut);
		for (volatile int i = 0; i < 50; i++)
			;
		atomic_store(&place.word, is_open);
		for (volatile int i = 0; i < 50; i++)
			;
	}
	return NULL;
}

static void *
relink(void *unused)
{
	(void)unused;
	while (!atomic_load(&is_over))
		(void)syscall(SYS_renameat2, AT_FDCWD, "to-" OPEN_DIR, AT_FDCWD,
		    "to-" SHUT_DIR, RENAME_EXCHANGE);
	return NULL;
}

static void *
exchange(void *unused)
{
	(void)unused;
	/* Neither is forbidden, but one has a link to what is. */
	while (!atomic_load(&is_over))
		(void)syscall(SYS_renameat2, AT_FDCWD, "way", AT_FDCWD, "away",
		    RENAME_EXCHANGE);
	return NULL;
}

/* ---- calls: done to "PLACE/f" or "PLACE/new" ----------------------------- */

static int
do_open(void)
{
	int fd = open(path, O_RDONLY);
	char text[16] = "";

	if (fd < 0)
		return 0;
	(void)!read(fd, text, sizeof(text) - 1);
	close(fd);
	return strcmp(text, "secret") == 0;
}

static int
do_truncate(void)
{
	(void)!truncate(path, 3);
	return 0;
}

static int
do_chmod(void)
{
	(void)chmod(path, 0600);
	return 0;
}

static int
do_chown(void)
{
	(void)!fchownat(AT_FDCWD, path, 9, 9, 0);
	return 0;
}

static int
do_utimes(void)
{
	static const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	(void)utimensat(AT_FDCWD, path, times, 0);
	return 0;
}

static int
do_setxattr(void)
{
	(void)setxattr(path, "user.touched", "yes", 3, 0);
	return 0;
}

static int
do_unlink(void)
{
	(void)unlink(path);
	(void)mknod(OPEN_DIR "/f", S_IFREG | 0644, 0);
	return 0;
}

static int
do_mkdir(void)
{
	(void)mkdir(path, 0700);
	(void)rmdir(OPEN_DIR "/f");
	return 0;
}

static int
do_symlink(void)
{
	(void)!symlink("x", path);
	(void)unlink(OPEN_DIR "/f");
	return 0;
}

static int
do_mknod(void)
{
	(void)mknod(path, S_IFIFO | 0600, 0);
	(void)unlink(OPEN_DIR "/f");
	return 0;
}

static int
do_create(void)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	if (fd >= 0)
		close(fd);
	(void)unlink(OPEN_DIR "/f");
	return 0;
}

static int
do_link(void)
{
	(void)!link("other", path);
	(void)unlink(OPEN_DIR "/f");
	return 0;
}

/* Out of where it is forbidden: its content can be read then. */
static int
do_link_from(void)
{
	struct stat st;
	int is_taken = 0;

	if (link(path, "taken") == 0 && stat("taken", &st) == 0)
		is_taken = st.st_size == 6;
	(void)unlink("taken");
	return is_taken;
}

static int
do_rename(void)
{
	(void)rename("moved", path);
	(void)mknod("moved", S_IFREG | 0644, 0);
	(void)unlink(OPEN_DIR "/f");
	return 0;
}

static const struct {
	const char *name;
	int (*call)(void); /* 1: what is forbidden was seen */
	bool makes;        /* "f" is not there before */
} calls[] = {
	{ "open", do_open, false },
	{ "truncate", do_truncate, false },
	{ "chmod", do_chmod, false },
	{ "chown", do_chown, false },
	{ "utimes", do_utimes, false },
	{ "setxattr", do_setxattr, false },
	{ "unlink", do_unlink, false },
	{ "link-from", do_link_from, false },
	{ "mkdir", do_mkdir, true },
	{ "symlink", do_symlink, true },
	{ "mknod", do_mknod, true },
	{ "create", do_create, true },
	{ "link", do_link, true },
	{ "rename", do_rename, true },
};

/* ---- ways ---------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *path;
	void *(*disturb)(void *);
} ways[] = {
	{ "memory", OPEN_DIR "/f", rewrite },
	{ "link", "to-" OPEN_DIR "/f", relink },
	{ "exchange", "way/d/f", exchange },
};

/* What is in the forbidden place: not as it was? */
static bool
is_touched(bool makes)
{
	struct stat st;
	char value[8];

	if (makes)
		return lstat(SHUT_DIR "/f", &st) == 0;
	return lstat(SHUT_DIR "/f", &st) < 0 || st.st_size != 6 ||
	       (st.st_mode & 07777) != 0644 || st.st_uid == 9 ||
	       st.st_mtim.tv_sec == 2 ||
	       getxattr(SHUT_DIR "/f", "user.touched", value, 8) > 0;
}

static unsigned
attack(size_t call, size_t way, unsigned tries)
{
	pthread_t thread;
	unsigned hits = 0;

	(void)strcpy(path, ways[way].path);
	atomic_store(&is_over, false);
	if (pthread_create(&thread, NULL, ways[way].disturb, NULL) != 0)
		exit(1);
	for (unsigned i = 0; i < tries && hits == 0; i++) {
		hits += (unsigned)calls[call].call();
		if (i % 16 == 15 || i + 1 == tries)
			hits += is_touched(calls[call].makes);
	}
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	return hits;
}

/* ---- flags in memory ----------------------------------------------------- */

static struct open_how how;

static void *
flip(void *unused)
{
	_Atomic uint64_t *flags = (_Atomic uint64_t *)&how.flags;

	(void)unused;
	while (!atomic_load(&is_over)) {
		atomic_store(flags, O_RDWR);
		for (volatile int i = 0; i < 50; i++)
			;
		atomic_store(flags, O_PATH);
		for (volatile int i = 0; i < 50; i++)
			;
	}
	return NULL;
}

static unsigned
attack_flags(unsigned tries)
{
	pthread_t thread;
	unsigned hits = 0;
	char byte;

	if (pthread_create(&thread, NULL, flip, NULL) != 0)
		exit(1);
	for (unsigned i = 0; i < tries && hits == 0; i++) {
		int fd = (int)syscall(SYS_openat2, AT_FDCWD, SHUT_DIR "/f",
		    &how, sizeof(how));

		hits += fd >= 0 && read(fd, &byte, 1) == 1;
		if (fd >= 0)
			close(fd);
	}
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	return hits;
}

/* A mount namespace of one's own, as any user may have. */
static const char *
make_mounts(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? strerrorname_np(errno)
							: "0";
}

int
main(int argc, char **argv)
{
	unsigned tries = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000;

	if (argc > 1 && strcmp(argv[1], "mounts") == 0) {
		printf("mounts %s\n", make_mounts());
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "flags") == 0) {
		printf("flags %u\n", attack_flags(tries));
		return 0;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (argc < 2 || strcmp(calls[i].name, argv[1]) != 0)
			continue;
		for (size_t j = 0; j < sizeof(ways) / sizeof(ways[0]); j++)
			printf("%s %s %u\n", argv[1], ways[j].name,
			    attack(i, j, tries));
		return 0;
	}
	return 2;
}
