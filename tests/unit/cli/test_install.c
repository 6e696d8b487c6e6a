/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/install.h"

static char directory[] = "/tmp/lorica-test-XXXXXX";
static char config[64];

static void
begin(const char *text)
{
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	(void)snprintf(config, sizeof(config), "%s/config.json", directory);
	FILE *file = fopen(config, "w");
	cr_assert(ne(ptr, file, NULL));
	fputs(text, file);
	cr_assert(zero(int, fclose(file)));
	cr_assert(zero(int, chmod(config, 0640)));
}

static void
end(void)
{
	cr_expect(zero(int, unlink(config)));
	/* Nothing else is left there. */
	cr_expect(zero(int, rmdir(directory)));
}

static char *
read_all(void)
{
	char *text = calloc(1, 4096);
	FILE *file = fopen(config, "r");

	cr_assert(ne(ptr, file, NULL));
	cr_assert(gt(sz, fread(text, 1, 4095, file), 0));
	fclose(file);
	return text;
}

static const struct spec_seccomp profile = { .default_action = 0x7fff0000 };

#define SECCOMP                                                                \
	"\"seccomp\": {\n\t\t\t\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\t\t\t" \
	"\"syscalls\": [\n\t\t\t]\n\t\t}"

Test(cli_install, the_profile_takes_the_place_of_what_is_there)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "{}", "{\n\t\"linux\": {\n\t\t" SECCOMP "\n\t}\n}\n" },
		{ "{\"linux\": null}",
		    "{\n\t\"linux\": {\n\t\t" SECCOMP "\n\t}\n}\n" },
		{ "{\"a\": [1, \"\\\"\\u0001\", {}], \"linux\": {\"seccomp\": "
		  "{\"defaultAction\": \"SCMP_ACT_LOG\"}, \"b\": null}}",
		    "{\n\t\"a\": [\n\t\t1,\n\t\t\"\\\"\\u0001\",\n\t\t{}\n\t],"
		    "\n\t\"linux\": {\n\t\t\"b\": null,\n\t\t" SECCOMP
		    "\n\t}\n}\n" },
		{ "{\"annotations\": {\"dev.lorica.seccomp\": \"strict\", "
		  "\"x\": \"y\"}, \"linux\": {}, \"seccomp\": {\"linux\": {}}}",
		    "{\n\t\"annotations\": {\n\t\t\"x\": \"y\"\n\t},\n\t"
		    "\"linux\": {\n\t\t" SECCOMP
		    "\n\t},\n\t\"seccomp\": {\n\t\t\"linux\": {}\n\t}\n}\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		struct stat st;

		strcpy(directory + strlen("/tmp/lorica-test-"), "XXXXXX");
		begin(rows[i].before);
		cr_assert(zero(int, cli_install_profile(config, &profile, &e)),
		    "%s", e.text);
		AUTO_FREE char *text = read_all();
		cr_expect(eq(str, text, (char *)(uintptr_t)rows[i].after));
		cr_expect(zero(int, stat(config, &st)));
		cr_expect(eq(u32, st.st_mode & 07777, 0640));
		end();
	}
}

Test(cli_install, a_link_stays_one)
{
	char link[80];
	struct error e = { 0 };
	struct stat st;

	begin("{\"linux\": {}}");
	(void)snprintf(link, sizeof(link), "%s/link", directory);
	cr_assert(zero(int, symlink("config.json", link)));
	cr_assert(zero(int, cli_install_profile(link, &profile, &e)));
	cr_assert(zero(int, lstat(link, &st)));
	cr_expect(eq(u32, st.st_mode & S_IFMT, S_IFLNK));
	AUTO_FREE char *text = read_all();
	cr_expect(ne(ptr, strstr(text, "SCMP_ACT_ALLOW"), NULL));
	cr_expect(zero(int, unlink(link)));
	end();
}

Test(cli_install, what_is_no_json_stays_as_it_is)
{
	struct error e = { 0 };

	begin("{\"linux\": }");
	cr_expect(eq(int, cli_install_profile(config, &profile, &e), -EINVAL));
	AUTO_FREE char *text = read_all();
	cr_expect(eq(str, text, (char[]){ "{\"linux\": }" }));
	end();
	e = (struct error){ 0 };
	cr_expect(
	    eq(int, cli_install_profile("/no/such", &profile, &e), -ENOENT));
}
