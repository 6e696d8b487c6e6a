/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-systemd: read one request, do it, answer.
 *
 * It is run by lorica alone (scope/scope.h). It needs no power but its uid, and
 * gives up the rest first; it reads nothing but the request, the place of the
 * user's bus, and what systemd answers. When nobody answers in time, it says so
 * and ends: whoever asked undoes what may have been done.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "bus.h"
#include "os/os.h"

#define TIME_LIMIT_S 30

/* What the answer is when the time is over; made ready before. */
static struct error late;

static void
give_up(int number)
{
	(void)number;
	(void)send(1, &late, sizeof(late), MSG_NOSIGNAL);
	_exit(1);
}

static int
drop_powers(struct error *e)
{
	const struct __user_cap_data_struct none[2] = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || os_capset(none) < 0)
		return error_sys(e, "give up capabilities");
	return 0;
}

static int
read_request(char *text, size_t size, size_t *length, struct error *e)
{
	ssize_t got;

	for (*length = 0; *length < size; *length += (size_t)got) {
		got = read(0, text + *length, size - *length);
		if (got < 0)
			return error_sys(e, "read the request");
		if (got == 0)
			return 0;
	}
	return error_set(e, E2BIG, "a request of more than %u bytes",
	    LIMIT_UNIT_BYTES);
}

static int
serve(const struct unit_request *request, struct error *e)
{
	AUTO(bus_close) struct bus bus = { 0 };

	if (bus_open(request->manager, &bus, e) < 0) {
		/* Its units ended with it. */
		if (request->verb == UNIT_STOP &&
		    (e->code == ENOENT || e->code == ECONNREFUSED)) {
			*e = (struct error){ 0 };
			return 0;
		}
		return -e->code;
	}
	return bus_serve(&bus, request, e);
}

static int
run(struct error *e)
{
	size_t size = LIMIT_UNIT_BYTES + 1, length;
	AUTO_FREE char *text = malloc(size);
	struct unit_request request;

	if (text == NULL)
		return error_sys(e, "memory");
	TRY(drop_powers(e));
	TRY(read_request(text, size, &length, e));
	TRY(unit_parse(text, length, &request, e));
	error_set(&late, ETIMEDOUT, "systemd was not done with %s in %d s",
	    request.name, TIME_LIMIT_S);
	(void)signal(SIGALRM, give_up);
	(void)alarm(TIME_LIMIT_S);
	int failed = serve(&request, e);
	(void)alarm(0);
	return failed;
}

int
main(void)
{
	struct error e = { 0 };

	if (run(&e) < 0 && e.code == 0)
		error_set(&e, EIO, "no reason is known");
	return send(1, &e, sizeof(e), MSG_NOSIGNAL) == (ssize_t)sizeof(e) ? 0
									  : 1;
}
