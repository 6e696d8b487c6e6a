/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

#define OPEN                                                                   \
	"\"args\":[{\"kind\":\"dirfd\",\"value\":\"AT_FDCWD\"},"               \
	"{\"kind\":\"path\",\"value\":\"x\"},"                                 \
	"{\"kind\":\"open\",\"value\":\"O_RDONLY\"}],"
#define ENOENT_ "\"result\":-2,\"errno\":\"ENOENT\","
#define EINVAL_ "\"result\":-22,\"errno\":\"EINVAL\","
#define EPERM_  "\"result\":-1,\"errno\":\"EPERM\","

static char *
said_of(const char *line)
{
	const char *const lines[] = { line, NULL };

	return report_of(lines, report_put_json);
}

static void
expect(const char *line, const char *want)
{
	AUTO_FREE char *text = said_of(line);

	cr_expect(strstr(text, want) != NULL, "%s has no %s", text, want);
}

/* The sandbox of these tests has a /tmp of its own. */
Test(report_refused, what_a_private_directory_lies_over_is_hidden)
{
	char path[] = "/tmp/lorica-report-XXXXXX", want[256];
	int fd = mkstemp(path);

	cr_assert(ge(int, fd, 0));
	(void)snprintf(want, sizeof(want),
	    "\"object\":\"%s\",\"by\":\"hidden\",\"error\":\"ENOENT\","
	    "\"option\":\"ro\",\"value\":\"%s\"",
	    path, path);
	expect(report_call("openat", OPEN ENOENT_, path), want);
	(void)snprintf(want, sizeof(want), "\"option\":\"rw\",\"value\":\"%s\"",
	    path);
	expect(report_call("connect", ENOENT_, path), want);
	/* To remove it is no way to look for it. */
	expect(report_call("unlink", ENOENT_, path), "\"refused\":[]");
	cr_expect(zero(int, unlink(path)));
	close(fd);
	expect(report_call("openat", OPEN ENOENT_, path), "\"refused\":[]");
}

Test(report_refused, devices_are_not_hidden_but_not_there)
{
	expect(report_call("openat", OPEN ENOENT_, "/dev/null"),
	    "\"refused\":[]");
}

Test(report_refused, a_socket_is_known_by_its_address)
{
	static const char line[] =
	    "{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"kind\":\"call\","
	    "\"pid\":1,\"tid\":1,\"call\":\"connect\",\"args\":[{\"kind\":"
	    "\"fd\",\"value\":3},{\"kind\":\"sockaddr\",\"value\":{\"family\":"
	    "\"AF_UNIX\",\"path\":\"/h/.ssh/agent\"}}]," ENOENT_
	    "\"sound\":true}";

	expect(line, "\"what\":\"connect\",\"object\":\"/h/.ssh/agent\","
		     "\"by\":\"hidden\",\"error\":\"ENOENT\","
		     "\"option\":\"rw\",\"value\":\"/h/.ssh\"");
}

Test(report_refused, owners_and_devices_are_for_a_show_of_root)
{
	expect(report_call("fchownat", EINVAL_, "/h/p/x"),
	    "\"by\":\"permission\",\"error\":\"EINVAL\",\"option\":\"root\","
	    "\"count\":1");
	expect(report_call("mknod", EPERM_, "/h/p/x"),
	    "\"what\":\"create\",\"object\":\"/h/p/x\",\"by\":\"permission\","
	    "\"error\":\"EPERM\",\"option\":\"root\"");
	/* What no option is for. */
	expect(report_call("chmod", EPERM_, "/h/p/x"),
	    "\"by\":\"permission\",\"error\":\"EPERM\",\"count\":1");
	expect(report_call("chmod", EINVAL_, "/h/p/x"), "\"refused\":[]");
}
