/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

/* Files from number 0 on, of directories by turns. */
static char *
read_many(const char *const *formats, size_t count)
{
	const char **lines = calloc(count + 1, sizeof(*lines));
	char path[256];
	size_t turn = 0;

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%zu", formats[turn], i);
		turn = formats[turn + 1] == NULL ? 0 : turn + 1;
		lines[i] = strdup(report_call("openat",
		    "\"args\":[{\"kind\":\"open\",\"value\":\"O_RDONLY\"}],",
		    path));
	}
	char *text = report_of(lines, report_put_text);
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)lines[i]);
	free((void *)(uintptr_t)lines);
	return text;
}

Test(report_put_text, many_files_of_a_directory_are_a_line)
{
	static const char *const formats[] = { "/usr/lib/python3.11", NULL };
	AUTO_FREE char *text = read_many(formats, 212);

	cr_expect(eq(str, text,
	    "lorica: sandbox: what the command did\n"
	    "  read\n"
	    "    /usr/lib/python3.11/** (212 files)\n"));
}

Test(report_put_text, few_are_themselves)
{
	static const char *const formats[] = { "/h/p", NULL };
	AUTO_FREE char *text = read_many(formats, 3);

	cr_expect(eq(str, text,
	    "lorica: sandbox: what the command did\n"
	    "  read\n"
	    "    ~/p/0\n"
	    "    ~/p/1\n"
	    "    ~/p/2\n"));
}

Test(report_put_text, many_directories_are_those_above_them)
{
	static char names[40][64];
	const char *formats[41] = { NULL };

	for (size_t i = 0; i < 40; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "/usr/share/x/%zu",
		    i);
		formats[i] = names[i];
	}
	AUTO_FREE char *text = read_many(formats, 400);
	cr_expect(eq(str, text,
	    "lorica: sandbox: what the command did\n"
	    "  read\n"
	    "    /usr/share/x/** (400 files)\n"));
}

Test(report_put_text, an_option_is_a_word_for_a_shell)
{
	const char *const lines[] = { report_call("mkdir",
					  "\"result\":-30,\"errno\":\"EROFS\",",
					  "/h/.ssh/it's \\\\x1b"),
		NULL };
	AUTO_FREE char *text = report_of(lines, report_put_text);

	cr_expect(strstr(text,
		      "create $'/h/.ssh/it\\'s \\x1b' (hidden, EROFS): "
		      "--rw ~/.ssh\n") != NULL,
	    "%s", text);
}

Test(report_put_text, says_what_is_missing)
{
	static const char *const lines[] = { "x", NULL };
	AUTO_FREE char *text = report_of(lines, report_put_text);

	cr_expect(eq(str, text,
	    "lorica: sandbox: what the command did\n"
	    "  lost: 1 events never came\n"));
}
