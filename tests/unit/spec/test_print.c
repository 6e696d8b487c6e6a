/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

static void
fail(void *context, const char *place)
{
	(void)context;
	cr_fail("%s", place);
}

static struct spec *
printed(bool rootless)
{
	AUTO_FREE char *text = NULL;
	struct spec *spec = NULL;
	struct error e = { 0 };
	size_t length;
	FILE *out = open_memstream(&text, &length);

	cr_assert(
	    zero(int, spec_print_default(out, rootless, 1000, 1001, NULL)));
	fclose(out);
	cr_assert(zero(int, spec_parse(text, length, fail, NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

Test(spec_print, the_default_configurations_are_valid)
{
	for (int rootless = 0; rootless < 2; rootless++) {
		AUTO(spec_free) struct spec *spec = printed(rootless);
		struct error e = { 0 };

		cr_expect(zero(int, spec_validate(spec, &e)), "%s", e.text);
	}
}

/* What makes them a safe beginning. */
Test(spec_print, the_default_configurations_confine)
{
	const uint64_t sets = UINT64_C(1) << CAP_AUDIT_WRITE |
			      UINT64_C(1) << CAP_KILL |
			      UINT64_C(1) << CAP_NET_BIND_SERVICE;

	for (int rootless = 0; rootless < 2; rootless++) {
		AUTO(spec_free) struct spec *spec = printed(rootless);
		const struct spec_capabilities *caps =
		    spec->process->capabilities;

		cr_expect(spec->process->no_new_privileges);
		cr_expect(spec->root->readonly);
		cr_expect(eq(u64, caps->bounding, sets));
		cr_expect(eq(u64, spec_default_bounding(), sets));
		cr_expect(eq(u64, caps->effective, sets));
		cr_expect(eq(u64, caps->permitted, sets));
		cr_expect(zero(u64, caps->inheritable));
		cr_expect(zero(u64, caps->ambient));
		cr_expect(gt(sz, spec->lnx.masked_paths.count, 0));
		cr_expect(gt(sz, spec->lnx.readonly_paths.count, 0));
		for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
			bool is_left_out =
			    kind == SPEC_NS_TIME ||
			    kind == (rootless ? SPEC_NS_NETWORK : SPEC_NS_USER);

			cr_expect(eq(int,
				      spec_is_new_namespace(spec,
					  (enum spec_namespace_kind)kind),
				      !is_left_out),
			    "%s",
			    spec_namespace_name(
				(enum spec_namespace_kind)kind));
		}
	}
}

Test(spec_print, an_ordinary_user_is_root_inside_and_nobody_else)
{
	AUTO(spec_free) struct spec *root = printed(false);
	AUTO(spec_free) struct spec *user = printed(true);

	cr_expect(zero(sz, root->lnx.uid_mappings.count));
	cr_expect(ne(ptr, (void *)root->lnx.resources, NULL));
	cr_expect(eq(ptr, (void *)user->lnx.resources, NULL));
	cr_assert(eq(sz, user->lnx.uid_mappings.count, 1));
	cr_assert(eq(sz, user->lnx.gid_mappings.count, 1));
	cr_expect(zero(u32, user->lnx.uid_mappings.items[0].container_id));
	cr_expect(eq(u32, user->lnx.uid_mappings.items[0].host_id, 1000));
	cr_expect(eq(u32, user->lnx.uid_mappings.items[0].size, 1));
	cr_expect(eq(u32, user->lnx.gid_mappings.items[0].host_id, 1001));
	cr_expect(eq(u32, user->lnx.gid_mappings.items[0].size, 1));
	/* No group but its own is mapped. */
	for (size_t i = 0; i < user->mounts_count; i++) {
		const struct spec_strings *options = &user->mounts[i].options;

		for (size_t j = 0; j < options->count; j++)
			cr_expect(ne(str, options->items[j], "gid=5"));
	}
}

/* With a profile it is the same configuration, and that profile. */
Test(spec_print, a_profile_is_put_in)
{
	const char *text = spec_profile_find("strict");
	AUTO(spec_free) struct spec *profile = NULL;
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO_FREE char *written = NULL;
	struct error e = { 0 };
	size_t length;

	cr_assert(
	    zero(int, spec_parse_profile(text, strlen(text), 0, &profile, &e)));
	FILE *out = open_memstream(&written, &length);
	cr_assert(zero(int,
	    spec_print_default(out, false, 0, 0, profile->lnx.seccomp)));
	fclose(out);
	cr_assert(zero(int, spec_parse(written, length, NULL, NULL, &spec, &e)),
	    "%s", e.text);
	cr_assert(spec->lnx.seccomp != NULL);
	cr_expect(eq(sz, spec->lnx.seccomp->syscalls_count,
	    profile->lnx.seccomp->syscalls_count));
	cr_expect(gt(sz, spec->lnx.readonly_paths.count, 0));
}

Test(spec_print, what_cannot_be_written_is_an_error)
{
	FILE *full = fopen("/dev/full", "we");

	cr_assert(ne(ptr, full, NULL));
	cr_expect(eq(int, spec_print_default(full, false, 0, 0, NULL), -1));
	fclose(full);
}
