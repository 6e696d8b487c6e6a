/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a whole request becomes. The defaults and their holes are tested by
 * tests/integration/120-sandbox.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "sandbox/sandbox.h"

static char home[] = "/var/lorica-unit-XXXXXX";

static void
ignore(void *context, const char *text)
{
	(void)context;
	(void)text;
}

/* The text, which is a valid configuration; or the error's. */
static char *
configure(struct sandbox_request *request, char *variables[])
{
	static char state[] = "/nowhere";
	AUTO(spec_free) struct spec *spec = NULL;
	char *text = NULL;
	size_t length;
	struct error e = { 0 };

	request->env = variables;
	request->state = state;
	request->note = ignore;
	if (sandbox_config(request, &text, &length, &e) < 0) {
		text = malloc(256);
		error_format(&e, text, 256);
		return text;
	}
	cr_assert(zero(int, spec_parse(text, length, NULL, NULL, &spec, &e)),
	    "%s", e.text);
	cr_assert(zero(int, spec_validate(spec, &e)), "%s", e.text);
	return text;
}

static char *
configure_here(struct sandbox_request *request)
{
	char variable[64];
	char *variables[] = { variable, NULL };
	char *words[] = { (char[]){ "true" }, NULL };

	if (mkdtemp(home) == NULL)
		cr_skip_test("no place in /var");
	(void)snprintf(variable, sizeof(variable), "HOME=%s", home);
	cr_assert(zero(int, chdir(home)));
	cr_assert(zero(int, mkdir("project", 0700)));
	cr_assert(zero(int, mkdir(".ssh", 0700)));
	cr_assert(zero(int, chdir("project")));
	request->args = (struct spec_strings){ words, 1 };
	char *text = configure(request, variables);
	cr_assert(zero(int, chdir("/")));
	char command[96];
	(void)snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert(zero(int, system(command)));
	return text;
}

Test(sandbox_config, hides_by_default_and_shows_what_is_asked_for)
{
	struct sandbox_request request = { 0 };
	AUTO_FREE char *text = configure_here(&request);
	char place[64];

	(void)snprintf(place, sizeof(place), "\"%s/.ssh\"", home);
	cr_expect(strstr(text, place) != NULL, "%s", text);
	(void)snprintf(place, sizeof(place), "\"destination\":\"%s/project\"",
	    home);
	cr_expect(strstr(text, place) != NULL, "%s", text);
	cr_expect(strstr(text, "\"type\":\"network\"") != NULL);
	cr_expect(strstr(text, "\"type\":\"user\"") != NULL);
}

Test(sandbox_config, what_is_asked_for_is_shown)
{
	char path[] = "../.ssh";
	char *items[] = { path, NULL };
	struct sandbox_request request = {
		.options = { .ro = { items, 1 }, .net = "host" },
	};
	AUTO_FREE char *text = configure_here(&request);
	char *masked = strstr(text, "\"maskedPaths\"");
	char place[64];

	(void)snprintf(place, sizeof(place), "\"%s/.ssh\"", home);
	cr_assert(masked != NULL, "%s", text);
	cr_expect(strstr(masked, place) == NULL);
	cr_expect(strstr(text, "\"type\":\"network\"") == NULL);
}

Test(sandbox_config, errors_name_the_option)
{
	char path[] = "gone:/x";
	char *items[] = { path, NULL };
	struct sandbox_request request = {
		.options = { .bind = { items, 1 } },
	};
	AUTO_FREE char *text = configure_here(&request);

	cr_expect(
	    eq(str, text, (char *)"--bind: gone: no such file or directory"));
}

Test(sandbox_config, a_window_needs_a_compositor)
{
	struct sandbox_request request = { .options = { .gui = true } };
	AUTO_FREE char *text = configure_here(&request);

	cr_expect(eq(str, text,
	    (char *)"--gui: no Wayland compositor: XDG_RUNTIME_DIR is not "
		    "set"));
}

Test(sandbox_config, a_user_is_two_numbers)
{
	struct sandbox_request request = { .options = { .user = "-1" } };
	AUTO_FREE char *text = configure_here(&request);

	cr_expect(eq(str, text, (char *)"--user: \"-1\" is not UID[:GID]"));
}

Test(sandbox_config, root_is_a_show_of_the_interception_layer)
{
	struct sandbox_request request = { .options = { .root = true } };
	AUTO_FREE char *text = configure_here(&request);

	cr_expect(strstr(text, "\"dev.lorica.fakeroot\":\"true\"") != NULL);
	cr_expect(strstr(text, "\"user\":{\"uid\":0,\"gid\":0}") != NULL);
	cr_expect(strstr(text, "\"capabilities\":{}") != NULL);
	cr_expect(strstr(text, "\"dev.lorica.apart\":\"true\"") != NULL);
}

Test(sandbox_config, a_show_of_root_needs_who_gives_it)
{
	static const struct {
		const char *user, *intercept, *want;
	} rows[] = {
		{ "3", NULL, "--root: --user 3 is another" },
		{ "0:3", NULL, "--root: --user 0:3 is another" },
		{ NULL, "off",
		    "--root: needs --intercept guard or sealed, not off" },
		{ NULL, "observe",
		    "--root: needs --intercept guard or sealed, not observe" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sandbox_request request = {
			.options = { .root = true,
			    .user = rows[i].user,
			    .intercept = rows[i].intercept }
		};
		(void)strcpy(home + strlen(home) - 6, "XXXXXX");
		AUTO_FREE char *text = configure_here(&request);

		cr_expect(eq(str, text, (char *)(uintptr_t)rows[i].want));
	}
}
