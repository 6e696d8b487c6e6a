/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options - criu's options by their names in rpc.proto, message criu_opts.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "swrk.h"

typedef int put(FILE *out, unsigned field, const char *value, struct error *e);

/* For us. */
static int
put_nothing(FILE *out, unsigned field, const char *value, struct error *e)
{
	(void)out;
	(void)field;
	(void)value;
	(void)e;
	return 0;
}

static int
put_number(FILE *out, unsigned field, const char *value, struct error *e)
{
	uint64_t number;

	if (!text_parse_u64(value, UINT32_MAX, &number))
		return error_set(e, EINVAL, "\"%s\" is no number", value);
	wire_put_number(out, field, number);
	return 0;
}

static int
put_text(FILE *out, unsigned field, const char *value, struct error *e)
{
	(void)e;
	wire_put_text(out, field, value);
	return 0;
}

/* A message that is made beside, as its length comes first. */
struct message {
	FILE *out;
	char *text;
	size_t length;
};

static int
message_begin(struct message *message, struct error *e)
{
	message->out = open_memstream(&message->text, &message->length);
	return message->out == NULL ? error_sys(e, "memory") : 0;
}

static int
message_end(struct message *message, FILE *out, unsigned field, struct error *e)
{
	if (fclose(message->out) != 0)
		return error_sys(e, "memory");
	wire_put_bytes(out, field, message->text, message->length);
	free(message->text);
	return 0;
}

/* cgroup_root: for every controller. */
static int
put_cgroup_root(FILE *out, unsigned field, const char *value, struct error *e)
{
	struct message message = { 0 };

	TRY(message_begin(&message, e));
	wire_put_text(message.out, 2, value);
	return message_end(&message, out, field, e);
}

/* Split "LEFT:RIGHT" at the last colon, or at the first. */
static int
split(const char *value, bool last, char **left, const char **right,
    struct error *e)
{
	const char *colon = last ? strrchr(value, ':') : strchr(value, ':');

	if (colon == NULL)
		return error_set(e, EINVAL, "\"%s\" has no colon", value);
	*left = strndup(value, (size_t)(colon - value));
	if (*left == NULL)
		return error_sys(e, "memory");
	*right = colon + 1;
	return 0;
}

/* criu_page_server_info: "ADDRESS:PORT". */
static int
put_page_server(FILE *out, unsigned field, const char *value, struct error *e)
{
	struct message message = { 0 };
	AUTO_FREE char *address = NULL;
	const char *port;
	uint64_t number;

	TRY(split(value, true, &address, &port, e));
	if (!text_parse_u64(port, UINT16_MAX, &number))
		return error_set(e, EINVAL, "\"%s\" is no port", port);
	TRY(message_begin(&message, e));
	wire_put_text(message.out, 1, address);
	wire_put_number(message.out, 2, number);
	return message_end(&message, out, field, e);
}

/* inherit_fd: "NUMBER:KEY". */
static int
put_inherited(FILE *out, unsigned field, const char *value, struct error *e)
{
	struct message message = { 0 };
	AUTO_FREE char *number = NULL;
	const char *key;
	uint64_t fd;

	TRY(split(value, false, &number, &key, e));
	if (!text_parse_u64(number, INT32_MAX, &fd))
		return error_set(e, EINVAL, "\"%s\" is no descriptor", number);
	TRY(message_begin(&message, e));
	wire_put_text(message.out, 1, key);
	wire_put_number(message.out, 2, fd);
	return message_end(&message, out, field, e);
}

static const struct option {
	const char *name;
	unsigned field;
	put *put;
} options[] = {
	{ CRIU_NO_NEW_PRIVS, 0, put_nothing },
	{ CRIU_STATUS_FD, 0, put_nothing },
	{ CRIU_IMAGES_IDS, 0, put_nothing },
	{ "images-dir-fd", 1, put_number },
	{ "pid", 2, put_number },
	{ "leave-running", 3, put_number },
	{ "ext-unix-sk", 4, put_number },
	{ "tcp-established", 5, put_number },
	{ "evasive-devices", 6, put_number },
	{ "shell-job", 7, put_number },
	{ "file-locks", 8, put_number },
	{ "log-level", 9, put_number },
	{ "log-file", 10, put_text },
	{ "page-server", 11, put_page_server },
	{ "notify-scripts", 12, put_number },
	{ "root", 13, put_text },
	{ "parent-img", 14, put_text },
	{ "track-mem", 15, put_number },
	{ "auto-dedup", 16, put_number },
	{ "work-dir-fd", 17, put_number },
	{ "link-remap", 18, put_number },
	{ "manage-cgroups", 24, put_number },
	{ "cg-root", 25, put_cgroup_root },
	{ "rst-sibling", 26, put_number },
	{ "inherit-fd", 27, put_inherited },
	{ "ext-masters", 30, put_number },
	{ "manage-cgroups-mode", 34, put_number },
	{ "external", 37, put_text },
	{ "empty-ns", 38, put_number },
	{ "freeze-cgroup", 44, put_text },
	{ "tcp-skip-in-flight", 46, put_number },
	{ "lazy-pages", 48, put_number },
	{ "orphan-pts-master", 50, put_number },
	{ "config-file", 51, put_text },
	{ "tcp-close", 52, put_number },
	{ "lsm-profile", 53, put_text },
	{ "lsm-mount-context", 63, put_text },
};

int
swrk_put_option(FILE *out, const char *name, const char *value, struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (strcmp(options[i].name, name) != 0)
			continue;
		if (options[i].put(out, options[i].field, value, e) < 0)
			return error_wrap(e, "%s", name);
		return 0;
	}
	return error_set(e, EPROTO, "unknown option \"%s\"", name);
}
