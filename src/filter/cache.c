/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache - compiled programs on disk.
 *
 * A program that is read back decides what a container may do, so a file is
 * used only when nobody but us can have written it (the directory's owner and
 * mode, the file's owner and mode), when it is the one that was asked for and
 * whole (key and hash), and when the kernel would take it (check.c). At any
 * doubt the profile is compiled again and the file replaced.
 *
 * A file is complete before it gets its name, and is never changed then: who
 * reads while others write gets the old program or the new one, which are the
 * same.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

/* A container's ID does not begin with a dot. */
#define DIRECTORY ".seccomp"
#define MAGIC     "loricaSC"
#define FORMAT    1

/* The key in hexadecimal. */
struct file_name {
	char text[2 * SHA256_BYTES + 1];
};

static struct file_name
file_name(const struct filter_key *key)
{
	static const char digits[] = "0123456789abcdef";
	struct file_name name = { "" };

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		name.text[2 * i] = digits[key->bytes[i] >> 4];
		name.text[2 * i + 1] = digits[key->bytes[i] & 15];
	}
	return name;
}

static bool
is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() &&
	       (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int
filter_cache_open(int root)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	AUTO_FD int dir = openat(root, DIRECTORY, flags);
	struct stat st;

	if (dir < 0 && errno == ENOENT &&
	    (mkdirat(root, DIRECTORY, 0700) == 0 || errno == EEXIST))
		dir = openat(root, DIRECTORY, flags);
	if (dir < 0 || fstat(dir, &st) < 0 || !is_ours(&st))
		return -1;
	return take_fd(&dir);
}

/* ---- the file's contents ----------------------------------------------- */

static void
make_hash(const struct filter_header *header, const struct sock_filter *insns,
    size_t count, unsigned char out[SHA256_BYTES])
{
	struct sha256 hash;

	sha256_begin(&hash);
	sha256_add(&hash, header, offsetof(struct filter_header, hash));
	sha256_add(&hash, insns, count * sizeof(*insns));
	sha256_end(&hash, out);
}

void
filter_header_make(const struct filter *filter, const struct filter_key *key,
    struct filter_header *out)
{
	*out = (struct filter_header){
		.format = FORMAT,
		.count = filter->count,
		.key = *key,
	};
	memcpy(out->magic, MAGIC, sizeof(out->magic));
	make_hash(out, filter->insns, filter->count, out->hash);
}

bool
filter_header_fits(const struct filter_header *header,
    const struct sock_filter *insns, size_t count, const struct filter_key *key)
{
	unsigned char hash[SHA256_BYTES];

	if (memcmp(header->magic, MAGIC, sizeof(header->magic)) != 0 ||
	    header->format != FORMAT || header->count != count ||
	    memcmp(&header->key, key, sizeof(*key)) != 0)
		return false;
	make_hash(header, insns, count, hash);
	return memcmp(header->hash, hash, sizeof(hash)) == 0 &&
	       filter_is_sound(insns, count);
}

/* ---- reading ------------------------------------------------------------ */

/* The size of the program in a file that may be looked at; 0: it may not. */
static size_t
program_size(const struct stat *st)
{
	const off_t head = sizeof(struct filter_header);
	const off_t one = sizeof(struct sock_filter);

	if (!S_ISREG(st->st_mode) || (st->st_mode & 07777) != 0600 ||
	    !is_ours(st) || st->st_size <= head ||
	    st->st_size > head + LIMIT_FILTER_INSNS * one ||
	    (st->st_size - head) % one != 0)
		return 0;
	return (size_t)(st->st_size - head);
}

bool
filter_cache_read(int dir, const struct filter_key *key, struct filter *out)
{
	struct file_name name = file_name(key);
	struct filter_header header;
	struct stat st;

	if (dir < 0)
		return false;
	/* Not to wait for the other end, should it be a fifo. */
	AUTO_FD int fd = openat(dir, name.text,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	size_t size = program_size(&st);
	AUTO_FREE struct sock_filter *insns = size > 0 ? malloc(size) : NULL;
	if (insns == NULL)
		return false;
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = insns, .iov_len = size },
	};
	if (readv(fd, parts, 2) != st.st_size ||
	    !filter_header_fits(&header, insns, size / sizeof(*insns), key))
		return false;
	out->count = (unsigned short)header.count;
	out->insns = take(&insns);
	return true;
}

/* ---- writing ------------------------------------------------------------ */

/* Too many: begin again with the newest, and whatever was left half made. */
static void
drop_others(int dir, const char *newest)
{
	AUTO_FD int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned count = 0;

	if (list == NULL)
		return;
	take_fd(&fd); /* it is the list's now */
	while (readdir(list) != NULL)
		count++;
	rewinddir(list);
	/* The count has the directory itself and its parent in it. */
	while (count > FILTER_CACHE_ENTRIES + 2 &&
	       (entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, newest) != 0)
			(void)unlinkat(dir, entry->d_name, 0);
	}
	closedir(list);
}

static bool
write_file(int dir, const char *name, const struct filter_key *key,
    const struct filter *filter)
{
	struct filter_header header;
	AUTO_FD int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	filter_header_make(filter, key, &header);
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = filter->insns,
		    .iov_len = filter->count * sizeof(*filter->insns) },
	};
	/* Whatever the umask of the caller is. */
	return fchmod(fd, 0600) == 0 &&
	       writev(fd, parts, 2) ==
		   (ssize_t)(parts[0].iov_len + parts[1].iov_len);
}

void
filter_cache_write(int dir, const struct filter_key *key,
    const struct filter *filter)
{
	struct file_name name = file_name(key);
	uint64_t unique;
	char temporary[32];

	if (dir < 0 || getrandom(&unique, sizeof(unique), GRND_NONBLOCK) !=
			   (ssize_t)sizeof(unique))
		return;
	(void)snprintf(temporary, sizeof(temporary), ".%016llx",
	    (unsigned long long)unique);
	if (!write_file(dir, temporary, key, filter) ||
	    renameat(dir, temporary, dir, name.text) < 0) {
		(void)unlinkat(dir, temporary, 0);
		return;
	}
	drop_others(dir, name.text);
}
