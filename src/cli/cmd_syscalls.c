/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscalls - what of the kernel a container may call.
 *
 * The answer comes from the program that would be loaded. A word is taken for a
 * profile of ours, else with a slash for a path, else for a container, else for
 * a path.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "cli.h"
#include "container/store.h"
#include "intercept.h"
#include "sandbox_root.h"
#include "spec/spec.h"
#include "surface.h"

static int
read_bundle(const char *path, struct spec **out, struct error *e)
{
	AUTO_FREE char *file = NULL;
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	if (asprintf(&file, "%s/config.json", path) < 0)
		return error_errno(e, ENOMEM, "memory");
	TRY(cli_read_document("bundle", file, &text, &length, e));
	if (spec_parse(text, length, NULL, NULL, out, e) < 0 ||
	    spec_validate(*out, e) < 0)
		return error_wrap(e, "%s", file);
	return 0;
}

/* The state directory is asked for no sooner than it is needed. */
static int
read_container(const struct cli *cli, const char *id, struct spec **out,
    struct error *e)
{
	const char *root = cli->root;
	char buf[PATH_MAX];

	if (root == NULL) {
		TRY(sandbox_root_look(buf, e));
		root = buf;
	}
	return container_spec_read(root, id, out, e);
}

static int
read_word(const struct cli *cli, const char *word, struct spec **out,
    struct error *e)
{
	bool is_path = strchr(word, '/') != NULL || word[0] == '.';
	const char *own = spec_profile_of_process(word);
	struct error none = { 0 };
	struct error missing = { 0 };
	int failed = -ENOENT;
	struct stat st;

	if (own != NULL)
		return spec_parse_profile(own, strlen(own),
		    spec_default_bounding(), out, e);
	if (spec_profile_find(word) != NULL)
		return cli_read_profile(word, out, e);
	if (!is_path && store_id_check(word, &none) == 0) {
		failed = read_container(cli, word, out, &missing);
		if (failed >= 0)
			return 0;
	}
	bool is_there = stat(word, &st) == 0;
	if (!is_there && failed != -ENOENT) {
		*e = missing;
		return failed;
	}
	if (!is_there)
		return error_set(e, errno,
		    "\"%s\" is no profile, no container and no bundle", word);
	return S_ISDIR(st.st_mode) ? read_bundle(word, out, e)
				   : cli_read_profile(word, out, e);
}

static int
look(const struct cli *cli, const char *word, bool has_words,
    struct surface *out, struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;

	TRY(read_word(cli, word, &spec, e));
	if (surface_look(word, spec->lnx.seccomp, has_words, out, e) < 0)
		return error_wrap(e, "%s", word);
	return 0;
}

static const char *const modes[] = { "observe", "guard", "sealed", NULL };

/* What the interception layer makes of calls, whatever a profile says. */
static int
print_mode(const char *name, bool json, struct error *e)
{
	enum syscall_mode mode;

	if (!syscall_mode_parse(name, &mode))
		return error_set(e, EINVAL, "--intercept: \"%s\" is no mode",
		    name);
	(json ? intercept_print_json : intercept_print_text)(stdout, mode);
	return 0;
}

static int
print_surfaces(const struct cli_call *call, int at, bool diff, bool json,
    struct error *e)
{
	AUTO(surface_free) struct surface one = { 0 };
	AUTO(surface_free) struct surface other = { 0 };

	if (call->argc == at)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	if (diff != (call->argc - at == 2))
		return error_set(e, EINVAL,
		    diff ? "--diff: expected two" : "two need --diff");
	TRY(look(call->cli, call->argv[at], !json, &one, e));
	if (diff) {
		TRY(look(call->cli, call->argv[at + 1], !json, &other, e));
		(json ? surface_diff_json : surface_diff_text)(stdout, &one,
		    &other);
	} else {
		(json ? surface_print_json : surface_print_text)(stdout, &one);
	}
	return 0;
}

int
cli_syscalls(struct cli_call *call, struct error *e)
{
	bool diff = false;
	bool json = false;
	bool markdown = false;
	const char *mode = NULL;
	const struct cli_option options[] = {
		{ "diff", 0, NULL, "what differs between two", .flag = &diff },
		{ "intercept", 0, "MODE",
		    "what observe, guard or sealed makes of every call",
		    .words = modes, .value = &mode },
		{ "json", 0, NULL, "for programs", .flag = &json },
		{ "markdown", 0, NULL, "all modes, as docs/SYSCALLS.md has it",
		    .flag = &markdown },
		{ NULL },
	};
	int at = cli_words(call, options, 0, 2, e);
	int words;

	if (at < 0)
		return at;
	words = call->argc - at;
	if ((mode != NULL || markdown) && words > 0)
		return error_set(e, EINVAL,
		    "%s: is the same for every container, so no name is "
		    "expected",
		    markdown ? "--markdown" : "--intercept");
	if (markdown) {
		intercept_print_markdown(stdout);
		return 0;
	}
	if (mode != NULL)
		return print_mode(mode, json, e);
	return print_surfaces(call, at, diff, json, e);
}
