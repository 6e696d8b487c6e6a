/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "swrk/swrk.h"

Test(swrk_log, the_last_errors_are_picked)
{
	static const struct {
		const char *text;
		size_t size;
		const char *want;
	} rows[] = {
		{ "", 64, "" },
		{ "\n\n", 64, "" },
		{ "(00.1) some\n(00.2) last\n", 64, "last" },
		{ "(00.1) Error (a): one\n(00.2) more\n", 64,
		    "Error (a): one" },
		{ "(00.1) Error (a): one\n(00.2)     44: Error (b): two\nx", 64,
		    "Error (a): one; Error (b): two" },
		/* What does not fit is the first. */
		{ "(00.1) Error (a): one\n(00.2) Error (b): two\n", 20,
		    "Error (b): two" },
		{ "Error (a): one\n", 8, "" },
		{ "(00.1 Error\n", 64, "(00.1 Error" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = strdup(rows[i].text);
		char buf[64] = "x";

		swrk_pick_errors(text, buf, rows[i].size);
		cr_expect(eq(str, buf, (char *)rows[i].want), "row %zu", i);
		free(text);
	}
}

Test(swrk_log, only_a_file_is_read)
{
	char top[] = "/tmp/lorica-log-XXXXXX";
	char buf[64];

	cr_assert(ne(ptr, mkdtemp(top), NULL));
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	swrk_log_errors(dir, "absent", buf, sizeof(buf));
	cr_expect(eq(str, buf, ""));
	cr_assert(zero(int, symlinkat("/etc/passwd", dir, "link")));
	swrk_log_errors(dir, "link", buf, sizeof(buf));
	cr_expect(eq(str, buf, ""));
	cr_assert(zero(int, mkfifoat(dir, "fifo", 0600)));
	swrk_log_errors(dir, "fifo", buf, sizeof(buf));
	cr_expect(eq(str, buf, ""));
	int fd = openat(dir, "log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	cr_assert(eq(int, (int)write(fd, "(0.1) Error: x\n", 15), 15));
	close(fd);
	swrk_log_errors(dir, "log", buf, sizeof(buf));
	cr_expect(eq(str, buf, "Error: x"));
	static const char *const names[] = { "link", "fifo", "log" };
	for (size_t i = 0; i < 3; i++)
		(void)unlinkat(dir, names[i], 0);
	(void)rmdir(top);
}
