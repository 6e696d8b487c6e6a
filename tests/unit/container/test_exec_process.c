/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "container/exec.h"

static const char config[] =
    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"/\"},"
    "\"process\":{\"terminal\":true,\"cwd\":\"/w\",\"args\":[\"sh\"],"
    "\"env\":[\"A=1\",\"AB=2\"],\"user\":{\"uid\":3,\"gid\":4,"
    "\"additionalGids\":[5]},\"apparmorProfile\":\"profile\","
    "\"selinuxLabel\":\"label\",\"noNewPrivileges\":true,"
    "\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":1,\"hard\":2}],"
    "\"capabilities\":{\"bounding\":[\"CAP_KILL\"],"
    "\"inheritable\":[\"CAP_KILL\"],\"ambient\":[\"CAP_KILL\"]}}}";

static char true_word[] = "true";
static char *words[] = { true_word, NULL };

static struct spec *
container(void)
{
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
	    spec_parse(config, strlen(config), NULL, NULL, &spec, &e)));
	return spec;
}

static struct container_exec
request_of(const char *process)
{
	return (struct container_exec){
		.id = "c1",
		.process = process,
		.process_length = process != NULL ? strlen(process) : 0,
		.args = { words, 1 },
	};
}

/* The error's line, or "" when the process can be made. */
static const char *
refusal(const struct container_exec *request)
{
	static char line[4096];
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct error e = { 0 };

	line[0] = '\0';
	if (exec_process_make(request, spec, &file, &e) < 0)
		error_format(&e, line, sizeof(line));
	return line;
}

Test(container_exec_process, a_user_is_digits_and_nothing_else)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t uid, gid;
	} rows[] = {
		{ "1000", true, 1000, 77 },
		{ "1000:1000", true, 1000, 1000 },
		{ "0", true, 0, 77 },
		{ "0:0", true, 0, 0 },
		{ "4294967294:4294967294", true, 4294967294u, 4294967294u },
		{ "1000:", false },
		{ ":1000", false },
		{ ":", false },
		{ "", false },
		{ "+1", false },
		{ " 1", false },
		{ "1 ", false },
		{ "-1", false },
		{ "0x0", false },
		{ "00", false },
		{ "1000abc", false },
		{ "user", false },
		{ "4294967295", false },
		{ "4294967296", false },
		{ "18446744073709551616", false },
		{ "99999999999999999999999999999999999:1", false },
		{ "00000000000000000000000000000000001:1", false },
		{ "1:2:3", false },
		{ "1:+2", false },
		{ "1:4294967295", false },
		{ "1:4294967296", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t uid = 99, gid = 77;
		struct error e = { 0 };
		int failed = exec_parse_user(rows[i].text, &uid, &gid, &e);

		cr_expect(eq(int, failed == 0, rows[i].good), "\"%s\"",
		    rows[i].text);
		cr_expect(eq(u32, uid, rows[i].good ? rows[i].uid : 99),
		    "\"%s\"", rows[i].text);
		cr_expect(eq(u32, gid, rows[i].good ? rows[i].gid : 77),
		    "\"%s\"", rows[i].text);
	}
}

Test(container_exec_process, without_a_file_it_is_the_container_s_own)
{
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct container_exec request = request_of(NULL);
	struct error e = { 0 };

	cr_assert(zero(int, exec_process_make(&request, spec, &file, &e)));
	const struct spec_process *process = spec->process;
	cr_expect(eq(ptr, file, NULL));
	cr_expect(eq(str, process->args.items[0], "true"));
	cr_expect(eq(str, process->cwd, "/w"));
	cr_expect(eq(u32, process->user.uid, 3));
	cr_expect(eq(sz, process->env.count, 2));
	cr_expect(not(process->terminal), "that is init's");
	cr_expect(process->no_new_privileges);
	cr_expect(eq(str, process->apparmor_profile, "profile"));
	cr_expect(eq(str, process->selinux_label, "label"));
	cr_expect(eq(u64, process->capabilities->bounding, 1u << 5));
	cr_expect(zero(u64, process->capabilities->inheritable));
	cr_expect(zero(u64, process->capabilities->ambient));
}

Test(container_exec_process, what_a_file_does_not_say_is_the_container_s)
{
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct container_exec request =
	    request_of("{\"cwd\":\"/\",\"args\":[\"ls\"],\"terminal\":true}");
	struct error e = { 0 };

	cr_assert(zero(int, exec_process_make(&request, spec, &file, &e)));
	const struct spec_process *process = spec->process;
	cr_expect(eq(str, process->args.items[0], "ls"));
	cr_expect(process->terminal);
	cr_expect(zero(u32, process->user.uid), "not this");
	cr_expect(zero(sz, process->env.count), "nor this");
	cr_expect(not(process->no_new_privileges), "nor this");
	cr_expect(eq(str, process->apparmor_profile, "profile"));
	cr_expect(eq(str, process->selinux_label, "label"));
	cr_expect(eq(sz, process->rlimits_count, 1));
	cr_expect(eq(u64, process->capabilities->bounding, 1u << 5));
}

Test(container_exec_process, nothing_is_inheritable_whoever_asks_for_it)
{
	static const char *const files[] = {
		"{\"cwd\":\"/\",\"args\":[\"ls\"]}",
		"{\"cwd\":\"/\",\"args\":[\"ls\"],\"capabilities\":"
		"{\"inheritable\":[\"CAP_KILL\"],\"ambient\":[\"CAP_KILL\"]}}",
	};
	static char chown_name[] = "CAP_CHOWN";
	char *caps[] = { chown_name, NULL };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		AUTO(spec_free) struct spec *spec = container();
		AUTO(spec_free) struct spec *file = NULL;
		struct container_exec request = request_of(files[i]);
		struct error e = { 0 };

		request.caps = (struct spec_strings){ caps, 1 };
		cr_assert(
		    zero(int, exec_process_make(&request, spec, &file, &e)));
		const struct spec_capabilities *set =
		    spec->process->capabilities;
		cr_expect(zero(u64, set->inheritable), "file %zu", i);
		cr_expect(zero(u64, set->ambient), "file %zu", i);
		cr_expect(ne(u64, set->bounding & 1, 0), "file %zu", i);
		cr_expect(eq(u64, set->effective, 1), "file %zu", i);
		cr_expect(eq(u64, set->permitted, 1), "file %zu", i);
	}
}

Test(container_exec_process, no_sets_are_all_but_the_inheritable)
{
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct container_exec request = request_of(NULL);
	struct error e = { 0 };

	spec->process->capabilities = NULL;
	cr_assert(zero(int, exec_process_make(&request, spec, &file, &e)));
	const struct spec_capabilities *set = spec->process->capabilities;
	cr_expect(eq(u64, set->permitted, UINT64_MAX));
	cr_expect(zero(u64, set->inheritable));
}

Test(container_exec_process, variables_replace_those_of_their_name)
{
	static char texts[][8] = { "AB=3", "B=4", "B=5", "A==" };
	char *env[] = { texts[0], texts[1], texts[2], texts[3], NULL };
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct container_exec request = request_of(NULL);
	struct error e = { 0 };

	request.env = (struct spec_strings){ env, 4 };
	cr_assert(zero(int, exec_process_make(&request, spec, &file, &e)));
	const struct spec_strings *got = &spec->process->env;
	cr_assert(eq(sz, got->count, 3));
	cr_expect(eq(str, got->items[0], "A=="));
	cr_expect(eq(str, got->items[1], "AB=3"));
	cr_expect(eq(str, got->items[2], "B=5"));
	cr_expect(eq(ptr, got->items[3], NULL));
}

Test(container_exec_process, flags_that_are_empty_change_nothing)
{
	AUTO(spec_free) struct spec *spec = container();
	AUTO(spec_free) struct spec *file = NULL;
	struct container_exec request = request_of(NULL);
	struct error e = { 0 };

	request.cwd = request.apparmor = request.process_label = "";
	cr_assert(zero(int, exec_process_make(&request, spec, &file, &e)));
	cr_expect(eq(str, spec->process->cwd, "/w"));
	cr_expect(eq(str, spec->process->apparmor_profile, "profile"));
	cr_expect(eq(str, spec->process->selinux_label, "label"));
}

Test(container_exec_process, what_is_wrong_is_named)
{
	static char texts[][16] = { "NAME", "=x", "-1", "CAP_X" };
	char *no_value[] = { texts[0], NULL }, *no_name[] = { texts[1], NULL };
	char *negative[] = { texts[2], NULL }, *unknown[] = { texts[3], NULL };
	struct container_exec request = request_of(NULL);

	request.env = (struct spec_strings){ no_value, 1 };
	cr_expect(eq(str, (char *)refusal(&request),
	    "--env: \"NAME\": expected NAME=VALUE"));
	request.env = (struct spec_strings){ no_name, 1 };
	cr_expect(eq(str, (char *)refusal(&request),
	    "--env: \"=x\": expected NAME=VALUE"));
	request = request_of(NULL);
	request.gids = (struct spec_strings){ negative, 1 };
	cr_expect(eq(str, (char *)refusal(&request),
	    "--additional-gids: \"-1\" is no id up to 4294967294"));
	request = request_of(NULL);
	request.caps = (struct spec_strings){ unknown, 1 };
	cr_expect(eq(str, (char *)refusal(&request),
	    "--cap: unknown capability \"CAP_X\""));
	request = request_of(NULL);
	request.cwd = "relative";
	cr_expect(eq(str, (char *)refusal(&request),
	    "process.cwd: \"relative\" is not absolute"));
	request = request_of("{\"cwd\":\"/\"}");
	cr_expect(eq(str, (char *)refusal(&request), "process.args: is empty"));
	request = request_of("[]");
	cr_expect(eq(str, (char *)refusal(&request),
	    "--process: expected an object"));
}
