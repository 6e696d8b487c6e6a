/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "named.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

enum {
	KEPT_MAX = 256,
	PATH_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path)
};

/* All have one length but the kernel's: it may add a zero. */
struct kept {
	uint64_t inode; /* 0: none */
	char path[PATH_SIZE + 1];
};

struct named {
	pthread_mutex_t lock;
	unsigned next;
	struct kept kept[KEPT_MAX];
};

struct named *
named_new(void)
{
	struct named *named = calloc(1, sizeof(*named));

	if (named != NULL)
		pthread_mutex_init(&named->lock, NULL);
	return named;
}

/* No other socket has it while this one lives. */
static uint64_t
number_of(int socket)
{
	struct stat st;

	return fstat(socket, &st) < 0 ? 0 : st.st_ino;
}

void
named_keep(struct named *named, int socket, const char *path, size_t length)
{
	uint64_t inode = number_of(socket);

	if (length > PATH_SIZE)
		return;
	pthread_mutex_lock(&named->lock);
	struct kept *kept = &named->kept[named->next++ % KEPT_MAX];
	kept->inode = inode;
	memset(kept->path, 0, sizeof(kept->path));
	memcpy(kept->path, path, strnlen(path, length));
	pthread_mutex_unlock(&named->lock);
}

/* Numbers are used again: is it of the socket that has this name now? */
static bool
ends_with(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && strcmp(slash + 1, name) == 0;
}

static bool
find(struct named *named, uint64_t inode, const char *name,
    char path[PATH_SIZE + 1])
{
	bool found = false;

	pthread_mutex_lock(&named->lock);
	for (unsigned i = 1; i <= KEPT_MAX && !found; i++) {
		const struct kept *kept =
		    &named->kept[(named->next - i) % KEPT_MAX];

		found = kept->inode == inode && ends_with(kept->path, name);
		if (found)
			memcpy(path, kept->path, sizeof(kept->path));
	}
	pthread_mutex_unlock(&named->lock);
	return found;
}

void
named_tell(struct named *named, int socket, struct sockaddr_storage *name,
    socklen_t *length)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	char own[PATH_SIZE + 1] = "", path[PATH_SIZE + 1];

	if (name->ss_family != AF_UNIX || *length <= head ||
	    *length > head + sizeof(own))
		return;
	memcpy(own, (const char *)name + head, *length - head);
	own[PATH_SIZE] = '\0';
	/* One without a name, or with one that is no file's. */
	if (own[0] == '\0' || !find(named, number_of(socket), own, path))
		return;
	size_t size = strlen(path) + 1;
	memcpy((char *)name + head, path, size);
	*length = (socklen_t)(head + size);
}
