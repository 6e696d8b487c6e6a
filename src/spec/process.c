/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fields.h"
#include "names.h"
#include "spec/spec.h"

static int
read_umask(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, 0777, &number, e));
	struct spec_u32 result = { true, (uint32_t)number };
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_io_level(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, 7, &number, e));
	int result = (int)number;
	memcpy(out, &result, sizeof(result));
	return 0;
}

static int
read_oom_score(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, -1000, 1000, &number, e));
	struct spec_i64 result = { true, number };
	memcpy(out, &result, sizeof(result));
	return 0;
}

/* clang-format off */
static const struct json_field console_size_fields[] = {
	{ "height", .offset = offsetof(struct spec_process, console_height), .read = spec_read_u16, .required = true },
	{ "width", .offset = offsetof(struct spec_process, console_width), .read = spec_read_u16, .required = true },
	{ NULL },
};

static const struct json_field user_fields[] = {
	{ "uid", .offset = offsetof(struct spec_user, uid), .read = json_read_u32 },
	{ "gid", .offset = offsetof(struct spec_user, gid), .read = json_read_u32 },
	{ "umask", .offset = offsetof(struct spec_user, umask), .read = read_umask },
	{ "additionalGids", .offset = offsetof(struct spec_user, additional_gids), .read = json_read_u32s },
	{ NULL },
};

static const struct json_field capability_fields[] = {
	{ "bounding", .offset = offsetof(struct spec_capabilities, bounding), .read = json_read_mask, .words = spec_capability_words },
	{ "effective", .offset = offsetof(struct spec_capabilities, effective), .read = json_read_mask, .words = spec_capability_words },
	{ "inheritable", .offset = offsetof(struct spec_capabilities, inheritable), .read = json_read_mask, .words = spec_capability_words },
	{ "permitted", .offset = offsetof(struct spec_capabilities, permitted), .read = json_read_mask, .words = spec_capability_words },
	{ "ambient", .offset = offsetof(struct spec_capabilities, ambient), .read = json_read_mask, .words = spec_capability_words },
	{ NULL },
};

static const struct json_field rlimit_fields[] = {
	{ "type", .offset = offsetof(struct spec_rlimit, resource), .read = json_read_word, .words = spec_rlimit_words, .required = true },
	{ "soft", .offset = offsetof(struct spec_rlimit, soft), .read = json_read_u64, .required = true },
	{ "hard", .offset = offsetof(struct spec_rlimit, hard), .read = json_read_u64, .required = true },
	{ NULL },
};

static const struct json_field scheduler_fields[] = {
	{ "policy", .offset = offsetof(struct spec_scheduler, policy), .read = json_read_word, .words = spec_scheduler_words, .required = true },
	{ "flags", .offset = offsetof(struct spec_scheduler, flags), .read = json_read_words64, .words = spec_scheduler_flag_words },
	{ "nice", .offset = offsetof(struct spec_scheduler, nice), .read = json_read_i32 },
	{ "priority", .offset = offsetof(struct spec_scheduler, priority), .read = json_read_i32 },
	{ "runtime", .offset = offsetof(struct spec_scheduler, runtime), .read = json_read_u64 },
	{ "deadline", .offset = offsetof(struct spec_scheduler, deadline), .read = json_read_u64 },
	{ "period", .offset = offsetof(struct spec_scheduler, period), .read = json_read_u64 },
	{ NULL },
};

static const struct json_field io_priority_fields[] = {
	{ "class", .offset = offsetof(struct spec_io_priority, io_class), .read = json_read_word, .words = spec_io_class_words, .required = true },
	{ "priority", .offset = offsetof(struct spec_io_priority, priority), .read = read_io_level },
	{ NULL },
};

static const struct json_field affinity_fields[] = {
	{ "initial", .offset = offsetof(struct spec_process, exec_cpu_affinity_initial), .read = json_read_string },
	{ "final", .offset = offsetof(struct spec_process, exec_cpu_affinity_final), .read = json_read_string },
	{ NULL },
};

const struct json_field spec_process_fields[] = {
	{ "terminal", .offset = offsetof(struct spec_process, terminal), .read = json_read_bool },
	{ "consoleSize", .offset = 0, .read = json_read_object, .fields = console_size_fields },
	{ "user", .offset = offsetof(struct spec_process, user), .read = json_read_object, .fields = user_fields },
	{ "args", .offset = offsetof(struct spec_process, args), .read = json_read_strings },
	{ "env", .offset = offsetof(struct spec_process, env), .read = json_read_strings },
	{ "cwd", .offset = offsetof(struct spec_process, cwd), .read = json_read_string, .required = true },
	{ "capabilities", .offset = offsetof(struct spec_process, capabilities), .read = json_read_pointer, .fields = capability_fields, .size = sizeof(struct spec_capabilities) },
	{ "rlimits", .offset = offsetof(struct spec_process, rlimits), .read = json_read_list, .fields = rlimit_fields, .size = sizeof(struct spec_rlimit) },
	{ "noNewPrivileges", .offset = offsetof(struct spec_process, no_new_privileges), .read = json_read_bool },
	{ "apparmorProfile", .offset = offsetof(struct spec_process, apparmor_profile), .read = json_read_string },
	{ "oomScoreAdj", .offset = offsetof(struct spec_process, oom_score_adj), .read = read_oom_score },
	{ "scheduler", .offset = offsetof(struct spec_process, scheduler), .read = json_read_pointer, .fields = scheduler_fields, .size = sizeof(struct spec_scheduler) },
	{ "selinuxLabel", .offset = offsetof(struct spec_process, selinux_label), .read = json_read_string },
	{ "ioPriority", .offset = offsetof(struct spec_process, io_priority), .read = json_read_pointer, .fields = io_priority_fields, .size = sizeof(struct spec_io_priority) },
	{ "landlock", .offset = offsetof(struct spec_process, landlock), .read = json_read_pointer, .fields = spec_landlock_fields, .size = sizeof(struct spec_landlock) },
	{ "execCPUAffinity", .offset = 0, .read = json_read_object, .fields = affinity_fields },
	{ NULL },
};

/* clang-format on */
