/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "sandbox/guarded.h"

Test(sandbox_guarded, what_programs_outside_obey_or_is_hidden_is_known)
{
	static const struct {
		const char *path;
		mode_t type;
		const char *guarded; /* "": not */
	} rows[] = {
		{ "/p/.git/hooks/pre-commit", S_IFREG, "/p/.git/hooks" },
		{ "/p/.git/hooks", S_IFDIR, "/p/.git/hooks" },
		{ "/p/.git/config", S_IFREG, "/p/.git/config" },
		{ "/p/deep/er/.git/commondir", S_IFREG,
		    "/p/deep/er/.git/commondir" },
		{ "/p/.git/configs", S_IFREG, "" },
		{ "/p/x.git/config", S_IFREG, "" },
		{ "/p/.git", S_IFDIR, "" },
		{ "/p/.git", S_IFREG, "/p/.git" },
		{ "/p/.vscode/tasks.json", S_IFREG, "/p/.vscode" },
		{ "/p/.env", S_IFREG, "/p/.env" },
		{ "/home/u/.bashrc", S_IFREG, "/home/u/.bashrc" },
		{ "/home/u/.ssh/authorized_keys", S_IFREG, "/home/u/.ssh" },
		{ "/home/other/.ssh/authorized_keys", S_IFREG, "" },
		{ "/home/u2/.bashrc", S_IFREG, "" },
		{ "/etc/shadow", S_IFREG, "/etc/shadow" },
		{ "/etc/passwd", S_IFREG, "" },
		{ "/p/file", S_IFREG, "" },
		{ "/p/.claude", S_IFLNK, "/p/.claude" },
		{ "/p/.claude", S_IFDIR, "" },
		{ "/p/.clau", S_IFLNK, "" },
		{ "/home/u/.config", S_IFLNK, "/home/u/.config" },
		{ "/home/u/.local/share", S_IFLNK, "/home/u/.local/share" },
		{ "/p/link", S_IFLNK, "" },
	};
	struct guarded guarded = { 0 };

	guarded.box.homes[0] = "/home/u";
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(sz,
			      guarded_length(&guarded, rows[i].path,
				  rows[i].type),
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
