/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list - what images there are.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"
#include "call.h"
#include "unpack/unpack.h"

/* Where programs put large files that are to go. */
static int
open_spool_anywhere(struct error *e)
{
	const char *named = secure_getenv("TMPDIR");
	AUTO_FD int dir = open(named != NULL ? named : "/var/tmp",
	    O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[64];
	unsigned long long number;

	if (dir < 0)
		return error_sys(e, "%s", named != NULL ? named : "/var/tmp");
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_sys(e, "getrandom");
	(void)snprintf(name, sizeof(name), "lorica-%016llx", number);
	return unpack_open_spool(dir, name, e);
}

static int
check_json(const char *text, size_t length, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *root;

	return arena == NULL ? error_sys(e, "memory")
			     : json_parse(arena, text, length, &root, e);
}

int
unpack_list(const char *source, uint64_t limit, char **out, size_t *length,
    struct error *e)
{
	struct unpack_call call = UNPACK_CALL_NONE;
	struct unpack_answer answer;
	AUTO_FREE char *text = NULL;

	call.message.verb = UNPACK_LIST;
	call.message.limit_bytes = limit;
	call.is_deaf = true;
	AUTO_FD int fd = unpack_open_source(source, &call.message, e);
	if (fd < 0)
		return fd;
	AUTO_FD int spool = open_spool_anywhere(e);
	if (spool < 0)
		return spool;
	AUTO_FD int document = unpack_open_document(e);
	if (document < 0)
		return document;
	call.fds[UNPACK_FD(SOURCE)] = fd;
	call.fds[UNPACK_FD(SPOOL)] = spool;
	call.fds[UNPACK_FD(DOCUMENT)] = document;
	TRY(unpack_call(&call, &answer, e));
	TRY(unpack_read(document, LIMIT_JSON_BYTES, &text, length, e));
	TRY(check_json(text, *length, e));
	*out = take(&text);
	return 0;
}
