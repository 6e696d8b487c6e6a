/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock - process.landlock: its words, its members, its annotation.
 */
#include "spec/landlock.h"

#include <string.h>

#include "fields.h"

static const struct json_word fs_words[] = {
	{ "execute", LANDLOCK_ACCESS_FS_EXECUTE },
	{ "write_file", LANDLOCK_ACCESS_FS_WRITE_FILE },
	{ "read_file", LANDLOCK_ACCESS_FS_READ_FILE },
	{ "read_dir", LANDLOCK_ACCESS_FS_READ_DIR },
	{ "remove_dir", LANDLOCK_ACCESS_FS_REMOVE_DIR },
	{ "remove_file", LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ "make_char", LANDLOCK_ACCESS_FS_MAKE_CHAR },
	{ "make_dir", LANDLOCK_ACCESS_FS_MAKE_DIR },
	{ "make_reg", LANDLOCK_ACCESS_FS_MAKE_REG },
	{ "make_sock", LANDLOCK_ACCESS_FS_MAKE_SOCK },
	{ "make_fifo", LANDLOCK_ACCESS_FS_MAKE_FIFO },
	{ "make_block", LANDLOCK_ACCESS_FS_MAKE_BLOCK },
	{ "make_sym", LANDLOCK_ACCESS_FS_MAKE_SYM },
	{ "refer", LANDLOCK_ACCESS_FS_REFER },
	{ "truncate", LANDLOCK_ACCESS_FS_TRUNCATE },
	{ "ioctl_dev", LANDLOCK_ACCESS_FS_IOCTL_DEV },
	{ NULL, 0 },
};

static const struct json_word net_words[] = {
	{ "bind_tcp", LANDLOCK_ACCESS_NET_BIND_TCP },
	{ "connect_tcp", LANDLOCK_ACCESS_NET_CONNECT_TCP },
	{ NULL, 0 },
};

static const struct json_word scope_words[] = {
	{ "abstract_unix_socket", LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET },
	{ "signal", LANDLOCK_SCOPE_SIGNAL },
	{ NULL, 0 },
};

/* clang-format off */
static const struct json_field ruleset_fields[] = {
	{ "handledAccessFS", .offset = offsetof(struct spec_landlock, handled_fs), .read = json_read_words64, .words = fs_words },
	{ "handledAccessNet", .offset = offsetof(struct spec_landlock, handled_net), .read = json_read_words64, .words = net_words },
	{ "scoped", .offset = offsetof(struct spec_landlock, scoped), .read = json_read_words64, .words = scope_words },
	{ NULL },
};

static const struct json_field paths_fields[] = {
	{ "allowedAccess", .offset = offsetof(struct spec_landlock_paths, access), .read = json_read_words64, .words = fs_words, .required = true },
	{ "paths", .offset = offsetof(struct spec_landlock_paths, paths), .read = json_read_strings, .required = true },
	{ NULL },
};

static const struct json_field ports_fields[] = {
	{ "allowedAccess", .offset = offsetof(struct spec_landlock_ports, access), .read = json_read_words64, .words = net_words, .required = true },
	{ "ports", .offset = offsetof(struct spec_landlock_ports, ports), .read = json_read_u32s, .required = true },
	{ NULL },
};

static const struct json_field rules_fields[] = {
	{ "pathBeneath", .offset = offsetof(struct spec_landlock, paths), .read = json_read_list, .fields = paths_fields, .size = sizeof(struct spec_landlock_paths) },
	{ "networkPort", .offset = offsetof(struct spec_landlock, ports), .read = json_read_list, .fields = ports_fields, .size = sizeof(struct spec_landlock_ports) },
	{ NULL },
};

const struct json_field spec_landlock_fields[] = {
	{ "ruleset", .offset = 0, .read = json_read_object, .fields = ruleset_fields },
	{ "rules", .offset = 0, .read = json_read_object, .fields = rules_fields },
	{ "disableBestEffort", .offset = offsetof(struct spec_landlock, disable_best_effort), .read = json_read_bool },
	{ NULL },
};
/* clang-format on */

int
spec_landlock_annotated(const struct json_reader *reader, struct spec *spec,
    struct error *e)
{
	const char *text = spec_annotation_find(spec, SPEC_LANDLOCK_ANNOTATION);
	const struct json *root = NULL;

	if (text == NULL || spec->process == NULL)
		return 0;
	if (spec->process->landlock != NULL)
		return error_set(e, EINVAL,
		    "annotations." SPEC_LANDLOCK_ANNOTATION
		    ": process.landlock is there too");
	struct spec_landlock *landlock =
	    json_alloc(reader->arena, sizeof(*landlock));
	if (landlock == NULL)
		return error_sys(e, "memory");
	if (json_parse(reader->arena, text, strlen(text), &root, e) < 0 ||
	    json_fill(reader, root, spec_landlock_fields, landlock, e) < 0)
		return error_wrap(e, "annotations." SPEC_LANDLOCK_ANNOTATION);
	landlock->no_links = spec_has_no_links(spec);
	spec->process->landlock = landlock;
	return 0;
}
