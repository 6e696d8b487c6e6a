/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli/cli.h"

/* A log, and what was written to stderr. */
struct files {
	char log[32];
	int log_fd;
	int err;
};

static struct files
make_files(void)
{
	struct files files = { .log_fd = memfd_create("log", 0),
		.err = memfd_create("err", 0) };

	(void)snprintf(files.log, sizeof(files.log), "/proc/self/fd/%d",
	    files.log_fd);
	return files;
}

static const char *
text_of(int fd)
{
	static char text[8192];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

static void
report(const struct files *files, const struct cli *cli, const struct error *e)
{
	int saved = dup(2);

	fflush(stderr);
	dup2(files->err, 2);
	cli_report(cli, e);
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
}

static bool
is_like(const char *text, const char *pattern)
{
	return fnmatch(pattern, text, 0) == 0;
}

/* An error that the container has had a hand in. */
static struct error
hostile(void)
{
	struct error e = { 0 };

	error_errno(&e, ENOENT, "open \"a\"\n\x1b[2J\xff");
	error_wrap(&e, "create c1");
	return e;
}

Test(cli_log, an_error_is_one_line_on_stderr_and_one_object_in_the_log)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct files files = make_files();
	const struct cli cli = { .log = files.log, .log_format = "json" };
	const struct error e = hostile();
	const struct json *root;
	struct error failed = { 0 };

	report(&files, &cli, &e);
	cr_expect(eq(str, (char *)text_of(files.err),
	    "lorica: create c1: open \"a\"\\x0a\\x1b[2J\\xff: no such file or "
	    "directory\n"));
	const char *log = text_of(files.log_fd);
	cr_assert(zero(int,
		      json_parse(arena, log, strlen(log), &root, &failed)),
	    "%s", log);
	cr_expect(eq(str, json_find(root, "level")->text, "error"));
	cr_expect(eq(str, json_find(root, "msg")->text,
	    "create c1: open \"a\"\\x0a\\x1b[2J\\xff: no such file or "
	    "directory"));
	cr_expect(is_like(json_find(root, "time")->text,
	    "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:"
	    "[0-6][0-9]Z"));
}

Test(cli_log, as_text_it_is_one_line_too)
{
	static const char *const formats[] = { NULL, "text" };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct files files = make_files();
		const struct cli cli = { .log = files.log,
			.log_format = formats[i] };
		const struct error e = hostile();

		report(&files, &cli, &e);
		const char *log = text_of(files.log_fd);
		cr_expect(is_like(log,
			      "time=\"*Z\" level=error msg=\"create c1: open "
			      "\\\\\"a\\\\\"\\\\\\\\x0a*\"\n"),
		    "%s", log);
		cr_expect(eq(ptr, strchr(log, '\n'), strrchr(log, '\n')));
	}
}

Test(cli_log, a_log_that_cannot_be_written_is_told_in_the_same_line)
{
	struct files files = make_files();
	const struct cli cli = { .log = "/nowhere/log" };
	struct error e = { 0 };

	error_set(&e, EINVAL, "what failed");
	report(&files, &cli, &e);
	cr_expect(eq(str, (char *)text_of(files.err),
	    "lorica: what failed (--log: No such file or directory)\n"));
}

Test(cli_log, without_a_log_there_is_stderr_alone)
{
	struct files files = make_files();
	const struct cli cli = { 0 };
	struct error e = { 0 };

	error_set(&e, EINVAL, "what failed");
	report(&files, &cli, &e);
	cr_expect(eq(str, (char *)text_of(files.err), "lorica: what failed\n"));
	cr_expect(eq(str, (char *)text_of(files.log_fd), ""));
}

Test(cli_log, lines_are_added_and_say_their_level)
{
	struct files files = make_files();
	struct cli cli = { .log = files.log };

	cli_note(&cli, "one");
	cli_warn(&cli, "two");
	const char *log = text_of(files.log_fd);
	cr_expect(is_like(log, "time=\"*\" level=debug msg=\"one\"\n"
			       "time=\"*\" level=warning msg=\"two\"\n"),
	    "%s", log);
}

Test(cli_log, notes_and_warnings_are_for_those_who_ask)
{
	static const struct {
		struct cli cli;
		bool notes, warnings;
	} rows[] = {
		{ { 0 }, false, false },
		{ { .debug = true }, false, false },
		{ { .log = "l" }, false, false },
		{ { .log = "l", .debug = true }, true, true },
		{ { .log = "l", .log_level = "debug" }, true, true },
		{ { .log = "l", .log_level = "warning" }, false, true },
		{ { .log = "l", .log_level = "error" }, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(int, cli_takes_notes(&rows[i].cli), rows[i].notes),
		    "row %zu", i);
		cr_expect(eq(int, cli_takes_warnings(&rows[i].cli),
			      rows[i].warnings),
		    "row %zu", i);
	}
}
