/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A layer lasts: a file that says the same is not put in the place of the one
 * that is there. */
Test(sandbox_guarded, places_are_kept_and_written_when_one_is_new)
{
	char *env[] = { (char[]){ "HOME=/h" }, NULL };
	const char *first[] = { "/p" }, *both[] = { "/p", "/q" };
	struct list one = { .items = first, .count = 1 };
	struct list two = { .items = both, .count = 2 }, none = { 0 };
	struct stat was, is;
	struct error e = { 0 };
	char path[] = "/tmp/guarded.XXXXXX";

	cr_assert(ne(ptr, mkdtemp(path), NULL));
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	cr_assert(zero(int, guarded_add_places(dir, env, &none, &e)));
	cr_expect(eq(int, fstatat(dir, LAYER_PLACES, &was, 0), -1));
	cr_assert(zero(int, guarded_add_places(dir, env, &one, &e)));
	cr_assert(zero(int, fstatat(dir, LAYER_PLACES, &was, 0)));
	cr_assert(zero(int, guarded_add_places(dir, env, &one, &e)));
	cr_assert(zero(int, fstatat(dir, LAYER_PLACES, &is, 0)));
	cr_expect(eq(ulong, is.st_ino, was.st_ino));
	cr_expect(eq(llong, is.st_ctim.tv_nsec, was.st_ctim.tv_nsec));
	cr_assert(zero(int, guarded_add_places(dir, env, &two, &e)));
	struct guarded guarded = { 0 };
	cr_assert(zero(int, guarded_open(&guarded, dir, env, &e)));
	cr_expect(eq(sz, guarded.places.count, (size_t)2));
	cr_expect(guarded_is_placed(&guarded, "/q/x"));
	guarded_close(&guarded);
	unlinkat(dir, LAYER_PLACES, 0);
	close(dir);
	rmdir(path);
}
