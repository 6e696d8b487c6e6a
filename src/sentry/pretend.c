/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "pretend.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"

#define BUCKETS 4096u

struct key {
	uint64_t device;
	uint64_t inode;
	int64_t born; /* ns; 0: the file system does not say */
};

struct kept {
	struct kept *next;
	struct key key;
	bool is_nameless;
	mode_t real; /* as it was then */
	struct pretended seen;
};

struct pretend {
	pthread_mutex_t lock;
	unsigned count, most;
	unsigned next;
	struct key nameless[PRETEND_NAMELESS];
	struct kept *buckets[BUCKETS];
};

struct pretend *
pretend_new(unsigned files)
{
	struct pretend *pretend = calloc(1, sizeof(*pretend));

	if (pretend == NULL)
		return NULL;
	pretend->most = files;
	pthread_mutex_init(&pretend->lock, NULL);
	return pretend;
}

void
pretend_free(struct pretend *pretend)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (pretend->buckets[i] != NULL) {
			struct kept *kept = pretend->buckets[i];

			pretend->buckets[i] = kept->next;
			free(kept);
		}
	}
	pthread_mutex_destroy(&pretend->lock);
	free(pretend);
}

/* ---- what it is ---------------------------------------------------------- */

struct real {
	struct key key;
	bool is_nameless;
	struct pretended is;
};

static int
look_at(int fd, struct real *out)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
		STATX_BASIC_STATS | STATX_BTIME, &st) < 0)
		return -errno;
	*out = (struct real){
		.key = { .device = makedev(st.stx_dev_major, st.stx_dev_minor),
		    .inode = st.stx_ino },
		.is_nameless = st.stx_nlink == 0,
		.is = { .uid = st.stx_uid,
		    .gid = st.stx_gid,
		    .mode = st.stx_mode,
		    .device = makedev(st.stx_rdev_major, st.stx_rdev_minor) },
	};
	if ((st.stx_mask & STATX_BTIME) != 0)
		out->key.born = st.stx_btime.tv_sec * 1000000000 +
				(int64_t)st.stx_btime.tv_nsec;
	return 0;
}

static bool
are_equal(const struct pretended *a, const struct pretended *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->mode == b->mode &&
	       a->device == b->device &&
	       a->capability_size == b->capability_size &&
	       memcmp(a->capability, b->capability, a->capability_size) == 0;
}

/* ---- the table, under its lock ------------------------------------------- */

static struct kept **
find(struct pretend *pretend, const struct key *key)
{
	uint64_t sum = key->inode * 0x9e3779b97f4a7c15u + key->device;
	struct kept **at = &pretend->buckets[(sum >> 32) % BUCKETS];

	while (*at != NULL && ((*at)->key.inode != key->inode ||
				  (*at)->key.device != key->device))
		at = &(*at)->next;
	return at;
}

static void
forget(struct pretend *pretend, struct kept **at)
{
	struct kept *kept = *at;

	*at = kept->next;
	free(kept);
	pretend->count--;
}

/* One that had the number before is another, and goes. */
static struct kept *
find_same(struct pretend *pretend, const struct real *real)
{
	struct kept **at = find(pretend, &real->key);

	if (*at == NULL)
		return NULL;
	if ((*at)->key.born != real->key.born) {
		forget(pretend, at);
		return NULL;
	}
	if (!real->is_nameless)
		(*at)->is_nameless = false;
	return *at;
}

static struct kept *
add(struct pretend *pretend, const struct real *real)
{
	struct kept *kept =
	    pretend->count < pretend->most ? calloc(1, sizeof(*kept)) : NULL;

	if (kept == NULL)
		return NULL;
	kept->key = real->key;
	struct kept **at = find(pretend, &real->key);
	kept->next = *at;
	*at = kept;
	pretend->count++;
	return kept;
}

/* A mode that was changed since, as by an access control list, is that. */
static struct pretended
seen_of(const struct kept *kept, const struct real *real)
{
	if (kept == NULL)
		return real->is;
	struct pretended seen = kept->seen;
	if (kept->real != real->is.mode)
		seen.mode = (seen.mode & S_IFMT) | (real->is.mode & 07777);
	return seen;
}

static void
drop(struct pretend *pretend, const struct key *key)
{
	struct kept **at = find(pretend, key);

	if (*at != NULL && (*at)->key.born == key->born)
		forget(pretend, at);
}

static void
note_nameless(struct pretend *pretend, const struct key *key)
{
	struct kept *kept = *find(pretend, key);

	if (kept == NULL || kept->is_nameless)
		return;
	kept->is_nameless = true;
	struct key *oldest =
	    &pretend->nameless[pretend->next++ % PRETEND_NAMELESS];
	struct kept *former = *find(pretend, oldest);
	if (former != NULL && former != kept && former->is_nameless &&
	    former->key.born == oldest->born)
		drop(pretend, oldest);
	*oldest = *key;
}

/* ---- for others ---------------------------------------------------------- */

int
pretend_look(struct pretend *pretend, int fd, struct pretended *out)
{
	struct real real = { 0 };
	int failed = look_at(fd, &real);

	if (failed < 0)
		return failed;
	pthread_mutex_lock(&pretend->lock);
	*out = seen_of(find_same(pretend, &real), &real);
	pthread_mutex_unlock(&pretend->lock);
	return 0;
}

/* Under the lock. */
static int
change_one(struct pretend *pretend, const struct real *real,
    pretend_change *change, const struct pretended *wanted)
{
	struct kept *kept = find_same(pretend, real);
	struct pretended seen = seen_of(kept, real);

	change(&seen, wanted);
	if (are_equal(&seen, &real->is)) {
		drop(pretend, &real->key);
		return 0;
	}
	if (kept == NULL)
		kept = add(pretend, real);
	if (kept == NULL)
		return -ENOMEM;
	kept->seen = seen;
	kept->real = real->is.mode;
	return 0;
}

int
pretend_keep(struct pretend *pretend, int fd, pretend_change *change,
    const struct pretended *wanted)
{
	struct real real = { 0 };
	int failed = look_at(fd, &real);

	if (failed < 0)
		return failed;
	pthread_mutex_lock(&pretend->lock);
	failed = change_one(pretend, &real, change, wanted);
	pthread_mutex_unlock(&pretend->lock);
	/* Its last name may have gone since, and who took that found nothing
	 * to forget. */
	if (failed == 0 && look_at(fd, &real) == 0 && real.is_nameless) {
		pthread_mutex_lock(&pretend->lock);
		note_nameless(pretend, &real.key);
		pthread_mutex_unlock(&pretend->lock);
	}
	return failed;
}

int
pretend_hold(struct pretend *pretend, int parent, const char *name)
{
	if (pretend == NULL)
		return -1;
	pthread_mutex_lock(&pretend->lock);
	bool is_empty = pretend->count == 0;
	pthread_mutex_unlock(&pretend->lock);
	return is_empty ? -1
			: openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

void
pretend_let_go(struct pretend *pretend, int *held)
{
	struct real real = { 0 };

	if (*held >= 0 && look_at(*held, &real) == 0 && real.is_nameless) {
		pthread_mutex_lock(&pretend->lock);
		drop(pretend, &real.key);
		pthread_mutex_unlock(&pretend->lock);
	}
	auto_close(held);
	*held = -1;
}
