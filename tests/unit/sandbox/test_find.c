/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "sandbox/box.h"
#include "sandbox/profile.h"

static char top[] = "/tmp/lorica-find-XXXXXX";
static char variable[sizeof(top) + 32];
static char *const env[] = { variable, NULL };
static struct json_arena *arena;
static struct sandbox_options got;
static struct error e;

/* The user's profiles are in "lorica/sandbox", helpers in "libexec", below top.
 */
static void
begin(void)
{
	char path[PATH_MAX];

	cr_assert(ne(ptr, mkdtemp(top), NULL));
	(void)snprintf(variable, sizeof(variable), "XDG_CONFIG_HOME=%s", top);
	(void)snprintf(path, sizeof(path), "%s/lorica/sandbox", top);
	cr_assert(zero(int, profile_make_config(path)));
	(void)snprintf(path, sizeof(path), "%s/libexec", top);
	cr_assert(zero(int, mkdir(path, 0700)));
	cr_assert(zero(int, setenv("LORICA_LIBEXEC", path, 1)));
	arena = json_arena_new();
	cr_assert(ne(ptr, arena, NULL));
}

static void
finish(void)
{
	char command[sizeof(top) + 16];

	json_arena_free(&arena);
	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(sandbox_find, .init = begin, .fini = finish);

static FILE *
make(const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	FILE *file = fopen(path, "w");
	cr_assert(ne(ptr, file, NULL));
	(void)fchmod(fileno(file), 0700);
	return file;
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = make(name);

	fputs(text, file);
	cr_assert(zero(int, fclose(file)));
}

/* A helper that does as the script says, and may give this answer. */
static void
make_helper(const char *script, const struct error *answer)
{
	FILE *file = make("answer");

	cr_assert(eq(sz, fwrite(answer, sizeof(*answer), 1, file), 1));
	cr_assert(zero(int, fclose(file)));
	file = make("libexec/lorica-yaml");
	fprintf(file, "#!/bin/sh\nanswer=%s/answer\n%s\n", top, script);
	cr_assert(zero(int, fclose(file)));
}

static int
load(const char *name)
{
	got = (struct sandbox_options){ 0 };
	e = (struct error){ 0 };
	return sandbox_profile_load(name, env, arena, &got, &e);
}

static void __attribute__((format(printf, 1, 2)))
expect_error(const char *format, ...)
{
	char line[ERROR_TEXT_MAX], want[ERROR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	error_format(&e, line, sizeof(line));
	cr_expect(eq(str, line, want));
}

static const struct error fine = { 0 };

Test(sandbox_find, a_name_tells_what_a_file_is)
{
	cr_expect(sandbox_profile_is_yaml("/a/b.yaml"));
	cr_expect(sandbox_profile_is_yaml("b.yml"));
	cr_expect(not(sandbox_profile_is_yaml("b.json")));
	cr_expect(not(sandbox_profile_is_yaml("/a/.lorica")));
	cr_expect(not(sandbox_profile_is_yaml("yaml")));
	cr_expect(not(sandbox_profile_is_yaml("b.yaml.json")));
}

Test(sandbox_find, one_in_yaml_is_what_the_helper_makes_of_it)
{
	static const char *const ends[] = { "yaml", "yml" };

	make_helper("sed s/five/5/ >&3; cat $answer", &fine);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "lorica/sandbox/mine%zu.%s",
		    i, ends[i]);
		write_file(name, "{\"pids\": five}");
		(void)snprintf(name, sizeof(name), "mine%zu", i);
		cr_expect(zero(int, load(name)), "%s", e.text);
		cr_expect(got.pids != NULL && strcmp(got.pids, "5") == 0);
	}
}

Test(sandbox_find, two_of_a_name_are_an_error)
{
	make_helper("cat >&3; cat $answer", &fine);
	write_file("lorica/sandbox/mine.json", "{}");
	write_file("lorica/sandbox/mine.yml", "{}");
	cr_expect(lt(int, load("mine"), 0));
	expect_error("profile %s/lorica/sandbox/mine.json: "
		     "%s/lorica/sandbox/mine.yml is there as well: which one?",
	    top, top);
}

Test(sandbox_find, what_the_helper_says_is_said_with_the_file)
{
	struct error answer = { 0 };

	error_set(&answer, EINVAL, "3: so it is");
	make_helper("cat $answer", &answer);
	write_file("lorica/sandbox/mine.yaml", "x");
	cr_expect(eq(int, load("mine"), -EINVAL));
	expect_error("profile %s/lorica/sandbox/mine.yaml:3: so it is", top);
	answer = (struct error){ 0 };
	error_errno(&answer, ENOMEM, "memory");
	make_helper("cat $answer", &answer);
	cr_expect(eq(int, load("mine"), -ENOMEM));
	expect_error("profile %s/lorica/sandbox/mine.yaml: memory: cannot "
		     "allocate memory",
	    top);
}

Test(sandbox_find, a_helper_without_an_answer_allows_nothing)
{
	make_helper("echo '{\"net\": \"host\"}' >&3", &fine);
	write_file("lorica/sandbox/mine.yaml", "x");
	cr_expect(lt(int, load("mine"), 0));
	expect_error("profile %s/lorica/sandbox/mine.yaml: "
		     "%s/libexec/lorica-yaml gave no answer",
	    top, top);
	cr_expect(got.net == NULL);
}

Test(sandbox_find, a_helper_writes_no_more_than_a_profile_may_be)
{
	make_helper("head -c 200000 /dev/zero >&3; cat $answer", &fine);
	write_file("lorica/sandbox/mine.yaml", "x");
	cr_expect(lt(int, load("mine"), 0));
	expect_error("profile %s/lorica/sandbox/mine.yaml: larger than 65536 "
		     "bytes",
	    top);
}

Test(sandbox_find, without_the_helper_it_is_said_what_is_missing)
{
	write_file("lorica/sandbox/mine.yaml", "x");
	cr_expect(eq(int, load("mine"), -ENOTSUP));
	expect_error("profile %s/lorica/sandbox/mine.yaml: lorica-yaml is not "
		     "installed: it is built where libyaml is (Debian: apt "
		     "install libyaml-dev)",
	    top);
}

/* In the directory that is worked in. */
static int
load_project(bool trust)
{
	const struct sandbox_profiles from = {
		.dir = top,
		.trust = trust,
		.env = env,
	};

	got = (struct sandbox_options){ 0 };
	e = (struct error){ 0 };
	return sandbox_profiles_load(&from, arena, &got, &e);
}

Test(sandbox_find, a_projects_may_be_in_yaml)
{
	make_helper("cat >&3; cat $answer", &fine);
	write_file(".lorica.yaml", "{\"pids\": 7, \"rw\": [\"/x\"]}");
	cr_expect(zero(int, load_project(true)), "%s", e.text);
	cr_expect(got.pids != NULL && strcmp(got.pids, "7") == 0);
	cr_expect(eq(sz, got.rw.count, 1));
	/* Agreed to once. */
	cr_expect(zero(int, load_project(false)), "%s", e.text);
	cr_expect(eq(sz, got.rw.count, 1));
	write_file(".lorica", "{}");
	cr_expect(lt(int, load_project(false), 0));
	expect_error("profile %s/.lorica: %s/.lorica.yaml is there as well: "
		     "which one?",
	    top, top);
}

Test(sandbox_find, what_is_saved_is_not_written_to_yaml)
{
	char where[PATH_MAX];

	write_file("lorica/sandbox/default.yaml", "# mine\nnet: none\n");
	cr_expect(eq(int, sandbox_profile_save(NULL, env, "a.test", where, &e),
	    -EINVAL));
	expect_error("%s/lorica/sandbox/default.yaml: YAML is not written to",
	    top);
}
