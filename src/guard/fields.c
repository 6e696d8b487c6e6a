/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fields.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "syscall/syscall.h"

#define ERRNO_LAST 4095
#define TIME_LAST  3600

const char *
guard_keep(struct guard_parse *parse, const char *text, struct error *e)
{
	size_t size = strlen(text) + 1;
	char *kept = json_alloc(parse->arena, size);

	if (kept == NULL) {
		error_sys(e, "memory");
		return NULL;
	}
	memcpy(kept, text, size);
	return kept;
}

/* ---- lists --------------------------------------------------------------- */

int
guard_read_items(const struct json_reader *reader, const struct json *value,
    size_t size, guard_read_item *read, void *out, struct error *e)
{
	struct guard_parse *parse = reader->context;
	struct json_list list = { .count = value->count };

	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	if (value->count == 0)
		return json_fail(value, e, "is empty");
	/* No list may have more, and none takes much memory before it is read.
	 */
	TRY(guard_bound(value, LIMIT_GUARD_ADDRESSES, e));
	list.items = json_alloc(parse->arena, value->count * size);
	if (list.items == NULL)
		return error_sys(e, "memory");
	char *item = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		TRY(read(parse, at, item, e));
		item += size;
	}
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
guard_expect_string(const struct json *at, struct error *e)
{
	return at->kind == JSON_STRING ? 0
				       : json_fail(at, e, "expected a string");
}

int
guard_bound(const struct json *list, size_t limit, struct error *e)
{
	return list->count <= limit
		   ? 0
		   : json_fail(list, e, "has more than %zu", limit);
}

int
guard_charge(const struct json *at, size_t *sum, size_t more, size_t limit,
    struct error *e)
{
	*sum += more;
	return *sum <= limit ? 0
			     : json_fail(at, e,
				   "the policy is too large: more than %zu of "
				   "these in all",
				   limit);
}

/* ---- paths --------------------------------------------------------------- */

static int
read_path(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	struct guard_pattern pattern;

	TRY(guard_expect_string(at, e));
	const char *text = guard_keep(parse, at->text, e);
	if (text == NULL)
		return -e->code;
	TRY(guard_pattern_parse(parse->arena, at, text, false, &pattern, e));
	memcpy(out, &pattern, sizeof(pattern));
	return guard_charge(at, &parse->states, pattern.count,
	    LIMIT_GUARD_STATES, e);
}

int
guard_read_paths(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return guard_read_items(reader, value, sizeof(struct guard_pattern),
	    read_path, out, e);
}

/* ---- ports, digests, calls ----------------------------------------------- */

/* 80, "80", "8000-8100" */
static int
read_port(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	uint64_t first = 0;
	uint64_t last = 0;

	(void)parse;
	if (at->kind != JSON_STRING && at->kind != JSON_NUMBER)
		return json_fail(at, e, "expected a port or a range of them");
	if (!text_parse_range(at->text, strlen(at->text), UINT16_MAX, &first,
		&last))
		return json_fail(at, e, "\"%.64s\" is no range of ports",
		    at->text);
	struct guard_port_range range = { (uint16_t)first, (uint16_t)last };
	memcpy(out, &range, sizeof(range));
	return 0;
}

int
guard_read_ports(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	TRY(guard_bound(value, LIMIT_GUARD_PORTS, e));
	return guard_read_items(reader, value, sizeof(struct guard_port_range),
	    read_port, out, e);
}

static int
read_hash(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	char *digits = out;

	TRY(guard_expect_string(at, e));
	if (strlen(at->text) != 64 ||
	    strspn(at->text, "0123456789abcdef") != 64)
		return json_fail(at, e,
		    "\"%.80s\" is not 64 digits of 0-9 and a-f", at->text);
	memcpy(digits, at->text, 65);
	return guard_charge(at, &parse->hashes, 1, LIMIT_GUARD_HASHES, e);
}

int
guard_read_hashes(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return guard_read_items(reader, value, 65, read_hash, out, e);
}

static int
read_name(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	(void)parse;
	TRY(guard_expect_string(at, e));
	const struct syscall_row *row = syscall_find_name(at->text);
	if (row == NULL)
		return json_fail(at, e, "no system call is called \"%.64s\"",
		    at->text);
	/* A policy may be written for several architectures. */
	struct guard_name name = { row->name,
		syscall_number(row, SYSCALL_NATIVE) };
	memcpy(out, &name, sizeof(name));
	return 0;
}

int
guard_read_names(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	TRY(guard_bound(value, LIMIT_GUARD_CALLS, e));
	return guard_read_items(reader, value, sizeof(struct guard_name),
	    read_name, out, e);
}

/* ---- single values ------------------------------------------------------- */

int
guard_read_drift(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	bool truth = false;

	TRY(json_read_bool(reader, value, field, &truth, e));
	enum guard_drift drift = truth ? DRIFT_YES : DRIFT_NO;
	memcpy(out, &drift, sizeof(drift));
	return 0;
}

int
guard_read_what(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	if (value->kind == JSON_ARRAY && value->count == 0)
		return json_fail(value, e, "is empty");
	return json_read_words(reader, value, field, out, e);
}

/* Numbers without a name are the kernel's own, and would start a call anew. */
int
guard_read_errno(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)field;
	if (value->kind != JSON_STRING && value->kind != JSON_NUMBER)
		return json_fail(value, e, "expected an errno");
	for (int number = 1; number <= ERRNO_LAST; number++) {
		const char *name = strerrorname_np(number);
		uint64_t given = 0;
		bool is_it = name != NULL;

		if (value->kind == JSON_STRING)
			is_it = is_it && strcmp(name, value->text) == 0;
		else
			is_it =
			    is_it &&
			    text_parse_u64(value->text, ERRNO_LAST, &given) &&
			    given == (uint64_t)number;
		if (is_it) {
			memcpy(out, &number, sizeof(number));
			return 0;
		}
	}
	return json_fail(value, e, "\"%.64s\" is no errno", value->text);
}

int
guard_read_time(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint32_t seconds = 0;

	TRY(json_read_u32(reader, value, field, &seconds, e));
	if (seconds < 1 || seconds > TIME_LAST)
		return json_fail(value, e, "%u is out of range: 1 to %d",
		    seconds, TIME_LAST);
	memcpy(out, &seconds, sizeof(seconds));
	return 0;
}
