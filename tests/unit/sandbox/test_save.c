/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "sandbox/box.h"
#include "sandbox/profile.h"

static char home[] = "/tmp/lorica-save-XXXXXX";
static char variable[sizeof(home) + 16];
static char *const env[] = { variable, NULL };
static char where[PATH_MAX];
static struct error e;

static void
begin(void)
{
	char path[PATH_MAX];

	cr_assert(ne(ptr, mkdtemp(home), NULL));
	(void)snprintf(variable, sizeof(variable), "XDG_CONFIG_HOME=%s", home);
	(void)snprintf(path, sizeof(path), "%s/lorica/sandbox", home);
	cr_assert(zero(int, profile_make_config(path)));
}

static void
finish(void)
{
	char command[sizeof(home) + 16];

	(void)snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_expect(zero(int, system(command)));
}

TestSuite(sandbox_save, .init = begin, .fini = finish);

static char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/lorica/sandbox/%s.json", home,
	    name);
	return path;
}

static void
write_profile(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");

	cr_assert(ne(ptr, file, NULL));
	fputs(text, file);
	cr_assert(zero(int, fclose(file)));
}

static char *
profile_text(const char *name)
{
	static char text[4096];
	FILE *file = fopen(path_of(name), "r");

	cr_assert(ne(ptr, file, NULL));
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	return text;
}

static int
save(const char *name, const char *item)
{
	e = (struct error){ 0 };
	return sandbox_profile_save(name, env, item, where, &e);
}

Test(sandbox_save, a_first_destination_makes_the_default)
{
	struct stat st;

	cr_expect(eq(int, save(NULL, "a.test"), 1), "%s", e.text);
	cr_expect(eq(str, where, path_of("default")));
	cr_expect(
	    eq(str, profile_text("default"), "{\n\t\"net\": \"a.test\"\n}\n"));
	cr_expect(zero(int, stat(where, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0600));
}

Test(sandbox_save, other_members_stay_as_they_are)
{
	struct stat st;

	write_profile("mine", "{ \"memory\": 1000000000, \"net\": "
			      "\"a.test:80\", \"rw\": [ \"?x\" ] }");
	cr_expect(zero(int, chmod(path_of("mine"), 0640)));
	cr_expect(eq(int, save("mine", "10.0.0.1:22"), 1), "%s", e.text);
	cr_expect(eq(str, profile_text("mine"),
	    "{\n\t\"memory\": 1000000000,\n\t\"net\": "
	    "\"a.test:80,10.0.0.1:22\",\n\t\"rw\": [\"?x\"]\n}\n"));
	cr_expect(zero(int, stat(where, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0640));
}

Test(sandbox_save, what_is_listed_is_not_listed_twice)
{
	static const char text[] = "{ \"net\": \"*.test\" }";

	write_profile("mine", text);
	cr_expect(zero(int, save("mine", "a.test:80")));
	cr_expect(eq(str, profile_text("mine"), (char *)(uintptr_t)text));
}

Test(sandbox_save, a_profile_that_is_built_in_becomes_the_users)
{
	cr_expect(eq(int, save("agent", "a.test"), 1), "%s", e.text);
	char *text = profile_text("agent");
	cr_expect(ne(ptr, strstr(text, "\"net\": \"a.test\""), NULL));
	cr_expect(ne(ptr, strstr(text, "\"hide\": "), NULL));
}

Test(sandbox_save, nor_where_all_is_allowed)
{
	static const char text[] = "{ \"net\": \"host\" }";

	write_profile("mine", text);
	cr_expect(zero(int, save("mine", "a.test:80")));
	cr_expect(eq(str, profile_text("mine"), (char *)(uintptr_t)text));
}

/* The one that is written would be in the place of what counted. */
Test(sandbox_save, the_list_that_counts_is_made_longer)
{
	write_profile("default", "{ \"net\": \"a.test:80\" }");
	write_profile("mine", "{ \"time\": 60 }");
	cr_expect(eq(int, save("mine", "b.test:80"), 1), "%s", e.text);
	cr_expect(eq(str, profile_text("mine"),
	    "{\n\t\"time\": 60,\n\t\"net\": \"a.test:80,b.test:80\"\n}\n"));
	cr_expect(zero(int, save("mine", "a.test:80")));
}

/* A sandbox can do so, which sees the directory. */
Test(sandbox_save, a_lock_that_is_held_is_not_waited_for, .timeout = 20)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/lorica/sandbox", home);
	int held = open(path, O_RDONLY | O_DIRECTORY);
	cr_assert(zero(int, flock(held, LOCK_EX)));
	cr_expect(eq(int, save(NULL, "a.test"), -EWOULDBLOCK));
	cr_expect(eq(int, access(path_of("default"), F_OK), -1));
	close(held);
	cr_expect(eq(int, save(NULL, "a.test"), 1), "%s", e.text);
}

Test(sandbox_save, what_is_not_written_to)
{
	static const char wrong[] = "{ \"nothing\": 1 }";
	char link[PATH_MAX];

	cr_expect(lt(int, save("./mine", "a.test"), 0));
	write_profile("wrong", wrong);
	cr_expect(lt(int, save("wrong", "a.test"), 0));
	cr_expect(eq(str, profile_text("wrong"), (char *)(uintptr_t)wrong));
	write_profile("real", "{}");
	(void)snprintf(link, sizeof(link), "%s", path_of("link"));
	cr_expect(zero(int, symlink("real.json", link)));
	cr_expect(lt(int, save("link", "a.test"), 0));
	cr_expect(eq(str, profile_text("real"), "{}"));
	cr_expect(lt(int, save(NULL, "no destination"), 0));
}
