/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox_words.h"

#include <limits.h>
#include <stdlib.h>

#include "base/auto.h"

static int
check(const struct cli_call *call, const struct sandbox_words *words, int at,
    struct error *e)
{
	if (at == call->argc && words->image == NULL)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	if (words->image != NULL && (words->overlay || words->print))
		return error_set(e, EINVAL,
		    "--image: neither with --overlay, as what is written stays "
		    "in the image's files, nor with --print-config");
	if (words->image != NULL && words->told.learns)
		return error_set(e, EINVAL,
		    "learn: --image has other files than the machine, which a "
		    "profile is about");
	if (words->ask.is_on && words->told.learns)
		return error_set(e, EINVAL,
		    "learn: --ask allows what would be learned");
	return 0;
}

enum { LISTS = 6 };

static int
give_room(struct sandbox_words *words, size_t count, struct error *e)
{
	struct sandbox_options *asked = &words->given;
	struct spec_strings *const lists[LISTS] = { &asked->rw, &asked->ro,
		&asked->hide, &asked->tmpfs, &asked->bind, &asked->env };

	words->room = calloc(LISTS * count, sizeof(*words->room));
	if (words->room == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < LISTS; i++)
		lists[i]->items = words->room + i * count;
	return 0;
}

/* The number of the first word of the command: an image may say what that is.
 */
static int
read_options(struct cli_call *call, struct sandbox_words *words,
    struct error *e)
{
	struct sandbox_options *asked = &words->given;
	const struct cli_option options[] = {
		{ "rw", 0, "PATH", "may be written; may be repeated",
		    .list = &asked->rw },
		{ "ro", 0, "PATH", "is read-only, and seen",
		    .list = &asked->ro },
		{ "hide", 0, "PATH", "is not seen", .list = &asked->hide },
		{ "tmpfs", 0, "PATH", "is an empty directory of its own",
		    .list = &asked->tmpfs },
		{ "bind", 0, "SRC:DST", "SRC is seen at DST, and writable",
		    .list = &asked->bind },
		{ "overlay", 0, NULL, "write to a layer, not to the machine",
		    .flag = &words->overlay },
		{ "image", 0, "SOURCE", "its files instead of the machine's",
		    .value = &words->image },
		{ "cwd", 0, "DIR", "to work in", .value = &asked->cwd },
		{ "env", 'e', "NAME[=VALUE]", "set a variable, or let it pass",
		    .list = &asked->env },
		{ "user", 'u', "UID[:GID]", "to be in there",
		    .value = &asked->user },
		{ "root", 0, NULL, "seem to be root, with chown, setuid, mknod",
		    .flag = &asked->root },
		{ "gui", 0, NULL, "have windows", .flag = &asked->gui },
		{ "net", 0, "none|host|LIST", "none, the caller's, or a list",
		    .value = &asked->net },
		{ "memory", 0, "BYTES", "at most; with k, m, g",
		    .value = &asked->memory },
		{ "cpus", 0, "N", "at most so many processors, 0.5 say",
		    .value = &asked->cpus },
		{ "pids", 0, "N", "at most so many processes",
		    .value = &asked->pids },
		{ "time", 0, "SECONDS", "then it is killed, status 124",
		    .value = &asked->time },
		{ "die-with-parent", 0, NULL, "end when the caller ends",
		    .flag = &words->die_with_parent },
		{ "name", 0, "NAME", "for exec and others; else made up",
		    .value = &words->name },
		{ "intercept", 0, "MODE", "observe, guard or sealed",
		    .value = &asked->intercept },
		{ "platform", 0, "PLATFORM", "auto, notify or ptrace",
		    .value = &words->platform },
		{ "policy", 0, "FILE", "what the interception layer allows",
		    .value = &asked->policy },
		{ "ask", 0, "SOCKET", "what would be refused, here or there",
		    .flag = &words->ask.is_on, .value = &words->ask.socket },
		{ "report", 0, "FILE|-", "gets what the command did",
		    .value = &words->told.report },
		{ "output", 'o', "FILE", "of learn: the profile",
		    .value = &words->told.output },
		{ "profile", 0, "NAME|FILE", "options from a file",
		    .value = &words->profile },
		{ "trust", 0, NULL, "agree to what .lorica asks for",
		    .flag = &words->trust },
		{ "print-config", 0, NULL, "print config.json, and end",
		    .flag = &words->print },
		{ NULL },
	};

	return cli_words(call, options, 0, INT_MAX, e);
}

int
sandbox_words_read(struct cli_call *call, struct sandbox_words *out,
    struct error *e)
{
	reporter_take_verb(&out->told, &call->argc, &call->argv);
	TRY(give_room(out, (size_t)call->argc + 1, e));
	int at = read_options(call, out, e);
	if (at < 0)
		return at;
	TRY(check(call, out, at, e));
	out->ask.profile = out->profile;
	out->ask.is_listed = out->given.net != NULL;
	TRY(reporter_check(&out->told, &out->profile, out->print, e));
	out->args =
	    (struct spec_strings){ call->argv + at, (size_t)(call->argc - at) };
	return 0;
}

void
sandbox_words_free(struct sandbox_words *words)
{
	free(words->room);
	words->room = NULL;
}
