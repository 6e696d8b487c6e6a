/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups - the readers of "to" and of "sets".
 */
#include <string.h>

#include "base/limits.h"
#include "fields.h"

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

	TRY(guard_expect_string(at, e));
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
		TRY(guard_charge(at, &parse->states, group.items->pattern.count,
		    LIMIT_GUARD_STATES, e));
	}
	memcpy(out, &group, sizeof(group));
	return guard_charge(at, &parse->addresses, group.count,
	    LIMIT_GUARD_ADDRESSES, e);
}

int
guard_read_groups(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)field;
	return guard_read_items(reader, value, sizeof(struct guard_group),
	    read_group, out, e);
}

/* Addresses alone, so that sets cannot have each other. */
static int
read_address(struct guard_parse *parse, const struct json *at, void *out,
    struct error *e)
{
	struct guard_address address;

	TRY(guard_expect_string(at, e));
	const char *text = guard_keep(parse, at->text, e);
	if (text == NULL)
		return -e->code;
	TRY(guard_address_parse(parse->arena, at, text, &address, e));
	memcpy(out, &address, sizeof(address));
	TRY(guard_charge(at, &parse->states, address.pattern.count,
	    LIMIT_GUARD_STATES, e));
	return guard_charge(at, &parse->addresses, 1, LIMIT_GUARD_ADDRESSES, e);
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
		TRY(guard_bound(sets, LIMIT_GUARD_RULES, e));
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
		TRY(guard_read_items(&reader, at, sizeof(struct guard_address),
		    read_address, &list, e));
		set->items = list.items;
		set->count = list.count;
		out->count++;
	}
	return 0;
}
