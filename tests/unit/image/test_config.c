/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "image/image.h"

/* What is written for that configuration of an image; released by the caller.
 */
static struct spec *
printed(const char *text, bool rootless, size_t *left_out)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct spec_idmap map[] = { { 0, 1000, 1 }, { 1, 100000, 65536 } };
	const struct spec_idmaps maps = { map, 2 };
	struct image_user user = { .uid = 3, .gid = 4 };
	struct image_config config;
	AUTO_FREE char *json = NULL;
	struct spec *spec = NULL;
	struct error e = { 0 };
	size_t length;

	cr_assert(zero(int, image_parse_config(arena, text, strlen(text),
				&config, &e)),
	    "%s", e.text);
	const struct image_bundle bundle = { &config, &user, rootless, &maps,
		&maps, 1000, 1000 };
	FILE *out = open_memstream(&json, &length);
	cr_assert(zero(int, image_print_config(out, &bundle, left_out, &e)),
	    "%s", e.text);
	fclose(out);
	cr_assert(zero(int, spec_parse(json, length, NULL, NULL, &spec, &e)));
	return spec;
}

Test(image_config, has_what_the_image_says)
{
	size_t left_out;
	AUTO(spec_free)
	struct spec *spec = printed(
	    "{\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[]},\"config\":{"
	    "\"Entrypoint\":[\"e\"],\"Cmd\":[\"c\"],\"Env\":[\"A=\\\"\"],"
	    "\"WorkingDir\":\"w\",\"StopSignal\":\"9\",\"Labels\":{"
	    "\"run.oci.x\":\"\",\"dev.lorica.seccomp\":\"\",\"\":\"\","
	    "\"org.opencontainers.image.os\":\"mine\"}}}",
	    true, &left_out);

	cr_expect(eq(sz, left_out, 3));
	cr_expect(eq(str, spec->process->args.items[0], "e"));
	cr_expect(eq(str, spec->process->args.items[1], "c"));
	cr_expect(eq(sz, spec->process->env.count, 3));
	cr_expect(eq(str, spec->process->env.items[2], "A=\""));
	cr_expect(eq(str, spec->process->cwd, "/w"));
	cr_expect(eq(u32, spec->process->user.uid, 3));
	cr_expect(eq(sz, spec->annotations.count, 2));
	cr_expect(eq(str,
	    (char *)spec_annotation_find(spec, "org.opencontainers.image.os"),
	    "mine"));
	cr_expect(eq(str,
	    (char *)spec_annotation_find(spec,
		"org.opencontainers.image.stopSignal"),
	    "9"));
	cr_expect(eq(sz, spec->lnx.uid_mappings.count, 2));
	cr_expect(spec_is_new_namespace(spec, SPEC_NS_USER));
	cr_expect(not(spec->root->readonly));
}

Test(image_config, of_an_image_that_says_nothing_is_a_shell)
{
	size_t left_out;
	AUTO(spec_free)
	struct spec *spec =
	    printed("{\"rootfs\":{\"diff_ids\":[]}}", false, &left_out);

	cr_expect(eq(str, spec->process->args.items[0], "sh"));
	cr_expect(eq(str, spec->process->cwd, "/"));
	cr_expect(zero(sz, spec->annotations.count));
	cr_expect(zero(sz, spec->lnx.uid_mappings.count));
	cr_expect(not(spec_is_new_namespace(spec, SPEC_NS_USER)));
}
