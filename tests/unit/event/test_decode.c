/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "event/decode.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "support.h"

/* A call with one argument of that kind. */
static struct event
one(struct syscall_row *row, const char *name, enum syscall_arg kind,
    uint64_t raw)
{
	*row = (struct syscall_row){ .name = name, .args = { kind } };
	return (struct event){ .kind = EVENT_CALL, .row = row, .raw = { raw } };
}

Test(event_decode, a_register_is_shown_by_its_kind)
{
	static const struct {
		enum syscall_arg kind;
		uint64_t raw;
		const char *json;
		const char *text;
	} rows[] = {
		{ SYSCALL_ARG_INT, 0xffffffff, "-1", "-1" },
		{ SYSCALL_ARG_UINT, UINT64_MAX, "4294967295", "4294967295" },
		{ SYSCALL_ARG_LONG, (uint64_t)INT64_MIN, "-9223372036854775808",
		    "-9223372036854775808" },
		{ SYSCALL_ARG_SIZE, UINT64_MAX, "18446744073709551615",
		    "18446744073709551615" },
		{ SYSCALL_ARG_HEX, 0xabcdef01, "\"0xabcdef01\"", "0xabcdef01" },
		{ SYSCALL_ARG_POINTER, 0, "\"NULL\"", "NULL" },
		{ SYSCALL_ARG_OUT, 0x7ffd12, "\"0x7ffd12\"", "0x7ffd12" },
		{ SYSCALL_ARG_IN, 0x7ffd12, "\"0x7ffd12\"", "0x7ffd12" },
		{ SYSCALL_ARG_FD, 0xdead00000003, "3", "3" },
		{ SYSCALL_ARG_DIRFD, 0xffffff9c, "\"AT_FDCWD\"", "AT_FDCWD" },
		{ SYSCALL_ARG_DIRFD, 5, "5", "5" },
		{ SYSCALL_ARG_OPEN, O_WRONLY | O_CREAT | O_CLOEXEC,
		    "\"O_WRONLY|O_CREAT|O_CLOEXEC\"",
		    "O_WRONLY|O_CREAT|O_CLOEXEC" },
		{ SYSCALL_ARG_OPEN, O_TMPFILE | O_RDWR, "\"O_RDWR|O_TMPFILE\"",
		    "O_RDWR|O_TMPFILE" },
		{ SYSCALL_ARG_OPEN, 0x80000003, "\"0x80000003\"",
		    "0x80000003" },
		{ SYSCALL_ARG_AT, AT_SYMLINK_NOFOLLOW | 0x80000000,
		    "\"AT_SYMLINK_NOFOLLOW|0x80000000\"",
		    "AT_SYMLINK_NOFOLLOW|0x80000000" },
		{ SYSCALL_ARG_AT, 0, "\"0\"", "0" },
		{ SYSCALL_ARG_MODE, 0644, "\"0644\"", "0644" },
		{ SYSCALL_ARG_MODE, 0, "\"0\"", "0" },
		{ SYSCALL_ARG_ACCESS, 0, "\"F_OK\"", "F_OK" },
		{ SYSCALL_ARG_ACCESS, 5, "\"R_OK|X_OK\"", "R_OK|X_OK" },
		{ SYSCALL_ARG_PID, 0xffffffff, "-1", "-1" },
		{ SYSCALL_ARG_UID, 0xffffffff, "-1", "-1" },
		{ SYSCALL_ARG_GID, 0xfffffffe, "4294967294", "4294967294" },
		{ SYSCALL_ARG_SIGNAL, SIGTERM, "\"SIGTERM\"", "SIGTERM" },
		{ SYSCALL_ARG_SIGNAL, 0, "\"0\"", "0" },
		{ SYSCALL_ARG_SIGNAL, 64, "\"0x40\"", "0x40" },
		{ SYSCALL_ARG_CLONE, CLONE_NEWUSER | CLONE_NEWNET,
		    "\"CLONE_NEWUSER|CLONE_NEWNET\"",
		    "CLONE_NEWUSER|CLONE_NEWNET" },
		{ SYSCALL_ARG_FAMILY, AF_VSOCK, "\"AF_VSOCK\"", "AF_VSOCK" },
		{ SYSCALL_ARG_FAMILY, 99, "\"0x63\"", "0x63" },
		{ SYSCALL_ARG_SOCK, SOCK_STREAM | SOCK_CLOEXEC,
		    "\"SOCK_STREAM|SOCK_CLOEXEC\"",
		    "SOCK_STREAM|SOCK_CLOEXEC" },
		{ SYSCALL_ARG_REQUEST, 0x1234, "\"0x1234\"", "0x1234" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct syscall_row row;
		struct event event = one(&row, "a", rows[i].kind, rows[i].raw);
		char json[256];
		char text[256];

		(void)snprintf(json, sizeof(json),
		    "[{\"kind\":\"%s\",\"value\":%s}]",
		    decode_kind_name(rows[i].kind), rows[i].json);
		(void)snprintf(text, sizeof(text), "(%s)", rows[i].text);
		cr_expect(eq(str, (char *)(uintptr_t)support_json_args(&event),
			      json),
		    "row %zu", i);
		cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
			      text),
		    "row %zu", i);
	}
}

Test(event_decode, every_kind_has_a_name_and_a_value)
{
	for (int kind = SYSCALL_ARG_NONE + 1; kind < SYSCALL_ARGS_KINDS;
	     kind++) {
		struct syscall_row row;
		struct event event =
		    one(&row, "a", (enum syscall_arg)kind, 0x7f);

		cr_assert(decode_kind_name((enum syscall_arg)kind) != NULL,
		    "kind %d", kind);
		const char *json = support_json_args(&event);
		cr_expect(strstr(json, "\"value\":") != NULL ||
			      strstr(json, "\"pointer\":\"0x7f\"") != NULL,
		    "kind %d: %s", kind, json);
	}
}

Test(event_decode, requests_have_the_words_of_their_call)
{
	static const struct {
		const char *call;
		uint64_t raw;
		const char *text;
	} rows[] = {
		{ "prctl", PR_SET_NO_NEW_PRIVS, "(PR_SET_NO_NEW_PRIVS)" },
		{ "keyctl", 1, "(KEYCTL_JOIN_SESSION_KEYRING)" },
		{ "bpf", 5, "(BPF_PROG_LOAD)" },
		{ "ptrace", 16, "(PTRACE_ATTACH)" },
		{ "clone", SIGCHLD | CLONE_VM, "(SIGCHLD|CLONE_VM)" },
		{ "clone", CLONE_VM, "(CLONE_VM)" },
		{ "other", 5, "(0x5)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct syscall_row row;
		struct event event = one(&row, rows[i].call,
		    strcmp(rows[i].call, "clone") == 0 ? SYSCALL_ARG_CLONE
						       : SYSCALL_ARG_REQUEST,
		    rows[i].raw);

		cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
			      (char *)(uintptr_t)rows[i].text),
		    "row %zu", i);
	}
}

Test(event_decode, memory_is_shown_as_far_as_it_was_copied)
{
	static const char two[] = "a\0b\"c";
	static const struct {
		enum syscall_arg kind;
		struct event_copy copy;
		const char *json;
		const char *text;
	} rows[] = {
		{ SYSCALL_ARG_PATH, SUPPORT_STRING("/a b"),
		    "\"value\":\"/a b\"", "(\"/a b\")" },
		{ SYSCALL_ARG_PATH, SUPPORT_STRING(""), "\"value\":\"\"",
		    "(\"\")" },
		{ SYSCALL_ARG_STRING, SUPPORT_STRING("a\\\n\"\0"),
		    "\"value\":\"a\\\\\\\\\\\\x0a\\\"\\\\x00\"",
		    "(\"a\\\\\\x0a\\\"\\x00\")" },
		{ SYSCALL_ARG_PATH,
		    { .bytes = "/abc", .length = 4, .is_truncated = true },
		    "\"value\":\"/abc\",\"truncated\":true", "(\"/abc\"...)" },
		{ SYSCALL_ARG_PATH, { .error = EFAULT },
		    "\"pointer\":\"0x7f00\",\"errno\":\"EFAULT\"",
		    "(0x7f00 (EFAULT))" },
		{ SYSCALL_ARG_PATH, { 0 }, "\"pointer\":\"0x7f00\"",
		    "(0x7f00)" },
		{ SYSCALL_ARG_STRINGS, { .bytes = two, .length = sizeof(two) },
		    "\"value\":[\"a\",\"b\\\"c\"]", "([\"a\", \"b\\\"c\"])" },
		{ SYSCALL_ARG_STRINGS,
		    { .bytes = two, .length = 3, .is_truncated = true },
		    "\"value\":[\"a\",\"b\"],\"truncated\":true",
		    "([\"a\", \"b\"]...)" },
		{ SYSCALL_ARG_STRINGS, { .bytes = "", .length = 1 },
		    "\"value\":[\"\"]", "([\"\"])" },
		{ SYSCALL_ARG_STRINGS, { .bytes = "" }, "\"value\":[]",
		    "([])" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct syscall_row row;
		struct event event = one(&row, "a", rows[i].kind, 0x7f00);
		char json[256];

		event.copies[0] = rows[i].copy;
		(void)snprintf(json, sizeof(json), "[{\"kind\":\"%s\",%s}]",
		    decode_kind_name(rows[i].kind), rows[i].json);
		cr_expect(eq(str, (char *)(uintptr_t)support_json_args(&event),
			      json),
		    "row %zu", i);
		cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
			      (char *)(uintptr_t)rows[i].text),
		    "row %zu", i);
	}
}

Test(event_decode, permissions_are_shown_where_a_file_is_made)
{
	static const struct syscall_row open = { "openat",
		.args = { SYSCALL_ARG_DIRFD, SYSCALL_ARG_PATH, SYSCALL_ARG_OPEN,
		    SYSCALL_ARG_MODE } };
	struct event event = { .kind = EVENT_CALL,
		.row = &open,
		.raw = { (uint64_t)AT_FDCWD, 1, O_RDONLY, 0644 },
		.copies = { [1] = SUPPORT_STRING("f") } };

	cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
	    "(AT_FDCWD, \"f\", O_RDONLY)"));
	event.raw[2] = O_WRONLY | O_CREAT;
	cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
	    "(AT_FDCWD, \"f\", O_WRONLY|O_CREAT, 0644)"));
}

Test(event_decode, a_call_without_a_row_has_its_registers)
{
	struct event event = { .kind = EVENT_CALL,
		.number = 999,
		.raw = { 1, 2, 3, 4, 5, UINT64_MAX } };

	cr_expect(eq(str, (char *)(uintptr_t)support_text_args(&event),
	    "(0x1, 0x2, 0x3, 0x4, 0x5, 0xffffffffffffffff)"));
}

/* A program cannot hide an argument behind another one. */
Test(event_decode, each_argument_has_room_whatever_the_others_are)
{
	static const struct syscall_row all = { "a",
		.args = { SYSCALL_ARG_PATH, SYSCALL_ARG_STRINGS,
		    SYSCALL_ARG_STRING, SYSCALL_ARG_PATH, SYSCALL_ARG_PATH,
		    SYSCALL_ARG_SIZE } };
	static char bytes[65536];
	struct event event = { .kind = EVENT_CALL,
		.row = &all,
		.raw = { 1, 1, 1, 1, 1, 4711 },
		.decision = EVENT_DENIED,
		.rule = "files[0]",
		.object = "/etc/shadow" };
	static const char fills[] = { 'a', '\\', '\n', '"', (char)0xff, 0 };

	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(bytes, fills[f], sizeof(bytes));
		for (size_t i = 0; i < 5; i++)
			event.copies[i] = (struct event_copy){ bytes,
				sizeof(bytes), false, 0 };
		const char *json = support_json(&event);
		cr_expect(strstr(json, "\"value\":4711}]") != NULL);
		cr_expect(strstr(json, "\"object\":\"/etc/shadow\"}") != NULL);
		size_t cut = 0;
		for (const char *at = json;
		     (at = strstr(at, "\"truncated\":true")) != NULL; at++)
			cut++;
		cr_expect(eq(sz, cut, 5), "%s", json);
		const char *text = support_text(&event);
		cr_expect(strstr(text, ", 4711) = ?") != NULL);
		cr_expect(strstr(text, "\"/etc/shadow\"\n") != NULL);
	}
}

Test(event_decode, each_argument_is_shown_in_part)
{
	static const struct syscall_row all = { "a",
		.args = { SYSCALL_ARG_PATH, SYSCALL_ARG_PATH, SYSCALL_ARG_PATH,
		    SYSCALL_ARG_PATH, SYSCALL_ARG_PATH, SYSCALL_ARG_PATH } };
	static char bytes[6][65536];
	struct event event = { .kind = EVENT_CALL, .row = &all };
	char part[1025] = { 0 };

	for (size_t i = 0; i < 6; i++) {
		memset(bytes[i], 'a' + (int)i, sizeof(bytes[i]));
		event.copies[i] =
		    (struct event_copy){ bytes[i], sizeof(bytes[i]), false, 0 };
	}
	const char *json = support_json(&event);
	for (size_t i = 0; i < 6; i++) {
		memset(part, 'a' + (int)i, sizeof(part) - 1);
		cr_expect(strstr(json, part) != NULL, "argument %zu", i);
	}
}

Test(event_decode, a_path_as_long_as_they_can_be_is_shown_whole)
{
	static const struct syscall_row open = { "open",
		.args = { SYSCALL_ARG_PATH, SYSCALL_ARG_OPEN } };
	static char path[4096];
	struct event event = { .kind = EVENT_CALL,
		.row = &open,
		.copies = { { path, sizeof(path) - 1, false, 0 } },
		.decision = EVENT_ALLOWED,
		.object = path };

	memset(path, 'a', sizeof(path) - 1);
	const char *json = support_json(&event);
	cr_expect(strstr(json, "truncated") == NULL);
	cr_expect(strlen(json) > 2 * (sizeof(path) - 1));
	cr_expect(strstr(support_text(&event), "...") == NULL);
}
