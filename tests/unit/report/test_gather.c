/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

#define OPEN(words)                                                            \
	"\"args\":[{\"kind\":\"dirfd\",\"value\":\"AT_FDCWD\"},"               \
	"{\"kind\":\"path\",\"value\":\"x\"},"                                 \
	"{\"kind\":\"open\",\"value\":\"" words "\"}],"
#define EROFS_ "\"result\":-30,\"errno\":\"EROFS\","

Test(report_gather, says_what_a_call_did)
{
	static const struct {
		const char *call;
		const char *members;
		const char *object;
		const char *want;
	} rows[] = {
		{ "openat", OPEN("O_RDONLY|O_CLOEXEC"), "/etc/x",
		    "{\"path\":\"/etc/"
		    "x\",\"place\":\"read-only\",\"read\":1}" },
		{ "openat", OPEN("O_RDWR"), "/h/p/x",
		    "\"place\":\"writable\",\"read\":1,\"written\":1}" },
		{ "openat", OPEN("O_WRONLY|O_CREAT") "\"new\":true,", "/tmp/x",
		    "\"place\":\"own\",\"written\":1,\"created\":1}" },
		{ "openat2",
		    "\"args\":[{\"kind\":\"open_how\",\"value\":{\"flags\":"
		    "\"O_RDONLY|O_TRUNC\"}}],",
		    "/h/p/x", "\"writable\",\"written\":1}" },
		{ "creat", "", "/h/p/x", "\"writable\",\"written\":1}" },
		{ "mkdirat", "\"result\":0,", "/h/p/x", "\"created\":1}" },
		{ "unlink", "\"result\":0,", "/h/p/x", "\"removed\":1}" },
		{ "rename", "\"result\":0,\"target\":\"/h/p/y\",", "/h/p/x",
		    "{\"path\":\"/h/p/y\",\"place\":\"writable\","
		    "\"created\":1}" },
		{ "linkat", "\"result\":0,\"target\":\"/h/p/y\",", "/h/p/x",
		    "{\"path\":\"/h/p/y\",\"place\":\"writable\","
		    "\"created\":1}" },
		{ "fchmodat", "\"result\":0,", "/h/p/x", "\"changed\":1}" },
		{ "connect", "\"result\":0,", "127.0.0.1:80",
		    "{\"what\":\"connect\",\"address\":\"127.0.0.1:80\"" },
		{ "connect", "\"result\":-115,\"errno\":\"EINPROGRESS\",",
		    "127.0.0.1:80",
		    "{\"what\":\"connect\",\"address\":\"127.0.0.1:80\"" },
		{ "mkdir", EROFS_, "/h/x",
		    "{\"what\":\"create\",\"object\":\"/h/x\",\"by\":\"mount\","
		    "\"error\":\"EROFS\"" },
		{ "openat", OPEN("O_WRONLY") EROFS_, "/etc/x",
		    "{\"what\":\"write\",\"object\":\"/etc/x\"" },
		{ "openat", OPEN("O_RDONLY"), "/h/.ssh",
		    "\"by\":\"hidden\",\"option\":\"ro\","
		    "\"value\":\"/h/.ssh\"" },
		{ "openat",
		    OPEN("O_RDONLY") "\"result\":-2,\"errno\":\"ENOENT\",",
		    "/h/.ssh/id", "\"by\":\"hidden\",\"error\":\"ENOENT\"" },
		{ "connect", "\"result\":-101,\"errno\":\"ENETUNREACH\",",
		    "192.0.2.1:80",
		    "\"by\":\"network\",\"error\":\"ENETUNREACH\","
		    "\"option\":\"net\",\"value\":\"192.0.2.1:80\"" },
		{ "bind", "\"result\":-99,\"errno\":\"EADDRNOTAVAIL\",",
		    "192.0.2.1:80",
		    "\"by\":\"network\",\"error\":\"EADDRNOTAVAIL\","
		    "\"option\":\"net\",\"value\":\"host\"" },
		{ "openat",
		    OPEN("O_RDONLY") "\"result\":-13,\"errno\":\"EACCES\","
				     "\"decision\":\"denied\","
				     "\"rule\":\"files[2]\",",
		    "/etc/x",
		    "\"by\":\"policy\",\"error\":\"EACCES\","
		    "\"rule\":\"files[2]\"" },
		{ "openat",
		    OPEN("O_RDONLY") "\"result\":-13,\"errno\":\"EACCES\",",
		    "/etc/x", "\"by\":\"permission\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const lines[] = { report_call(rows[i].call,
						  rows[i].members,
						  rows[i].object),
			NULL };
		AUTO_FREE char *text = report_of(lines, report_put_json);

		cr_expect(strstr(text, rows[i].want) != NULL, "row %zu: %s", i,
		    text);
	}
}

Test(report_gather, is_silent_about_what_nobody_forbade)
{
	static const struct {
		const char *call;
		const char *members;
		const char *object;
	} rows[] = {
		{ "openat",
		    OPEN("O_RDONLY") "\"result\":-2,\"errno\":\"ENOENT\",",
		    "/etc/x" },
		/* By its name it is in no hidden directory. */
		{ "openat",
		    OPEN("O_RDONLY") "\"result\":-2,\"errno\":\"ENOENT\",",
		    "/h/.sshd" },
		{ "connect", "\"result\":-2,\"errno\":\"ENOENT\",", "/run/x" },
		{ "openat", OPEN("O_RDONLY"), "pipe:[7]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const lines[] = { report_call(rows[i].call,
						  rows[i].members,
						  rows[i].object),
			NULL };
		AUTO_FREE char *text = report_of(lines, report_put_json);

		cr_expect(strstr(text, "\"files\":[],\n\"network\":[],\n"
				       "\"refused\":[]") != NULL,
		    "row %zu: %s", i, text);
	}
}

Test(report_gather, what_is_no_event_is_lost)
{
	static const char *const lines[] = { "", "x", "[]",
		"{\"kind\":\"call\"}",
		"{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"kind\":"
		"\"lost\","
		"\"pid\":0,\"tid\":0,\"lost\":12}",
		NULL };
	AUTO_FREE char *text = report_of(lines, report_put_json);

	cr_expect(strstr(text, "\"lost\":16,\"truncated\":0}") != NULL, "%s",
	    text);
}

Test(report_gather, what_was_cut_is_counted)
{
	const char *const lines[] = {
		report_call("mkdir", "\"truncated\":true,", "/h/p/x"), NULL
	};
	AUTO_FREE char *text = report_of(lines, report_put_json);

	cr_expect(strstr(text, "\"files\":[]") != NULL, "%s", text);
	cr_expect(strstr(text, "\"lost\":0,\"truncated\":1}") != NULL, "%s",
	    text);
}
