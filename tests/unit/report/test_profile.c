/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "report/report.h"

/* A home with a directory, and links to it and to nothing. */
static char home[] = "/tmp/lorica-report-XXXXXX";

static void
make_home(void)
{
	char path[64];

	cr_assert(ne(ptr, mkdtemp(home), NULL));
	(void)snprintf(path, sizeof(path), "%s/real", home);
	cr_assert(zero(int, mkdir(path, 0700)));
	(void)snprintf(path, sizeof(path), "%s/link", home);
	cr_assert(zero(int, symlink("real", path)));
}

static void
remove_home(void)
{
	static const char *const names[] = { "real/made", "real/.gitmore",
		"real", "link", "" };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", home, names[i]);
		(void)remove(path);
	}
}

/* The profile of what was refused there, with a line of notes for each. */
static char *
learned(const char *call, const char *object, char **notes)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(report_free) struct report report = { 0 };
	struct report_request request;
	struct error e = { 0 };
	char text[1024], *said = NULL;
	size_t length;

	(void)snprintf(text, sizeof(text),
	    "{\"format\":\"profile\",\"mode\":\"guard\",\"home\":\"%s\","
	    "\"kept\":[\"%s/real/kept\"],\"narrow\":[\"%s\"],"
	    "\"anywhere\":[\"/.git\",\"/.claude/hooks\"],\"config\":{}}",
	    home, home, home);
	cr_assert(zero(int,
	    report_request_read(arena, text, strlen(text), &request, &e)));
	cr_assert(zero(int, report_begin(&report, &request, &e)));
	int count = snprintf(text, sizeof(text),
	    "{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"kind\":\"call\","
	    "\"pid\":1,\"tid\":1,\"call\":\"%s\",\"result\":-30,\"errno\":"
	    "\"EROFS\",\"sound\":true,\"object\":\"%s/%s\"}",
	    call, home, object);
	report_take_line(&report, text, (size_t)count);
	FILE *out = open_memstream(&said, &length);
	FILE *note = open_memstream(notes, &length);
	cr_assert(zero(int, report_put_profile(out, &report, note, &e)));
	(void)fclose(out);
	(void)fclose(note);
	return said;
}

Test(report_profile, learns_a_place_by_the_home, .init = make_home,
    .fini = remove_home)
{
	AUTO_FREE char *notes = NULL, *text = learned("chmod", "real", &notes);

	cr_expect(eq(str, text, "{\n\t\"rw\": [\"~/real\"]\n}\n"));
	cr_expect(
	    eq(str, notes, "lorica: sandbox: note: learned: rw ~/real\n"));
}

Test(report_profile, makes_a_directory_that_would_have_been, .init = make_home,
    .fini = remove_home)
{
	AUTO_FREE char *notes = NULL,
		       *text = learned("mkdir", "real/made", &notes);

	cr_expect(eq(str, text, "{\n\t\"rw\": [\"~/real/made\"]\n}\n"));
	cr_expect(strncmp(notes, "lorica: sandbox: note: made: ~/real/made\n",
		      41) == 0);
}

/* It was no link when it was refused. */
Test(report_profile, follows_no_link, .init = make_home, .fini = remove_home)
{
	static const char *const objects[] = { "link", "link/made" };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		AUTO_FREE char *notes = NULL,
			       *text = learned("mkdir", objects[i], &notes);

		cr_expect(eq(str, text, "{}\n"));
		cr_expect(strstr(notes, "a link has been put") != NULL, "%s",
		    notes);
	}
	(void)snprintf(path, sizeof(path), "%s/real/made", home);
	cr_expect(ne(int, access(path, F_OK), 0));
}

Test(report_profile, leaves_out_what_is_kept, .init = make_home,
    .fini = remove_home)
{
	AUTO_FREE char *notes = NULL,
		       *text = learned("mkdir", "real/kept/x", &notes);

	cr_expect(eq(str, text, "{}\n"));
	cr_expect(strstr(notes, "programs outside run or obey it") != NULL);
}

Test(report_profile, leaves_out_other_projects, .init = make_home,
    .fini = remove_home)
{
	static const char *const objects[] = { ".git", ".git/x", "real/.git",
		"real/.claude/hooks/x" };

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		AUTO_FREE char *notes = NULL,
			       *text = learned("mkdir", objects[i], &notes);

		cr_expect(eq(str, text, "{}\n"), "%s", objects[i]);
	}
	AUTO_FREE char *notes = NULL,
		       *text = learned("mkdir", "real/.gitmore", &notes);
	cr_expect(ne(str, text, "{}\n"));
}
