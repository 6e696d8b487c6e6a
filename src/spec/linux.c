/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fields.h"
#include "names.h"
#include "spec/spec.h"

static int
read_nanosecs(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, 999999999, &number, e));
	uint32_t result = (uint32_t)number;
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_device_type(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	char *text;

	TRY(json_read_string(reader, value, field, &text, e));
	if (text[0] == '\0' || text[1] != '\0' ||
	    strchr("bcup", text[0]) == NULL)
		return json_fail(value, e, "unknown value \"%s\"", text);
	memcpy(out, text, 1);
	return 0;
}

static int
read_no_flags(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)field;
	(void)out;
	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	if (value->first != NULL)
		return json_fail(value->first, e,
		    "the specification has no such flag");
	return 0;
}

static int
read_propagation(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	if (value->kind == JSON_STRING && value->text[0] == '\0')
		return 0; /* engines write "" for "not given" */
	return json_read_word64(reader, value, field, out, e);
}

const struct json_field spec_idmap_fields[] = {
	{ "containerID", .offset = offsetof(struct spec_idmap, container_id),
	    .read = json_read_u32, .required = true },
	{ "hostID", .offset = offsetof(struct spec_idmap, host_id),
	    .read = json_read_u32, .required = true },
	{ "size", .offset = offsetof(struct spec_idmap, size),
	    .read = json_read_u32, .required = true },
	{ NULL },
};

static const struct json_field device_fields[] = {
	{ "path", .offset = offsetof(struct spec_device, path),
	    .read = json_read_string, .required = true },
	{ "type", .offset = offsetof(struct spec_device, type),
	    .read = read_device_type, .required = true },
	{ "major", .offset = offsetof(struct spec_device, major),
	    .read = spec_read_i64 },
	{ "minor", .offset = offsetof(struct spec_device, minor),
	    .read = spec_read_i64 },
	{ "fileMode", .offset = offsetof(struct spec_device, file_mode),
	    .read = spec_read_u32 },
	{ "uid", .offset = offsetof(struct spec_device, uid),
	    .read = spec_read_u32 },
	{ "gid", .offset = offsetof(struct spec_device, gid),
	    .read = spec_read_u32 },
	{ NULL },
};

static const struct json_field net_device_fields[] = {
	{ "name", .offset = offsetof(struct spec_net_device, name),
	    .read = json_read_string },
	{ NULL },
};

static const struct json_field memory_policy_fields[] = {
	{ "mode", .offset = offsetof(struct spec_memory_policy, mode),
	    .read = json_read_word, .words = spec_memory_mode_words,
	    .required = true },
	{ "nodes", .offset = offsetof(struct spec_memory_policy, nodes),
	    .read = json_read_string },
	{ "flags", .offset = offsetof(struct spec_memory_policy, flags),
	    .read = json_read_words, .words = spec_memory_flag_words },
	{ NULL },
};

static const struct json_field intel_rdt_fields[] = {
	{ "closID", .offset = offsetof(struct spec_intel_rdt, clos_id),
	    .read = json_read_string },
	{ "schemata", .offset = offsetof(struct spec_intel_rdt, schemata),
	    .read = json_read_strings },
	{ "l3CacheSchema",
	    .offset = offsetof(struct spec_intel_rdt, l3_cache_schema),
	    .read = json_read_string },
	{ "memBwSchema",
	    .offset = offsetof(struct spec_intel_rdt, mem_bw_schema),
	    .read = json_read_string },
	{ "enableMonitoring",
	    .offset = offsetof(struct spec_intel_rdt, enable_monitoring),
	    .read = spec_read_bool },
	{ NULL },
};

static const struct json_field personality_fields[] = {
	{ "domain", .offset = offsetof(struct spec_linux, personality),
	    .read = json_read_word64, .words = spec_personality_words,
	    .required = true },
	{ "flags", .offset = 0, .read = read_no_flags },
	{ NULL },
};

static const struct json_field offset_fields[] = {
	{ "secs", .offset = offsetof(struct spec_time_offset, secs),
	    .read = json_read_i64 },
	{ "nanosecs", .offset = offsetof(struct spec_time_offset, nanosecs),
	    .read = read_nanosecs },
	{ NULL },
};

static int
read_offset(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_time_offset *offset = out;

	(void)field;
	offset->is_set = true;
	return json_fill(reader, value, offset_fields, offset, e);
}

static const struct json_field time_offset_fields[] = {
	{ "boottime", .offset = offsetof(struct spec_linux, boottime),
	    .read = read_offset },
	{ "monotonic", .offset = offsetof(struct spec_linux, monotonic),
	    .read = read_offset },
	{ NULL },
};

static int
read_personality(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_linux *lnx = out;

	(void)field;
	lnx->has_personality = true;
	return json_fill(reader, value, personality_fields, lnx, e);
}

static int
read_namespaces(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct listed {
		uint32_t kind;
		char *path;
	};
	static const struct json_field fields[] = {
		{ "type", .offset = offsetof(struct listed, kind),
		    .read = json_read_word, .words = spec_namespace_words,
		    .required = true },
		{ "path", .offset = offsetof(struct listed, path),
		    .read = json_read_string },
		{ NULL },
	};
	struct spec_namespace *namespaces = out;

	(void)field;
	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		struct listed listed = { 0 };

		TRY(json_fill(reader, at, fields, &listed, e));
		if (namespaces[listed.kind].is_set)
			return json_fail(at, e, "%s is there twice",
			    spec_namespace_name(listed.kind));
		bool given = listed.path != NULL && listed.path[0] != '\0';
		namespaces[listed.kind] = (struct spec_namespace){
			.is_set = true,
			.path = given ? listed.path : NULL,
		};
	}
	return 0;
}

const struct json_field spec_linux_fields[] = {
	{ "uidMappings", .offset = offsetof(struct spec_linux, uid_mappings),
	    .read = json_read_list, .fields = spec_idmap_fields,
	    .size = sizeof(struct spec_idmap) },
	{ "gidMappings", .offset = offsetof(struct spec_linux, gid_mappings),
	    .read = json_read_list, .fields = spec_idmap_fields,
	    .size = sizeof(struct spec_idmap) },
	{ "sysctl", .offset = offsetof(struct spec_linux, sysctl),
	    .read = json_read_pairs },
	{ "resources", .offset = offsetof(struct spec_linux, resources),
	    .read = json_read_pointer, .fields = spec_resource_fields,
	    .size = sizeof(struct spec_resources) },
	{ "cgroupsPath", .offset = offsetof(struct spec_linux, cgroups_path),
	    .read = json_read_string },
	{ "namespaces", .offset = offsetof(struct spec_linux, namespaces),
	    .read = read_namespaces },
	{ "devices", .offset = offsetof(struct spec_linux, devices),
	    .read = json_read_list, .fields = device_fields,
	    .size = sizeof(struct spec_device) },
	{ "netDevices", .offset = offsetof(struct spec_linux, net_devices),
	    .read = json_read_keyed, .fields = net_device_fields,
	    .size = sizeof(struct spec_net_device) },
	{ "seccomp", .offset = offsetof(struct spec_linux, seccomp),
	    .read = json_read_pointer, .fields = spec_seccomp_fields,
	    .size = sizeof(struct spec_seccomp) },
	{ "rootfsPropagation",
	    .offset = offsetof(struct spec_linux, rootfs_propagation),
	    .read = read_propagation, .words = spec_propagation_words },
	{ "maskedPaths", .offset = offsetof(struct spec_linux, masked_paths),
	    .read = json_read_strings },
	{ "readonlyPaths",
	    .offset = offsetof(struct spec_linux, readonly_paths),
	    .read = json_read_strings },
	{ "mountLabel", .offset = offsetof(struct spec_linux, mount_label),
	    .read = json_read_string },
	{ "intelRdt", .offset = offsetof(struct spec_linux, intel_rdt),
	    .read = json_read_pointer, .fields = intel_rdt_fields,
	    .size = sizeof(struct spec_intel_rdt) },
	{ "memoryPolicy", .offset = offsetof(struct spec_linux, memory_policy),
	    .read = json_read_pointer, .fields = memory_policy_fields,
	    .size = sizeof(struct spec_memory_policy) },
	{ "personality", .offset = 0, .read = read_personality },
	{ "timeOffsets", .offset = 0, .read = json_read_object,
	    .fields = time_offset_fields },
	{ NULL },
};
