/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "fields.h"
#include "names.h"
#include "profile.h"
#include "rules.h"
#include "spec/spec.h"

static int
read_timeout(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 1, INT32_MAX, &number, e));
	struct spec_u32 result = { true, (uint32_t)number };
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_hook_env(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_hook *hook = out;

	hook->has_env = true;
	return json_read_strings(reader, value, field, &hook->env, e);
}

static const struct json_field root_fields[] = {
	{ "path", .offset = offsetof(struct spec_root, path),
	    .read = json_read_string, .required = true },
	{ "readonly", .offset = offsetof(struct spec_root, readonly),
	    .read = json_read_bool },
	{ NULL },
};

static const struct json_field mount_fields[] = {
	{ "destination", .offset = offsetof(struct spec_mount, destination),
	    .read = json_read_string, .required = true },
	{ "type", .offset = offsetof(struct spec_mount, type),
	    .read = json_read_string },
	{ "source", .offset = offsetof(struct spec_mount, source),
	    .read = json_read_string },
	{ "options", .offset = offsetof(struct spec_mount, options),
	    .read = json_read_strings },
	{ "uidMappings", .offset = offsetof(struct spec_mount, uid_mappings),
	    .read = json_read_list, .fields = spec_idmap_fields,
	    .size = sizeof(struct spec_idmap) },
	{ "gidMappings", .offset = offsetof(struct spec_mount, gid_mappings),
	    .read = json_read_list, .fields = spec_idmap_fields,
	    .size = sizeof(struct spec_idmap) },
	{ NULL },
};

static const struct json_field hook_fields[] = {
	{ "path", .offset = offsetof(struct spec_hook, path),
	    .read = json_read_string, .required = true },
	{ "args", .offset = offsetof(struct spec_hook, args),
	    .read = json_read_strings },
	{ "env", .offset = 0, .read = read_hook_env },
	{ "timeout", .offset = offsetof(struct spec_hook, timeout),
	    .read = read_timeout },
	{ NULL },
};

static const struct json_field hooks_fields[] = {
	{ "prestart", .offset = SPEC_HOOK_PRESTART * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ "createRuntime",
	    .offset = SPEC_HOOK_CREATE_RUNTIME * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ "createContainer",
	    .offset = SPEC_HOOK_CREATE_CONTAINER * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ "startContainer",
	    .offset = SPEC_HOOK_START_CONTAINER * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ "poststart",
	    .offset = SPEC_HOOK_POSTSTART * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ "poststop", .offset = SPEC_HOOK_POSTSTOP * sizeof(struct spec_hooks),
	    .read = json_read_list, .fields = hook_fields,
	    .size = sizeof(struct spec_hook) },
	{ NULL },
};

static const struct json_field spec_fields[] = {
	{ "ociVersion", .offset = offsetof(struct spec, oci_version),
	    .read = json_read_string, .required = true },
	{ "process", .offset = offsetof(struct spec, process),
	    .read = json_read_pointer, .fields = spec_process_fields,
	    .size = sizeof(struct spec_process) },
	{ "root", .offset = offsetof(struct spec, root),
	    .read = json_read_pointer, .fields = root_fields,
	    .size = sizeof(struct spec_root) },
	{ "hostname", .offset = offsetof(struct spec, hostname),
	    .read = json_read_string },
	{ "domainname", .offset = offsetof(struct spec, domainname),
	    .read = json_read_string },
	{ "mounts", .offset = offsetof(struct spec, mounts),
	    .read = json_read_list, .fields = mount_fields,
	    .size = sizeof(struct spec_mount) },
	{ "hooks", .offset = offsetof(struct spec, hooks),
	    .read = json_read_object, .fields = hooks_fields },
	{ "annotations", .offset = offsetof(struct spec, annotations),
	    .read = json_read_pairs },
	{ "linux", .offset = offsetof(struct spec, lnx),
	    .read = json_read_object, .fields = spec_linux_fields },
	{ NULL },
};

/* The arena is first to come and last to go. */
static struct spec *
new_spec(struct error *e)
{
	struct json_arena *arena = json_arena_new();

	if (arena == NULL) {
		error_sys(e, "memory");
		return NULL;
	}
	struct spec *spec = json_alloc(arena, sizeof(*spec));
	if (spec == NULL) {
		error_sys(e, "memory");
		json_arena_free(&arena);
		return NULL;
	}
	spec->arena = arena;
	return spec;
}

static void
end(struct spec_strings *list)
{
	static char *nothing[] = { NULL };

	if (list->items == NULL)
		list->items = nothing;
}

/* "For compatibility with old tools": relative to the root. */
static int
complete_destination(const struct json_reader *reader, struct spec_mount *mount,
    struct error *e)
{
	size_t length = strlen(mount->destination);

	if (length == 0 || mount->destination[0] == '/')
		return 0;
	char *absolute = json_alloc(reader->arena, length + 2);
	if (absolute == NULL)
		return error_sys(e, "memory");
	absolute[0] = '/';
	memcpy(absolute + 1, mount->destination, length + 1);
	mount->destination = absolute;
	return 0;
}

/* Lists of strings are never without their end, so that exec can use them. */
static int
complete(const struct json_reader *reader, struct spec *spec, struct error *e)
{
	for (size_t kind = 0; kind < SPEC_HOOK_KINDS; kind++) {
		for (size_t i = 0; i < spec->hooks[kind].count; i++) {
			end(&spec->hooks[kind].items[i].env);
			end(&spec->hooks[kind].items[i].args);
		}
	}
	for (size_t i = 0; i < spec->mounts_count; i++) {
		end(&spec->mounts[i].options);
		TRY(complete_destination(reader, &spec->mounts[i], e));
	}
	if (spec->process != NULL) {
		end(&spec->process->args);
		end(&spec->process->env);
	}
	return spec_choose_profile(spec, e);
}

int
spec_parse(const char *json, size_t length, spec_note *note, void *context,
    struct spec **out, struct error *e)
{
	AUTO(spec_free) struct spec *spec = new_spec(e);
	const struct json *root = NULL;

	if (spec == NULL)
		return -e->code;
	struct json_reader reader = { spec->arena, note, context };
	TRY(json_parse(spec->arena, json, length, &root, e));
	TRY(json_fill(&reader, root, spec_fields, spec, e));
	TRY(complete(&reader, spec, e));
	TRY(spec_landlock_annotated(&reader, spec, e));
	*out = take(&spec);
	return 0;
}

/* One object of a configuration alone; part has its place in the arena. */
static int
parse_part(struct spec *spec, const char *json, size_t length,
    const struct json_field *fields, void *part, struct error *e)
{
	struct json_reader reader = { .arena = spec->arena };
	const struct json *root = NULL;

	if (part == NULL)
		return error_sys(e, "memory");
	TRY(json_parse(spec->arena, json, length, &root, e));
	TRY(json_fill(&reader, root, fields, part, e));
	return complete(&reader, spec, e);
}

int
spec_parse_process(const char *json, size_t length, struct spec **out,
    struct error *e)
{
	AUTO(spec_free) struct spec *spec = new_spec(e);

	if (spec == NULL)
		return -e->code;
	spec->process = json_alloc(spec->arena, sizeof(*spec->process));
	TRY(parse_part(spec, json, length, spec_process_fields, spec->process,
	    e));
	*out = take(&spec);
	return 0;
}

int
spec_parse_resources(const char *json, size_t length, struct spec **out,
    struct error *e)
{
	AUTO(spec_free) struct spec *spec = new_spec(e);

	if (spec == NULL)
		return -e->code;
	spec->lnx.resources =
	    json_alloc(spec->arena, sizeof(*spec->lnx.resources));
	TRY(parse_part(spec, json, length, spec_resource_fields,
	    spec->lnx.resources, e));
	for (size_t i = 0; spec_resource_rules[i] != NULL; i++)
		TRY(spec_resource_rules[i](spec, e));
	*out = take(&spec);
	return 0;
}

int
spec_parse_profile(const char *json, size_t length, uint64_t bounding,
    struct spec **out, struct error *e)
{
	AUTO(spec_free) struct spec *spec = new_spec(e);

	if (spec == NULL)
		return -e->code;
	spec->lnx.seccomp = json_alloc(spec->arena, sizeof(*spec->lnx.seccomp));
	struct json_reader reader = { .arena = spec->arena };
	const struct json *root = NULL;
	if (spec->lnx.seccomp == NULL)
		return error_sys(e, "memory");
	TRY(json_parse(spec->arena, json, length, &root, e));
	TRY(json_fill(&reader, root, spec_seccomp_fields, spec->lnx.seccomp,
	    e));
	TRY(spec_resolve_profile(spec, spec->lnx.seccomp, bounding, e));
	for (size_t i = 0; spec_seccomp_rules[i] != NULL; i++)
		TRY(spec_seccomp_rules[i](spec, e));
	*out = take(&spec);
	return 0;
}

void
spec_free(struct spec **spec)
{
	struct spec *taken = take(spec);

	if (taken == NULL)
		return;
	struct json_arena *arena = taken->arena;
	json_arena_free(&arena);
}

const char *
spec_annotation_find(const struct spec *spec, const char *key)
{
	for (size_t i = 0; i < spec->annotations.count; i++) {
		if (strcmp(spec->annotations.items[i].key, key) == 0)
			return spec->annotations.items[i].value;
	}
	return NULL;
}

bool
spec_has_init(const struct spec *spec, uint32_t *seconds)
{
	const char *init = spec_annotation_find(spec, SPEC_INIT_ANNOTATION);
	const char *time = spec_annotation_find(spec, SPEC_TIME_ANNOTATION);
	uint64_t limit = 0;

	*seconds = 0;
	if (init == NULL || strcmp(init, "true") != 0)
		return false;
	/* What is neither was refused: rules_init(). */
	if (time != NULL && text_parse_u64(time, INT32_MAX, &limit))
		*seconds = (uint32_t)limit;
	return true;
}

bool
spec_has_no_links(const struct spec *spec)
{
	const char *value =
	    spec_annotation_find(spec, SPEC_NO_LINKS_ANNOTATION);

	return value != NULL && strcmp(value, "false") != 0;
}

bool
spec_is_apart(const struct spec *spec)
{
	const char *value = spec_annotation_find(spec, SPEC_APART_ANNOTATION);

	return value != NULL && strcmp(value, "false") != 0;
}

bool
spec_pretends(const struct spec *spec)
{
	const char *value = spec_annotation_find(spec, SPEC_PRETEND_ANNOTATION);

	return value != NULL && strcmp(value, "false") != 0;
}

bool
spec_keeps_groups(const struct spec *spec)
{
	const char *value =
	    spec_annotation_find(spec, "run.oci.keep_original_groups");

	return value != NULL && strcmp(value, "1") == 0;
}

const char *
spec_namespace_name(enum spec_namespace_kind kind)
{
	for (const struct json_word *at = spec_namespace_words;
	     at->word != NULL; at++) {
		if (at->number == (uint64_t)kind)
			return at->word;
	}
	return "unknown";
}

const char *
spec_hook_name(enum spec_hook_kind kind)
{
	return hooks_fields[kind].name;
}

bool
spec_is_new_namespace(const struct spec *spec, enum spec_namespace_kind kind)
{
	const struct spec_namespace *ns = &spec->lnx.namespaces[kind];

	return ns->is_set && ns->path == NULL;
}
