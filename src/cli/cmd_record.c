/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: run a bundle's program, and write the profile of what it did.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "install.h"
#include "watch.h"

/* Profiles that are merged, as they were read. */
struct merged {
	struct spec **specs;
	const struct spec_seccomp **profiles;
	size_t count;
};

struct record {
	const struct cli_call *call;
	const char *output;        /* NULL: stdout */
	struct spec_strings merge; /* files */
	bool verify;
	bool install;
	char id[32];
	struct container_create request;
	struct merged merged;
	struct filter_learned *learned;
	struct json_arena *arena;
	struct spec_seccomp profile;
	int out; /* stdout, while the program's goes to stderr */
};

static void
record_free(struct record *record)
{
	for (size_t i = 0; i < record->merged.count; i++)
		spec_free(&record->merged.specs[i]);
	free(record->merged.specs);
	free(record->merged.profiles);
	free(record->merge.items);
	filter_learned_free(&record->learned);
	json_arena_free(&record->arena);
	auto_close(&record->out);
}

/* For people: what the profile has not, or more than was seen. */
static void
say(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "lorica: record: %s\n", text);
}

/* ---- the command line ---------------------------------------------------- */

/* Options may come behind the bundle too; what is left is the program. */
static int
read_words(struct cli_call *call, const struct cli_option *options,
    struct record *record, struct error *e)
{
	int at = cli_words(call, options, 1, INT_MAX, e);

	if (at < 0)
		return at;
	record->request.bundle = call->argv[at];
	int left = call->argc - at;
	int more =
	    cli_options(options, left, call->argv + at, &call->helped, e);
	if (more < 0)
		return more;
	record->request.args = (struct spec_strings){ call->argv + at + more,
		(size_t)(left - more) };
	return 0;
}

static int
read_options(struct cli_call *call, struct record *record, struct error *e)
{
	const struct cli_option options[] = {
		{ "output", 'o', "FILE", "gets the profile; else stdout",
		    .value = &record->output },
		{ "merge", 0, "FILE", "allow what that profile allows too",
		    .list = &record->merge },
		{ "verify", 0, NULL, "run it again under the profile",
		    .flag = &record->verify },
		{ "install", 0, NULL, "make it that of the configuration",
		    .flag = &record->install },
		{ "config", 'f', "FILE", "in the bundle, for config.json",
		    .value = &record->request.config },
		{ NULL },
	};

	record->merge.items =
	    calloc((size_t)call->argc, sizeof(*record->merge.items));
	if (record->merge.items == NULL)
		return error_sys(e, "memory");
	TRY(read_words(call, options, record, e));
	(void)snprintf(record->id, sizeof(record->id), "record-%d",
	    (int)getpid());
	record->request.id = record->id;
	record->request.held = call->cli->held;
	cli_request_globals(call->cli, &record->request);
	return 0;
}

static int
read_profile(struct merged *merged, const char *path, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	struct spec **at = &merged->specs[merged->count];

	TRY(cli_read_document("--merge", path, &text, &length, e));
	if (spec_parse_profile(text, length, spec_default_bounding(), at, e) <
	    0)
		return error_wrap(e, "--merge %s", path);
	merged->profiles[merged->count++] = (*at)->lnx.seccomp;
	return 0;
}

static int
read_profiles(struct record *record, struct error *e)
{
	struct merged *merged = &record->merged;
	size_t count = record->merge.count;

	merged->specs = calloc(count + 1, sizeof(struct spec *));
	merged->profiles = calloc(count + 1, sizeof(struct spec_seccomp *));
	if (merged->specs == NULL || merged->profiles == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < count; i++)
		TRY(read_profile(merged, record->merge.items[i], e));
	return 0;
}

/* ---- the profile --------------------------------------------------------- */

/* Would a program start under it? Whoever loads it asks that too. */
static int
check(const struct spec_seccomp *profile, struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };

	TRY(filter_prepare(profile, -1, &filter, e));
	return filter_check_start(&filter, e);
}

static int
make_profile(struct record *record, struct error *e)
{
	const struct filter_merge merge = { record->merged.profiles,
		record->merged.count, say, NULL };

	record->arena = json_arena_new();
	if (record->arena == NULL)
		return error_sys(e, "memory");
	TRY(filter_learned_profile(record->learned, &merge, record->arena,
	    &record->profile, e));
	if (check(&record->profile, e) < 0)
		return error_wrap(e, "the profile");
	return 0;
}

static int
write_profile(const struct record *record, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	if (record->output != NULL)
		return cli_write_profile(record->output, &record->profile, e);
	if (record->install)
		return 0;
	FILE *out = open_memstream(&text, &length);
	if (out == NULL)
		return error_sys(e, "memory");
	spec_print_profile(out, &record->profile, 0);
	fputc('\n', out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	if (write(record->out, text, length) != (ssize_t)length)
		return error_sys(e, "write to stdout");
	return 0;
}

static int
install(const struct record *record, struct error *e)
{
	const char *config = record->request.config;
	AUTO_FREE char *path = NULL;

	if (config == NULL)
		config = "config.json";
	if (asprintf(&path, "%s/%s",
		config[0] == '/' ? "" : record->request.bundle, config) < 0)
		return error_errno(e, ENOMEM, "memory");
	return cli_install_profile(path, &record->profile, e);
}

/* ---- running it ---------------------------------------------------------- */

/* The profile is what stdout is for. */
static int
divert_stdout(struct record *record, struct error *e)
{
	if (record->output != NULL || record->install)
		return 0;
	record->out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	if (record->out < 0 || dup2(2, 1) < 0)
		return error_sys(e, "divert stdout");
	return 0;
}

static int
run_once(struct record *record, const struct container_watch *watch,
    struct error *e)
{
	struct container_create request = record->request;
	char text[64];
	int status = 0;

	request.watch = watch;
	TRY(container_run(record->call->cli->root, &request, &status, e));
	/* It may have closed it. */
	record->request.held = -1;
	(void)snprintf(text, sizeof(text), "the program ended with status %d",
	    status);
	if (status != 0)
		say(NULL, text);
	return 0;
}

static int
verify(struct record *record, int *status, struct error *e)
{
	AUTO(cli_denials_close)
	struct cli_denials denials = { .fd = 2, .quiet_fallbacks = true };
	const struct container_watch watch = { .denied = cli_denied,
		.context = &denials,
		.keep = -1 };

	TRY(cli_denials_open(&denials, e));
	record->request.seccomp = &record->profile;
	if (run_once(record, &watch, e) < 0)
		return error_wrap(e, "--verify");
	if (denials.shared->count == 0) {
		say(NULL, "no call was denied under the profile");
		return 0;
	}
	fprintf(stderr,
	    "lorica: record: calls were denied under the profile: %zu, %llu "
	    "times\n",
	    denials.shared->told.count,
	    (unsigned long long)denials.shared->count);
	*status = 1;
	return 0;
}

int
cli_record(struct cli_call *call, struct error *e)
{
	AUTO(record_free) struct record record = { .call = call, .out = -1 };
	struct container_watch watch = { .keep = -1 };

	TRY(read_options(call, &record, e));
	TRY(read_profiles(&record, e));
	record.learned = filter_learned_new(e);
	if (record.learned == NULL)
		return -e->code;
	watch.learned = record.learned;
	TRY(divert_stdout(&record, e));
	TRY(run_once(&record, &watch, e));
	TRY(make_profile(&record, e));
	TRY(write_profile(&record, e));
	if (record.verify)
		TRY(verify(&record, &call->status, e));
	/* One that denies what the program does would not be welcome there. */
	return record.install && call->status == 0 ? install(&record, e) : 0;
}
