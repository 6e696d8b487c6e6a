/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-report: take the events, and write the report when they end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "report.h"

#define REQUEST_MAX (4u << 20)
#define SOCKET      1

/* ---- in ------------------------------------------------------------------
 */

static int
read_request(struct json_arena *arena, struct report_request *out,
    struct error *e)
{
	AUTO_FREE char *text = malloc(REQUEST_MAX);
	size_t length = 0;
	ssize_t got;

	if (text == NULL)
		return error_sys(e, "memory");
	while (length < REQUEST_MAX &&
	       (got = read(0, text + length, REQUEST_MAX - length)) > 0)
		length += (size_t)got;
	return report_request_read(arena, text, length, out, e);
}

/* Lines, as they come in pieces. What is longer than a line may be is none. */
static int
take_events(struct report *report, struct error *e)
{
	static char buf[8 * EVENT_LINE_MAX];
	size_t used = 0;
	ssize_t got;

	while ((got = read(REPORT_FD_EVENTS, buf + used, sizeof(buf) - used)) !=
	       0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_sys(e, "read the events");
		used += (size_t)got;
		char *at = buf, *end;
		while ((end = memchr(at, '\n', used - (size_t)(at - buf))) !=
		       NULL) {
			report_take_line(report, at, (size_t)(end + 1 - at));
			at = end + 1;
		}
		used -= (size_t)(at - buf);
		memmove(buf, at, used);
		if (used == sizeof(buf)) {
			report->lost++;
			used = 0;
		}
	}
	return 0;
}

/* ---- out -----------------------------------------------------------------
 */

static int
put_profile(FILE *out, const struct report *report, struct error *e)
{
	FILE *notes = fdopen(REPORT_FD_NOTES, "w");

	if (notes == NULL)
		return error_sys(e, "standard error");
	int failed = report_put_profile(out, report, notes, e);
	(void)fclose(notes);
	return failed;
}

/* As it comes: a report may be larger than what should be held of it. */
static int
put(int fd, const struct report *report, struct error *e)
{
	FILE *out = fdopen(fd, "w");
	int failed = 0;

	if (out == NULL) {
		close(fd);
		return error_sys(e, "memory");
	}
	if (report->request->format == REPORT_JSON)
		report_put_json(out, report);
	else if (report->request->format == REPORT_TEXT)
		report_put_text(out, report);
	else
		failed = put_profile(out, report, e);
	bool is_short = ferror(out) != 0;
	if ((fclose(out) != 0 || is_short) && failed == 0)
		failed = error_sys(e, "write the report");
	return failed;
}

/*
 * In the place of whatever has the name by now: a link that the command has put
 * there goes, and what it leads to stays as it is. The name until then is not
 * to be guessed, or the command would take it first.
 */
static int
replace(const struct report *report, struct error *e)
{
	const char *name = report->request->name;
	char temporary[64];
	uint64_t chance;

	if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance))
		return error_sys(e, "getrandom");
	(void)snprintf(temporary, sizeof(temporary),
	    ".lorica-report-%016" PRIx64, chance);
	int fd = openat(REPORT_FD_OUT, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_sys(e, "make the report");
	int failed = put(fd, report, e);
	if (failed == 0 &&
	    renameat(REPORT_FD_OUT, temporary, REPORT_FD_OUT, name) < 0)
		failed = error_sys(e, "%s", name);
	if (failed < 0)
		(void)unlinkat(REPORT_FD_OUT, temporary, 0);
	return failed;
}

/* ---- all of it -----------------------------------------------------------
 */

/* What is said after the events. False: nobody wants a report. */
static bool
hear_end(struct report *report)
{
	static const char refused[] = "refused ", own[] = "own ",
			  status[] = "status ", more[] = "more ";
	char text[512 + 1];

	for (;;) {
		ssize_t got = recv(SOCKET, text, sizeof(text) - 1, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		text[got] = '\0';
		if (strncmp(text, refused, strlen(refused)) == 0) {
			report_take_refused(report, text + strlen(refused),
			    false);
		} else if (strncmp(text, own, strlen(own)) == 0) {
			report_take_refused(report, text + strlen(own), true);
		} else if (strncmp(text, status, strlen(status)) == 0) {
			report->status =
			    (int)strtol(text + strlen(status), NULL, 10);
			return true;
		} else if (strncmp(text, more, strlen(more)) == 0) {
			report->truncated +=
			    strtoul(text + strlen(more), NULL, 10);
		}
	}
}

static bool
answer(const struct error *e)
{
	return os_send(SOCKET, e, sizeof(*e), MSG_NOSIGNAL) ==
	       (ssize_t)sizeof(*e);
}

static int
work(struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(report_free) struct report report = { 0 };
	struct report_request request;
	const struct error ready = { 0 };

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(read_request(arena, &request, e));
	TRY(report_confine(request.format == REPORT_PROFILE, e));
	TRY(report_begin(&report, &request, e));
	if (!answer(&ready))
		return 0;
	TRY(take_events(&report, e));
	if (!hear_end(&report))
		return 0;
	return request.name != NULL ? replace(&report, e)
				    : put(REPORT_FD_OUT, &report, e);
}

int
main(void)
{
	/* What the terminal sends is for the command; it ends first. */
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGTSTP, SIGPIPE };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	int failed = work(&e);
	(void)answer(&e);
	return failed < 0;
}
