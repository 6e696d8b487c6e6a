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

typedef int read_item(struct guard_parse *parse, const struct json *at,
    void *out, struct error *e);

/*
 * An empty list would fit nothing, or be taken for one that is not there and
 * fit everything: it cannot have been meant.
 */
static int
read_items(const struct json_reader *reader, const struct json *value,
    size_t size, read_item *read, void *out, struct error *e)
{
	struct guard_parse *parse = reader->context;
	struct json_list list = { .count = value->count };

	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	if (value->count == 0)
		return json_fail(value, e, "is empty");
	/* The document is bounded, and so this product. */
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

static int
expect_string(const struct json *at, struct error *e)
{
	return at->kind == JSON_STRING ? 0
				       : json_fail(at, e, "expected a string");
}

/* Of one list. */
static int
bound(const struct json *list, size_t limit, struct error *e)
{
	return list->count <= limit
		   ? 0
		   : json_fail(list, e, "has more than %zu", limit);
}

/* Of all that is so in the policy. */
static int
charge(const struct json *at, size_t *sum, size_t more, size_t limit,
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

	TRY(expect_string(at, e));
	const char *text = guard_keep(parse, at->text, e);
	if (text == NULL)
		return -e->code;
	TRY(guard_pattern_parse(parse->arena, at, text, false, &pattern, e));
	memcpy(out, &pattern, sizeof(pattern));
	return charge(at, &parse->states, pattern.count, LIMIT_GUARD_STATES, e);
}

int
guard_read_paths(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return read_items(reader, value, sizeof(struct guard_pattern),
	    read_path, out, e);
}

/* ---- addresses ----------------------------------------------------------- */

static const struct guard_group *
find_set(const struct guard_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->sets.count; i++) {
		if (strcmp(policy->sets.items[i].text, name) == 0)
			return &policy->sets.items[i];
	}
	return NULL;
}

static int
add_built_in(struct guard_parse *parse, const struct json *at, const char *name,
    const char *const *texts, struct error *e)
{
	struct guard_groups *sets = &parse->policy->sets;
	struct guard_group set = { .text = name };

	while (texts[set.count] != NULL)
		set.count++;
	set.items = json_alloc(parse->arena, set.count * sizeof(*set.items));
	if (set.items == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < set.count; i++)
		TRY(guard_address_parse(parse->arena, at, texts[i],
		    &set.items[i], e));
	/* guard_read_sets() left room for all of lorica's. */
	sets->items[sets->count++] = set;
	return 0;
}

static int
read_group(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	struct guard_group group = { 0 };

	TRY(expect_string(at, e));
	const struct guard_group *set = find_set(parse->policy, at->text);
	if (set == NULL && strcmp(at->text, "cluster") == 0)
		return json_fail(at, e,
		    "what a cluster's addresses are is for sets.cluster to "
		    "say");
	const char *text = guard_keep(parse, at->text, e);
	if (text == NULL)
		return -e->code;
	const char *const *built_in = guard_set_find(text);
	if (set == NULL && built_in != NULL) {
		TRY(add_built_in(parse, at, text, built_in, e));
		set = find_set(parse->policy, text);
	}
	if (set != NULL) {
		group = *set;
	} else {
		group.text = text;
		group.count = 1;
		group.items = json_alloc(parse->arena, sizeof(*group.items));
		if (group.items == NULL)
			return error_sys(e, "memory");
		TRY(guard_address_parse(parse->arena, at, text, group.items,
		    e));
		TRY(charge(at, &parse->states, group.items->pattern.count,
		    LIMIT_GUARD_STATES, e));
	}
	memcpy(out, &group, sizeof(group));
	return charge(at, &parse->addresses, group.count, LIMIT_GUARD_ADDRESSES,
	    e);
}

int
guard_read_groups(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return read_items(reader, value, sizeof(struct guard_group), read_group,
	    out, e);
}

/* Addresses alone, so that sets cannot have each other. */
static int
read_address(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	struct guard_address address;

	TRY(expect_string(at, e));
	const char *text = guard_keep(parse, at->text, e);
	if (text == NULL)
		return -e->code;
	TRY(guard_address_parse(parse->arena, at, text, &address, e));
	memcpy(out, &address, sizeof(address));
	TRY(charge(at, &parse->states, address.pattern.count,
	    LIMIT_GUARD_STATES, e));
	return charge(at, &parse->addresses, 1, LIMIT_GUARD_ADDRESSES, e);
}

static int
check_set_name(const struct json *set, struct error *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (guard_set_find(set->name) != NULL)
		return json_fail(set, e,
		    "is lorica's own: choose another name");
	if (set->name[0] < 'a' || set->name[0] > 'z' ||
	    set->name[strspn(set->name, letters)] != '\0')
		return json_fail(set, e,
		    "a set's name is of a-z, 0-9 and -, a letter first");
	return 0;
}

#define SETS_BUILT_IN 8 /* room for them */

int
guard_read_sets(struct guard_parse *parse, const struct json *sets,
    struct error *e)
{
	const struct json_reader reader = { .context = parse };
	struct guard_groups *out = &parse->policy->sets;
	size_t count = sets != NULL ? sets->count : 0;

	if (sets != NULL && sets->kind != JSON_OBJECT)
		return json_fail(sets, e, "expected an object");
	if (sets != NULL)
		TRY(bound(sets, LIMIT_GUARD_RULES, e));
	out->items = json_alloc(parse->arena,
	    (count + SETS_BUILT_IN) * sizeof(*out->items));
	if (out->items == NULL)
		return error_sys(e, "memory");
	const struct json *at = sets != NULL ? sets->first : NULL;
	for (; at != NULL; at = at->next) {
		struct json_list list = { 0 };
		struct guard_group *set = &out->items[out->count];

		TRY(check_set_name(at, e));
		set->text = guard_keep(parse, at->name, e);
		if (set->text == NULL)
			return -e->code;
		TRY(read_items(&reader, at, sizeof(struct guard_address),
		    read_address, &list, e));
		set->items = list.items;
		set->count = list.count;
		out->count++;
	}
	return 0;
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
	TRY(bound(value, LIMIT_GUARD_PORTS, e));
	return read_items(reader, value, sizeof(struct guard_port_range),
	    read_port, out, e);
}

static int
read_hash(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	char *digits = out;

	TRY(expect_string(at, e));
	if (strlen(at->text) != 64 ||
	    strspn(at->text, "0123456789abcdef") != 64)
		return json_fail(at, e,
		    "\"%.80s\" is not 64 digits of 0-9 and a-f", at->text);
	memcpy(digits, at->text, 65);
	return charge(at, &parse->hashes, 1, LIMIT_GUARD_HASHES, e);
}

int
guard_read_hashes(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return read_items(reader, value, 65, read_hash, out, e);
}

static int
read_name(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	(void)parse;
	TRY(expect_string(at, e));
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
	TRY(bound(value, LIMIT_GUARD_CALLS, e));
	return read_items(reader, value, sizeof(struct guard_name), read_name,
	    out, e);
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
