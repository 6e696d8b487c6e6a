/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/guarded.h"

Test(sandbox_guarded, what_programs_outside_obey_or_is_hidden_is_known)
{
	static const struct {
		const char *path;
		bool is_directory;
		const char *guarded; /* "": not */
	} rows[] = {
		{ "/p/.git/hooks/pre-commit", false, "/p/.git/hooks" },
		{ "/p/.git/hooks", true, "/p/.git/hooks" },
		{ "/p/.git/config", false, "/p/.git/config" },
		{ "/p/deep/er/.git/commondir", false,
		    "/p/deep/er/.git/commondir" },
		{ "/p/.git/configs", false, "" },
		{ "/p/x.git/config", false, "" },
		{ "/p/.git", true, "" },
		{ "/p/.git", false, "/p/.git" },
		{ "/p/.vscode/tasks.json", false, "/p/.vscode" },
		{ "/p/.env", false, "/p/.env" },
		{ "/home/u/.bashrc", false, "/home/u/.bashrc" },
		{ "/home/u/.ssh/authorized_keys", false, "/home/u/.ssh" },
		{ "/home/other/.ssh/authorized_keys", false, "" },
		{ "/home/u2/.bashrc", false, "" },
		{ "/etc/shadow", false, "/etc/shadow" },
		{ "/etc/passwd", false, "" },
		{ "/p/file", false, "" },
	};
	struct guarded guarded = { 0 };

	guarded.box.homes[0] = "/home/u";
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(sz,
			      guarded_length(&guarded, rows[i].path,
				  rows[i].is_directory),
			      strlen(rows[i].guarded)),
		    "%s", rows[i].path);
}

Test(sandbox_guarded, a_place_is_a_directory_and_what_is_in_it)
{
	char *items[] = { (char[]){ "/p" } };
	const struct guarded guarded = { .places = { items, 1 } };

	cr_expect(guarded_is_placed(&guarded, "/p"));
	cr_expect(guarded_is_placed(&guarded, "/p/x"));
	cr_expect(not(guarded_is_placed(&guarded, "/px")));
	cr_expect(not(guarded_is_placed(&guarded, "/")));
}
