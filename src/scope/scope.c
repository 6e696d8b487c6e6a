/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope - run lorica-systemd. Its one message is the answer, a struct error.
 */
#define _GNU_SOURCE
#include "scope/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "config.h"
#include "helper/helper.h"
#include "os/os.h"

/* More than the helper gives systemd: it is stuck. */
#define TIME_LIMIT_S 60

bool
scope_is_built(void)
{
#ifdef HAVE_SYSTEMD
	return true;
#else
	return false;
#endif
}

enum unit_manager
scope_manager(int proc)
{
	struct stat ours, first;

	if (geteuid() != 0)
		return UNIT_USER;
	if (os_is_first_user_namespace(proc))
		return UNIT_SYSTEM;
	/* Links of procfs, which are followed to namespaces. */
	if (fstatat(proc, "1/ns/user", &first, 0) == 0 &&
	    fstatat(proc, "self/ns/user", &ours, 0) == 0 &&
	    first.st_dev == ours.st_dev && first.st_ino == ours.st_ino)
		return UNIT_SYSTEM;
	return UNIT_USER;
}

/* ---- the helper ---------------------------------------------------------- */

struct text {
	char *bytes;
	size_t length;
};

static void
text_free(struct text *text)
{
	free(text->bytes);
}

static int
write_request(struct text *text, const struct unit_request *request,
    struct error *e)
{
	FILE *out = open_memstream(&text->bytes, &text->length);

	if (out == NULL)
		return error_sys(e, "memory");
	unit_put_request(out, request);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	if (text->length > LIMIT_UNIT_BYTES)
		return error_set(e, E2BIG, "more than %u bytes of properties",
		    LIMIT_UNIT_BYTES);
	return 0;
}

/* Its answer, or why there is none. */
static int
read_answer(struct helper *helper, struct error *e)
{
	struct error answer = { 0 };
	ssize_t got;

	while ((got = recv(helper->socket, &answer, sizeof(answer), 0)) < 0 &&
	       errno == EINTR)
		;
	if (got == (ssize_t)sizeof(answer) && answer.code == 0)
		return 0;
	if (got == (ssize_t)sizeof(answer) && error_is_valid(&answer)) {
		*e = answer;
		return -e->code;
	}
	return helper_no_answer(helper, e);
}

int
scope_call(const struct unit_request *request, struct error *e)
{
	/* Where the bus of a user's systemd is. */
	static const char *const variables[] = { "XDG_RUNTIME_DIR", NULL };
	AUTO(helper_end) struct helper helper = HELPER_NONE;
	AUTO(text_free) struct text text = { NULL, 0 };

	if (!scope_is_built())
		return error_set(e, ENOTSUP,
		    "lorica was built without systemd");
	TRY(write_request(&text, request, e));
	const struct helper_request start = {
		.name = "lorica-systemd",
		.text = text.bytes,
		.length = text.length,
		.cgroup = -1,
		.userns = -1,
		.time_limit = TIME_LIMIT_S,
		.variables = variables,
	};
	TRY(helper_start(&start, &helper, e));
	return read_answer(&helper, e);
}
