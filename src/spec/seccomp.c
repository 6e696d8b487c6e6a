/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp - linux.seccomp, and a profile alone, as tables.
 */
#include <string.h>

#include "fields.h"
#include "names.h"
#include "spec/spec.h"

static int
read_arg_index(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, 5, &number, e));
	uint32_t result = (uint32_t)number;
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_errno(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, 4095, &number, e));
	struct spec_u32 result = { true, (uint32_t)number };
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_filter_flags(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_field row = *field;
	struct spec_seccomp *seccomp = out;

	row.words = spec_filter_flag_words;
	seccomp->has_flags = true;
	return json_read_words(reader, value, &row, &seccomp->flags, e);
}

static const struct json_field arg_fields[] = {
	{ "index", .offset = offsetof(struct spec_seccomp_arg, index),
	    .read = read_arg_index, .required = true },
	{ "value", .offset = offsetof(struct spec_seccomp_arg, value),
	    .read = json_read_u64, .required = true },
	{ "valueTwo", .offset = offsetof(struct spec_seccomp_arg, value_two),
	    .read = json_read_u64 },
	{ "op", .offset = offsetof(struct spec_seccomp_arg, op),
	    .read = json_read_word, .words = spec_operator_words,
	    .required = true },
	{ NULL },
};

/* Docker's format. */
static const struct json_field when_fields[] = {
	{ "arches", .offset = offsetof(struct spec_seccomp_when, arches),
	    .read = json_read_strings },
	{ "caps", .offset = offsetof(struct spec_seccomp_when, caps),
	    .read = json_read_strings },
	{ "minKernel", .offset = offsetof(struct spec_seccomp_when, min_kernel),
	    .read = json_read_string },
	{ NULL },
};

static const struct json_field rule_fields[] = {
	{ "names", .offset = offsetof(struct spec_seccomp_rule, names),
	    .read = json_read_strings, .required = true },
	{ "action", .offset = offsetof(struct spec_seccomp_rule, action),
	    .read = json_read_word, .words = spec_action_words,
	    .required = true },
	{ "errnoRet", .offset = offsetof(struct spec_seccomp_rule, errno_ret),
	    .read = read_errno },
	{ "args", .offset = offsetof(struct spec_seccomp_rule, args),
	    .read = json_read_list, .fields = arg_fields,
	    .size = sizeof(struct spec_seccomp_arg) },
	{ "comment", .offset = offsetof(struct spec_seccomp_rule, comment),
	    .read = json_read_string },
	{ "includes", .offset = offsetof(struct spec_seccomp_rule, includes),
	    .read = json_read_object, .fields = when_fields },
	{ "excludes", .offset = offsetof(struct spec_seccomp_rule, excludes),
	    .read = json_read_object, .fields = when_fields },
	{ NULL },
};

static const struct json_field arch_map_fields[] = {
	{ "architecture",
	    .offset = offsetof(struct spec_seccomp_arch_map, architecture),
	    .read = json_read_string, .required = true },
	{ "subArchitectures",
	    .offset = offsetof(struct spec_seccomp_arch_map, others),
	    .read = json_read_strings },
	{ NULL },
};

const struct json_field spec_seccomp_fields[] = {
	{ "defaultAction",
	    .offset = offsetof(struct spec_seccomp, default_action),
	    .read = json_read_word, .words = spec_action_words,
	    .required = true },
	{ "defaultErrnoRet",
	    .offset = offsetof(struct spec_seccomp, default_errno_ret),
	    .read = read_errno },
	{ "architectures",
	    .offset = offsetof(struct spec_seccomp, architectures),
	    .read = json_read_word_list, .words = spec_arch_words },
	{ "flags", .offset = 0, .read = read_filter_flags },
	{ "listenerPath",
	    .offset = offsetof(struct spec_seccomp, listener_path),
	    .read = json_read_string },
	{ "listenerMetadata",
	    .offset = offsetof(struct spec_seccomp, listener_metadata),
	    .read = json_read_string },
	{ "syscalls", .offset = offsetof(struct spec_seccomp, syscalls),
	    .read = json_read_list, .fields = rule_fields,
	    .size = sizeof(struct spec_seccomp_rule) },
	{ "archMap", .offset = offsetof(struct spec_seccomp, arch_map),
	    .read = json_read_list, .fields = arch_map_fields,
	    .size = sizeof(struct spec_seccomp_arch_map) },
	{ NULL },
};
