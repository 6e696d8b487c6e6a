/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-yaml: confined first, then read, convert, write and say so.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "convert.h"
#include "os/os.h"

#define SOCKET 1

/* A byte more than it may be tells that it is too large. */
static int
read_text(char *text, size_t *length, struct error *e)
{
	ssize_t got;

	*length = 0;
	while (
	    *length <= CONVERT_BYTES &&
	    (got = read(0, text + *length, CONVERT_BYTES + 1 - *length)) != 0) {
		if (got < 0 && errno != EINTR)
			return error_sys(e, "read");
		*length += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

static int
write_text(const char *text, size_t length, struct error *e)
{
	for (size_t done = 0; done < length;) {
		ssize_t put = write(CONVERT_FD_OUT, text + done, length - done);

		if (put < 0 && errno != EINTR)
			return error_sys(e, "write");
		done += put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static int
work(struct error *e)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *json = NULL;
	size_t length, json_length;

	TRY(convert_confine(e));
	text = malloc(CONVERT_BYTES + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	TRY(read_text(text, &length, e));
	TRY(convert_yaml(text, length, &json, &json_length, e));
	return write_text(json, json_length, e);
}

int
main(void)
{
	struct error e = { 0 };
	int failed = work(&e);

	return os_send(SOCKET, &e, sizeof(e), MSG_NOSIGNAL) !=
		   (ssize_t)sizeof(e) ||
	       failed < 0;
}
