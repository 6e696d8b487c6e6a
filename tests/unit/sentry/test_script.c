/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sentry/script.h"

/* fs/binfmt_script.c. */
Test(sentry_script, names_what_the_kernel_would_execute)
{
	static const struct {
		const char *text;
		size_t length; /* 0: of the text */
		const char *program, *argument;
	} rows[] = {
		{ "#!/bin/sh\n", 0, "/bin/sh", NULL },
		{ "#!/bin/sh", 0, "/bin/sh", NULL },
		{ "#!/bin/sh\0rest\n", 15, "/bin/sh", NULL },
		{ "#! \t/bin/sh \t\n", 0, "/bin/sh", NULL },
		{ "#!/bin/sh -e\n", 0, "/bin/sh", "-e" },
		{ "#!/bin/sh \t-e -u  \nx", 0, "/bin/sh", "-e -u" },
		{ "#!/bin/sh -e\0-u\n", 16, "/bin/sh", "-e" },
		{ "#!sh\n#!/bin/no", 0, "sh", NULL },
		{ "#!/bin/sh\r\n", 0, "/bin/sh\r", NULL },
		{ "#!\n/bin/sh\n", 0, NULL, NULL },
		{ "#!  \n", 0, NULL, NULL },
		{ "#!", 0, NULL, NULL },
		{ "#", 0, NULL, NULL },
		{ " #!/bin/sh\n", 0, NULL, NULL },
		{ "\177ELF", 0, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct script script;
		size_t length =
		    rows[i].length > 0 ? rows[i].length : strlen(rows[i].text);

		memset(&script, 'x', sizeof(script));
		memcpy(script.bytes, rows[i].text, length);
		bool is_one = script_parse(&script, length);
		cr_assert(eq(int, is_one, rows[i].program != NULL), "row %zu",
		    i);
		if (!is_one)
			continue;
		cr_expect(eq(str, (char *)script.program,
			      (char *)rows[i].program),
		    "row %zu", i);
		cr_assert(eq(int, script.argument != NULL,
			      rows[i].argument != NULL),
		    "row %zu", i);
		if (script.argument != NULL)
			cr_expect(eq(str, (char *)script.argument,
				      (char *)rows[i].argument),
			    "row %zu", i);
	}
}

/* A line of more than is looked at, whose program's name is whole or is not. */
Test(sentry_script, what_leads_on_from_a_descriptor_s_name_is_none)
{
	static const struct {
		const char *path;
		bool is;
	} rows[] = {
		{ "/dev/fd/3", true },
		{ "/dev/fd/10/bin/sh", true },
		{ "/dev/fd/", false },
		{ "/dev/fd/x", false },
		{ "/dev/fd/3x", false },
		{ "/dev/fd/../../tmp/x", false },
		{ "/dev/fd//../tmp/x", false },
		{ "/dev/fd/3/../../tmp/x", false },
		{ "/dev/fd/3/..", false },
		{ "/tmp/dev/fd/3", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(eq(int, script_is_descriptor(rows[i].path),
			      rows[i].is),
		    "%s", rows[i].path);
}

Test(sentry_script, a_line_that_is_cut_has_a_program_if_its_name_is_whole)
{
	for (size_t blank = 250; blank <= SCRIPT_BYTES; blank++) {
		struct script script;

		memset(script.bytes, 'a', sizeof(script.bytes));
		memcpy(script.bytes, "#!", 2);
		if (blank < SCRIPT_BYTES)
			script.bytes[blank] = ' ';
		bool is_one = script_parse(&script, SCRIPT_BYTES);
		cr_assert(eq(int, is_one, blank < SCRIPT_BYTES), "%zu", blank);
		if (is_one)
			cr_expect(eq(sz, strlen(script.program), blank - 2));
	}
}

Test(sentry_script, made_arguments_of_a_program)
{
	static const struct {
		const char *arguments;
		size_t length;
		bool is;
	} rows[] = {
		{ "/bin/sh\0/x", 10, true },
		{ "/bin/sh\0-e\0/x\0y", 15, true },
		{ "/bin/sh\0-e\0y", 12, false },
		{ "sh\0/x", 5, false }, /* not by a path */
		{ "/x\0/x", 5, false }, /* its own name */
		{ "/bin/sh", 7, false },
		{ "", 0, false },
		/* More than scripts of scripts make. */
		{ "/a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0/x", 25, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      script_made(rows[i].arguments, rows[i].length,
				  "/x"),
			      rows[i].is),
		    "row %zu", i);
}
