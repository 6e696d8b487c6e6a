/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate - the rules for the configuration as a whole, and all the tables.
 */
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "rules.h"

#define NAME_BYTES 64 /* __NEW_UTS_LEN */

/* "1.", a number, ".", a number: semantic versions of major 1. */
static int
version(const struct spec *spec, struct error *e)
{
	const char *text = spec->oci_version;
	const char *at = text;

	if (strncmp(at, "1.", 2) == 0) {
		at += 2;
		size_t minor = strspn(at, "0123456789");

		at += minor;
		if (minor > 0 && *at == '.' && at[1] >= '0' && at[1] <= '9')
			return 0;
	}
	return FAIL("ociVersion: \"%s\" is not supported", text);
}

static int
root(const struct spec *spec, struct error *e)
{
	if (spec->root == NULL)
		return FAIL("root is required");
	if (spec->root->path[0] == '\0')
		return FAIL("root.path: is empty");
	return 0;
}

static int
names(const struct spec *spec, struct error *e)
{
	const struct {
		const char *place;
		const char *name;
	} rows[] = {
		{ "hostname", spec->hostname },
		{ "domainname", spec->domainname },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = rows[i].name;

		if (name == NULL || name[0] == '\0')
			continue;
		if (!has_namespace(spec, SPEC_NS_UTS))
			return FAIL("%s: needs a uts namespace", rows[i].place);
		if (strlen(name) > NAME_BYTES)
			return FAIL("%s: longer than %d bytes", rows[i].place,
			    NAME_BYTES);
	}
	return 0;
}

static int
annotations(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->annotations.count; i++) {
		if (spec->annotations.items[i].key[0] == '\0')
			return FAIL("annotations: a name is empty");
	}
	return 0;
}

static int
mounts(const struct spec *spec, struct error *e)
{
	/* Stacked on one place they cost the square of their number. */
	if (spec->mounts_count > LIMIT_MOUNTS)
		return FAIL("mounts: more than %d", LIMIT_MOUNTS);
	for (size_t i = 0; i < spec->mounts_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		char place[64];

		if (mount->destination[0] == '\0')
			return FAIL("mounts[%zu].destination: is empty", i);
		(void)snprintf(place, sizeof(place), "mounts[%zu].uidMappings",
		    i);
		TRY(rules_check_maps(&mount->uid_mappings, place, e));
		(void)snprintf(place, sizeof(place), "mounts[%zu].gidMappings",
		    i);
		TRY(rules_check_maps(&mount->gid_mappings, place, e));
		if ((mount->uid_mappings.count == 0) !=
		    (mount->gid_mappings.count == 0))
			return FAIL("mounts[%zu]: only one of uidMappings and "
				    "gidMappings is there",
			    i);
	}
	return 0;
}

static int
hooks(const struct spec *spec, struct error *e)
{
	for (int kind = 0; kind < SPEC_HOOK_KINDS; kind++) {
		for (size_t i = 0; i < spec->hooks[kind].count; i++) {
			const char *path = spec->hooks[kind].items[i].path;

			if (path[0] != '/')
				return FAIL("hooks.%s[%zu].path: \"%s\" is "
					    "not absolute",
				    spec_hook_name((enum spec_hook_kind)kind),
				    i, path);
		}
	}
	return 0;
}

static spec_rule *const general_rules[] = {
	version,
	root,
	names,
	annotations,
	mounts,
	hooks,
	NULL,
};

static int
apply(spec_rule *const *const *tables, size_t count, const struct spec *spec,
    struct error *e)
{
	for (size_t i = 0; i < count; i++) {
		for (spec_rule *const *rule = tables[i]; *rule != NULL; rule++)
			TRY((*rule)(spec, e));
	}
	return 0;
}

int
spec_validate(const struct spec *spec, struct error *e)
{
	static spec_rule *const *const tables[] = {
		general_rules,
		spec_linux_rules,
		spec_process_rules,
		spec_landlock_rules,
		spec_seccomp_rules,
		spec_sysctl_rules,
		spec_resource_rules,
	};

	return apply(tables, ARRAY_SIZE(tables), spec, e);
}

int
spec_validate_process(const struct spec *spec, struct error *e)
{
	static spec_rule *const *const tables[] = {
		spec_process_rules,
		spec_landlock_rules,
	};

	return apply(tables, ARRAY_SIZE(tables), spec, e);
}
