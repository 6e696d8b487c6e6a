/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_linux - the rules for linux, but for the tables of their own.
 */
#include <limits.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "rules.h"

#define MAX_MAJOR 0xfff   /* the kernel's dev_t: 12 bits */
#define MAX_MINOR 0xfffff /* and 20 */

static bool
overlaps(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

int
rules_check_maps(const struct spec_idmaps *maps, const char *place,
    struct error *e)
{
	if (maps->count > LIMIT_IDMAPS)
		return FAIL("%s: more than %d", place, LIMIT_IDMAPS);
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *a = &maps->items[i];

		if (a->size == 0)
			return FAIL("%s[%zu].size: is 0", place, i);
		if ((uint64_t)a->container_id + a->size > NO_ID ||
		    (uint64_t)a->host_id + a->size > NO_ID)
			return FAIL("%s[%zu]: goes past the last id", place, i);
		for (size_t j = 0; j < i; j++) {
			const struct spec_idmap *b = &maps->items[j];

			if (overlaps(a->container_id, a->size, b->container_id,
				b->size) ||
			    overlaps(a->host_id, a->size, b->host_id, b->size))
				return FAIL("%s[%zu]: overlaps [%zu]", place, i,
				    j);
		}
	}
	return 0;
}

int
rules_check_list(const char *list, const char *place, struct error *e)
{
	for (const char *at = list; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, ",");
		bool last = at[length] == '\0';
		uint64_t from;
		uint64_t to;

		if (!text_parse_range(at, length, INT32_MAX, &from, &to) ||
		    (!last && at[length + 1] == '\0'))
			return FAIL("%s: \"%s\" is no list of numbers", place,
			    list);
		at += length + (last ? 0 : 1);
	}
	return 0;
}

static int
namespaces(const struct spec *spec, struct error *e)
{
	if (!has_namespace(spec, SPEC_NS_MOUNT))
		return FAIL("linux.namespaces: a mount namespace is required");
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		const char *path = spec->lnx.namespaces[kind].path;

		if (path != NULL && path[0] != '/')
			return FAIL("linux.namespaces: \"%s\" of %s is not "
				    "absolute",
			    path,
			    spec_namespace_name(
				(enum spec_namespace_kind)kind));
	}
	return 0;
}

static int
maps(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	TRY(rules_check_maps(&lnx->uid_mappings, "linux.uidMappings", e));
	TRY(rules_check_maps(&lnx->gid_mappings, "linux.gidMappings", e));
	if (lnx->uid_mappings.count + lnx->gid_mappings.count > 0 &&
	    !has_namespace(spec, SPEC_NS_USER))
		return FAIL("linux.uidMappings: needs a user namespace");
	if ((lnx->uid_mappings.count == 0) != (lnx->gid_mappings.count == 0))
		return FAIL("linux.uidMappings and linux.gidMappings: only "
			    "one of them is there");
	return 0;
}

static int
offsets(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	if ((lnx->boottime.is_set || lnx->monotonic.is_set) &&
	    !spec_is_new_namespace(spec, SPEC_NS_TIME))
		return FAIL("linux.timeOffsets: needs a new time namespace");
	return 0;
}

static int
absolute(const struct spec_strings *paths, const char *place, struct error *e)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->items[i][0] != '/')
			return FAIL("%s[%zu]: \"%s\" is not absolute", place, i,
			    paths->items[i]);
	}
	return 0;
}

static int
paths(const struct spec *spec, struct error *e)
{
	TRY(absolute(&spec->lnx.masked_paths, "linux.maskedPaths", e));
	return absolute(&spec->lnx.readonly_paths, "linux.readonlyPaths", e);
}

static int
devices(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->lnx.devices_count; i++) {
		const struct spec_device *device = &spec->lnx.devices[i];

		if (device->path[0] != '/')
			return FAIL("linux.devices[%zu].path: \"%s\" is not "
				    "absolute",
			    i, device->path);
		if (device->type == 'p')
			continue;
		if (!device->major.is_set || !device->minor.is_set)
			return FAIL("linux.devices[%zu]: major and minor are "
				    "required",
			    i);
		if (device->major.value < 0 || device->major.value > MAX_MAJOR)
			return FAIL("linux.devices[%zu].major: %lld is out of "
				    "range",
			    i, (long long)device->major.value);
		if (device->minor.value < 0 || device->minor.value > MAX_MINOR)
			return FAIL("linux.devices[%zu].minor: %lld is out of "
				    "range",
			    i, (long long)device->minor.value);
	}
	return 0;
}

static bool
is_interface_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= 15 &&
	       strpbrk(name, "/: \t\n") == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static int
net_devices(const struct spec *spec, struct error *e)
{
	if (spec->lnx.net_devices_count > 0 &&
	    !has_namespace(spec, SPEC_NS_NETWORK))
		return FAIL("linux.netDevices: needs a network namespace");
	for (size_t i = 0; i < spec->lnx.net_devices_count; i++) {
		const struct spec_net_device *device =
		    &spec->lnx.net_devices[i];
		/* An empty name keeps the one that it has. */
		bool renamed = device->name != NULL && device->name[0] != '\0';
		const char *name = renamed ? device->name : device->host_name;

		if (!is_interface_name(device->host_name) ||
		    !is_interface_name(name))
			return FAIL("linux.netDevices.%s: \"%s\" is no "
				    "interface name",
			    device->host_name, name);
	}
	return 0;
}

static int
memory_policy(const struct spec *spec, struct error *e)
{
	const struct spec_memory_policy *policy = spec->lnx.memory_policy;

	return policy == NULL ? 0
			      : rules_check_list(policy->nodes,
				    "linux.memoryPolicy.nodes", e);
}

/* A class is a directory of the kernel's: a name that it does not use. */
static bool
is_class_name(const char *name)
{
	static const char *const taken[] = { "", ".", "..", "info", "mon_data",
		"mon_groups" };

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		if (strcmp(name, taken[i]) == 0)
			return false;
	}
	return strlen(name) <= NAME_MAX && strpbrk(name, "/\n") == NULL;
}

static int
intel_rdt(const struct spec *spec, struct error *e)
{
	const struct spec_intel_rdt *rdt = spec->lnx.intel_rdt;

	if (rdt == NULL)
		return 0;
	if (rdt->clos_id != NULL && strcmp(rdt->clos_id, "/") != 0 &&
	    !is_class_name(rdt->clos_id))
		return FAIL("linux.intelRdt.closID: \"%s\" is neither / nor a "
			    "name for a class",
		    rdt->clos_id);
	if (rdt->mem_bw_schema != NULL &&
	    (strncmp(rdt->mem_bw_schema, "MB:", 3) != 0 ||
		strchr(rdt->mem_bw_schema, '\n') != NULL))
		return FAIL("linux.intelRdt.memBwSchema: \"%s\" is not one "
			    "line that begins with MB:",
		    rdt->mem_bw_schema);
	for (size_t i = 0; i < rdt->schemata.count; i++) {
		if (strchr(rdt->schemata.items[i], '\n') != NULL)
			return FAIL("linux.intelRdt.schemata[%zu]: more than "
				    "one line",
			    i);
	}
	return 0;
}

spec_rule *const spec_linux_rules[] = {
	namespaces,
	maps,
	offsets,
	paths,
	devices,
	net_devices,
	memory_policy,
	intel_rdt,
	NULL,
};
