/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is refused before anything is made, and what is ready before there is
 * a process.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "container/making.h"
#include "support.h"

#define PROCESS                                                                \
	"\"process\":{\"args\":[\"true\"],\"cwd\":\"/\",\"env\":[\"A=b\"],"    \
	"\"user\":{\"uid\":0,\"gid\":0}%s}"

static char top[64]; /* the bundle */
static char state[80];

static void
setup(void)
{
	(void)strcpy(top, "/tmp/prepare.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	cr_assert(zero(int, mkdir("rootfs", 0755)));
	(void)snprintf(state, sizeof(state), "%s/state", top);
}

static void
teardown(void)
{
	char command[96];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(container_prepare, .init = setup, .fini = teardown);

static void
put_config(const char *text)
{
	AUTO_FD int fd =
	    open("config.json", O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

/* A container that anybody may make; more is added to its process. */
static void
put_good_config(const char *more)
{
	char process[512];
	char text[1024];

	(void)snprintf(process, sizeof(process), PROCESS, more);
	(void)snprintf(text, sizeof(text),
	    "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"rootfs\"},%s,"
	    "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":"
	    "\"user\"}],\"uidMappings\":[{\"containerID\":0,\"hostID\":%u,"
	    "\"size\":1}],\"gidMappings\":[{\"containerID\":0,\"hostID\":%u,"
	    "\"size\":1}]}}",
	    process, geteuid(), getegid());
	put_config(text);
}

static struct container_create
request_for(const char *id)
{
	return (struct container_create){ .id = id,
		.bundle = top,
		.cgroups = CONTAINER_CGROUPS_DISABLED,
		.held = -1 };
}

/* The line that it is refused with, or "". Nothing may be left of it. */
static char *
refusal(const struct container_create *request, bool is_ours_to_relay)
{
	static char line[512];
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = request;
	making.is_ours_to_relay = is_ours_to_relay;
	line[0] = '\0';
	if (making_prepare(&making, state, &e) < 0)
		error_format(&e, line, sizeof(line));
	making_undo(&making);
	making_free(&making);
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", state, request->id);
	cr_expect(eq(int, access(path, F_OK), -1), "%s is left", path);
	return line;
}

Test(container_prepare, a_bad_bundle_is_told_by_what_is_wrong_with_it)
{
	struct container_create request = request_for("c1");

	cr_expect(eq(str, refusal(&request, true),
	    "JSON specification file config.json not found"));
	request.config = "other.json";
	cr_expect(eq(str, refusal(&request, true),
	    "JSON specification file other.json not found"));
	request.config = NULL;
	cr_assert(zero(int, mkfifo("config.json", 0600)));
	cr_expect(eq(str, refusal(&request, true),
		      "config.json: not a regular file"),
	    "and nobody waits for a writer");
	cr_assert(zero(int, unlink("config.json")));
	put_config("{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"rootfs\"},"
		   "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}}");
	cr_expect(eq(str, refusal(&request, true),
	    "config.json: process is required"));
	cr_assert(zero(int, truncate("config.json", LIMIT_JSON_BYTES + 1)));
	cr_expect(eq(str, refusal(&request, true),
	    "config.json: larger than 4194304 bytes"));
	request.bundle = "/nonexistent";
	cr_expect(eq(str, refusal(&request, true),
	    "bundle /nonexistent: no such file or directory"));
	request.id = "a/b";
	cr_expect(eq(int,
	    strncmp(refusal(&request, true), "invalid container ID format", 27),
	    0));
}

/* Somebody has the terminal, and nobody else asks for it. */
Test(container_prepare, a_terminal_has_somebody_at_the_other_end)
{
	static const char nobody[] =
	    "cannot allocate tty if lorica will detach without setting "
	    "console socket";
	static const char no_terminal[] =
	    "cannot use console socket if lorica will not detach or allocate "
	    "tty";
	static const struct {
		bool terminal, socket, relay;
		const char *line;
	} rows[] = {
		{ false, false, false, "" },
		{ false, false, true, "" },
		{ false, true, false, no_terminal },
		{ false, true, true, no_terminal },
		{ true, false, false, nobody },
		{ true, false, true, "" },
		{ true, true, false, "" },
		{ true, true, true, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct container_create request = request_for("c1");

		put_good_config(rows[i].terminal ? ",\"terminal\":true" : "");
		request.console_socket = rows[i].socket ? "/sock" : NULL;
		cr_expect(eq(str, refusal(&request, rows[i].relay),
			      (char *)(uintptr_t)rows[i].line),
		    "row %zu", i);
	}
}

static bool
has_word(const struct spec_strings *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], word) == 0)
			return true;
	}
	return false;
}

Test(container_prepare, what_socket_activation_hands_on_is_the_programs_own)
{
	static const unsigned counts[] = { 0, 2 };

	put_good_config("");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct container_create request = request_for("c1");
		struct making making = MAKING_NONE;
		struct error e = { 0 };

		request.listen_fds = counts[i];
		making.request = &request;
		cr_assert(zero(int, making_prepare(&making, state, &e)), "%s",
		    e.text);
		const struct spec_strings *env = &making.env;
		cr_expect(has_word(env, "A=b"));
		cr_expect(eq(int, has_word(env, "LISTEN_FDS=2"), i == 1));
		cr_expect(eq(ptr, env->items[env->count], NULL));
		making_undo(&making);
		making_free(&making);
	}
}

Test(container_prepare, all_is_ready_before_there_is_a_process)
{
	struct container_create request = request_for("c1");
	struct making making = MAKING_NONE;
	struct error e = { 0 };
	struct error again_e = { 0 };
	struct stat st;
	char rootfs[80];

	put_good_config("");
	making.request = &request;
	cr_assert(zero(int, making_prepare(&making, state, &e)), "%s", e.text);
	cr_assert(zero(int, fstat(making.root, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0700));
	cr_assert(zero(int, fstatat(making.dir, "start.sock", &st, 0)));
	cr_expect(eq(u32, st.st_mode, S_IFSOCK | 0600));
	cr_expect(zero(int, faccessat(making.dir, "state.json", F_OK, 0)));
	(void)snprintf(rootfs, sizeof(rootfs), "%s/rootfs", top);
	cr_expect(eq(str, making.record.rootfs, rootfs));
	cr_expect(eq(u32, making.record.uid, geteuid()));
	cr_expect(ge(int, making.sync, 0));
	cr_expect(ne(ptr, making.shared, NULL));
	/* Room for any pid. */
	size_t room =
	    (size_t)(making.shared->created - making.shared->creating);
	AUTO_FREE char *sample =
	    store_oci_state(&making.record, CONTAINER_CREATING);
	cr_expect(gt(sz, room, strlen(sample) + 10));

	struct making second = MAKING_NONE;
	second.request = &request;
	cr_expect(eq(int, making_prepare(&second, state, &again_e), -EEXIST));
	cr_expect(
	    eq(str, again_e.text, "container with given ID already exists"));
	making_undo(&second);
	making_free(&second);
	cr_expect(zero(int, faccessat(making.root, "c1/state.json", F_OK, 0)),
	    "the loser leaves the winner alone");
	making_undo(&making);
	making_free(&making);
}

Test(container_prepare, run_needs_no_socket_to_start_by)
{
	struct container_create request = request_for("c1");
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	put_good_config("");
	making.request = &request;
	making.is_ours_to_relay = true;
	cr_assert(zero(int, making_prepare(&making, state, &e)), "%s", e.text);
	cr_expect(eq(int, making.start, -1));
	cr_expect(eq(int, faccessat(making.dir, "start.sock", F_OK, 0), -1));
	making_undo(&making);
	making_free(&making);
}
