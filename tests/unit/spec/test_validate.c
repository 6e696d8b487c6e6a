/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

Test(spec_validate, versions_of_major_1_are_supported)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'ociVersion': '1.0.0'}", "" },
		{ "{'ociVersion': '1.10.2-dev+x'}", "" },
		{ "{'ociVersion': '1.0.'}",
		    "ociVersion: \"1.0.\" is not supported" },
		{ "{'ociVersion': '1..0'}",
		    "ociVersion: \"1..0\" is not supported" },
		{ "{'ociVersion': '10.0.0'}",
		    "ociVersion: \"10.0.0\" is not supported" },
		{ "{'ociVersion': ''}", "ociVersion: \"\" is not supported" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate, names_fit_the_kernel_and_have_a_namespace)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'hostname': 'h'}", "hostname: needs a uts namespace" },
		{ "{'domainname': 'd'}", "domainname: needs a uts namespace" },
		{ "{'hostname': '', 'domainname': ''}", "" },
		{ "{'hostname': "
		  "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		  "nnnnn', 'linux': {'namespaces': [{'type': 'mount'}, "
		  "{'type': 'uts'}]}}",
		    "" },
		{ "{'hostname': "
		  "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		  "nnnnnn', 'linux': {'namespaces': [{'type': 'mount'}, "
		  "{'type': 'uts'}]}}",
		    "hostname: longer than 64 bytes" },
		{ "{'domainname': "
		  "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		  "nnnnnn', 'linux': {'namespaces': [{'type': 'mount'}, "
		  "{'type': 'uts'}]}}",
		    "domainname: longer than 64 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate, mounts_are_mapped_for_users_and_groups_or_not_at_all)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'mounts': [{'destination': '/m'}]}", "" },
		{ "{'mounts': [{'destination': ''}]}",
		    "mounts[0].destination: is empty" },
		{ "{'mounts': [{'destination': '/m', 'uidMappings': "
		  "[{'containerID': 0, 'hostID': 1, 'size': 2}], "
		  "'gidMappings': [{'containerID': 0, 'hostID': 1, 'size': "
		  "2}]}]}",
		    "" },
		{ "{'mounts': [{'destination': '/m'}, {'destination': '/n', "
		  "'gidMappings': [{'containerID': 0, 'hostID': 1, 'size': "
		  "2}]}]}",
		    "mounts[1]: only one of uidMappings and gidMappings is "
		    "there" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate, what_has_to_be_there_is_named)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'root': {'path': ''}}", "root.path: is empty" },
		{ "{'annotations': {'a': ''}}", "" },
		{ "{'annotations': {'': 'a'}}",
		    "annotations: a name is empty" },
		{ "{'hooks': {'poststop': [{'path': '/h'}]}}", "" },
		{ "{'hooks': {'poststop': [{'path': '/h'}, {'path': 'h'}]}}",
		    "hooks.poststop[1].path: \"h\" is not absolute" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate, a_configuration_without_a_root_is_refused)
{
	static const char text[] = "{\"ociVersion\": \"1.3.0\"}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
	    spec_parse(text, sizeof(text) - 1, NULL, NULL, &spec, &e)));
	cr_expect(eq(int, spec_validate(spec, &e), -EINVAL));
	cr_expect(eq(str, e.text, "root is required"));
}

/* All of it together passes, but for what no machine here supports. */
Test(spec_validate, a_configuration_with_everything_is_valid)
{
	AUTO(spec_free) struct spec *spec = full_spec(false);
	struct error e = { 0 };

	spec->lnx.intel_rdt = NULL;
	spec->lnx.resources->block_io.weight_device[0].leaf_weight.value = 0;
	/* Which has user and group unmapped, by way of its ids. */
	cr_expect(zero(int, spec_validate(spec, &e)), "%s", e.text);
}
