/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/named.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/auto.h"

/* What is told of a socket whose name is that for the kernel. */
static const char *
told(struct named *named, int socket, const char *name)
{
	static struct sockaddr_storage address;
	struct sockaddr_un *un = (void *)&address;
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				       strlen(name) + 1);

	memset(&address, 0, sizeof(address));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, name, strlen(name));
	named_tell(named, socket, &address, &length);
	cr_expect(eq(sz, length,
	    offsetof(struct sockaddr_un, sun_path) + strlen(un->sun_path) + 1));
	return un->sun_path;
}

Test(sentry_named, the_whole_path_of_the_last_that_were_bound)
{
	struct named *named = named_new();
	AUTO_FD int one = socket(AF_UNIX, SOCK_STREAM, 0);
	AUTO_FD int other = socket(AF_UNIX, SOCK_STREAM, 0);
	char longest[108];
	char path[32];

	named_keep(named, one, "/run/x/sock\0rest", 16);
	cr_expect(eq(str, (char *)told(named, one, "sock"), "/run/x/sock"));
	cr_expect(eq(str, (char *)told(named, other, "sock"), "sock"));
	/* The number was another socket's before. */
	cr_expect(eq(str, (char *)told(named, one, "name"), "name"));
	cr_expect(eq(str, (char *)told(named, one, "k"), "k"));
	/* 108 bytes and no zero. */
	memset(longest, 'l', sizeof(longest));
	longest[0] = longest[99] = '/';
	named_keep(named, other, longest, sizeof(longest));
	cr_expect(eq(sz, strlen(told(named, other, "llllllll")), 108));
	for (int i = 0; i < 256; i++) {
		(void)snprintf(path, sizeof(path), "/%d/sock", i);
		named_keep(named, other, path, strlen(path));
	}
	cr_expect(eq(str, (char *)told(named, other, "sock"), "/255/sock"));
	cr_expect(eq(str, (char *)told(named, one, "sock"), "sock"));
	free(named);
}

Test(sentry_named, what_is_no_files_name_stays)
{
	struct named *named = named_new();
	AUTO_FD int one = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_storage none = { .ss_family = AF_UNIX };
	struct sockaddr_storage inet = { .ss_family = AF_INET };
	socklen_t length = sizeof(none.ss_family);

	named_keep(named, one, "/x/", 3);
	named_tell(named, one, &none, &length);
	cr_expect(eq(u32, length, sizeof(none.ss_family)));
	length = 16;
	named_tell(named, one, &inet, &length);
	cr_expect(eq(u32, length, 16));
	free(named);
}
