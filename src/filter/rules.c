/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "filter/watch.h"
#include "program.h"

/* ---- the set ------------------------------------------------------------- */

int
rules_add(struct rules *rules, const struct rule *rule, struct error *e)
{
	if (rules->count == rules->room) {
		size_t room = rules->room == 0 ? 256 : rules->room * 2;
		struct rule *grown =
		    reallocarray(rules->items, room, sizeof(*grown));

		if (grown == NULL)
			return error_sys(e, "memory");
		rules->items = grown;
		rules->room = room;
	}
	rules->items[rules->count++] = *rule;
	return 0;
}

void
rules_free(struct rules *rules)
{
	free(rules->items);
	*rules = (struct rules){ 0 };
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_arg(const struct spec_seccomp_arg *a, const struct spec_seccomp_arg *b)
{
	const uint64_t pairs[][2] = {
		{ a->index, b->index },
		{ a->op, b->op },
		{ a->value, b->value },
		{ a->value_two, b->value_two },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		int order = compare_u64(pairs[i][0], pairs[i][1]);

		if (order != 0)
			return order;
	}
	return 0;
}

/* By name; the one with the fewest arguments first. */
static int
compare(const void *left, const void *right)
{
	const struct rule *a = left;
	const struct rule *b = right;
	int order = strcmp(a->name, b->name);

	if (order == 0)
		order = compare_u64(a->count, b->count);
	for (size_t i = 0; order == 0 && i < a->count; i++)
		order = compare_arg(&a->args[i], &b->args[i]);
	return order;
}

/* How many from there on have its name. */
static size_t
length_of(const struct rules *rules, size_t at)
{
	size_t end = at;

	while (end < rules->count &&
	       strcmp(rules->items[end].name, rules->items[at].name) == 0)
		end++;
	return end - at;
}

void
rules_tell_many(spec_note *note, void *context, const char *name)
{
	char text[128];

	if (note == NULL)
		return;
	(void)snprintf(text, sizeof(text),
	    "%s: more than %d sets of arguments: it is allowed with any", name,
	    FILTER_LEARN_MAX);
	note(context, text);
}

void
rules_settle(struct rules *rules, spec_note *note, void *context)
{
	size_t kept = 0;
	struct rule *items = rules->items;

	if (rules->count == 0)
		return;
	qsort(items, rules->count, sizeof(*items), compare);
	for (size_t i = 1; i < rules->count; i++) {
		if (compare(&items[kept], &items[i]) != 0)
			items[++kept] = items[i];
	}
	rules->count = kept + 1;
	kept = 0;
	for (size_t at = 0, length; at < rules->count; at += length) {
		length = length_of(rules, at);
		bool is_any = items[at].count == 0;

		if (!is_any && length > FILTER_LEARN_MAX) {
			rules_tell_many(note, context, items[at].name);
			items[at].count = 0;
			is_any = true;
		}
		for (size_t i = 0; i < (is_any ? 1 : length); i++)
			items[kept++] = items[at + i];
	}
	rules->count = kept;
}

/* ---- from a profile ------------------------------------------------------ */

static bool
is_named(const struct spec_seccomp_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->names.count; i++) {
		if (strcmp(rule->names.items[i], name) == 0)
			return true;
	}
	return false;
}

/* An exception from what another rule allows would be lost. */
static int
check_denial(const struct spec_seccomp *profile, size_t denial, struct error *e)
{
	const struct spec_strings *names = &profile->syscalls[denial].names;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];

		if (filter_denies(rule->action))
			continue;
		for (size_t j = 0; j < names->count; j++) {
			if (is_named(rule, names->items[j]))
				return error_set(e, EINVAL,
				    "syscalls[%zu]: %s is also allowed by "
				    "syscalls[%zu], so that it cannot be "
				    "merged",
				    denial, names->items[j], i);
		}
	}
	return 0;
}

static int
add_name(struct rules *rules, const char *name,
    const struct spec_seccomp_rule *from, struct error *e)
{
	struct rule rule = { .name = name };

	if (!filter_rule_repeats(from)) {
		rule.count = from->args_count;
		for (size_t i = 0; i < rule.count; i++)
			rule.args[i] = from->args[i];
		return rules_add(rules, &rule, e);
	}
	rule.count = 1;
	for (size_t i = 0; i < from->args_count; i++) {
		rule.args[0] = from->args[i];
		TRY(rules_add(rules, &rule, e));
	}
	return 0;
}

int
rules_add_profile(struct rules *rules, const struct spec_seccomp *profile,
    struct error *e)
{
	if (!filter_denies(profile->default_action))
		return error_set(e, EINVAL,
		    "defaultAction: a profile that lists what it denies cannot "
		    "be merged");
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];

		if (filter_denies(rule->action)) {
			TRY(check_denial(profile, i, e));
			continue;
		}
		if (rule->action == SECCOMP_RET_USER_NOTIF)
			return error_set(e, EINVAL,
			    "syscalls[%zu]: what an agent decides cannot be "
			    "merged",
			    i);
		for (size_t j = 0; j < rule->names.count; j++)
			TRY(add_name(rules, rule->names.items[j], rule, e));
	}
	return 0;
}

/* ---- to a profile -------------------------------------------------------- */

/* The profile never changes what it has of others. */
static char *
borrowed(const char *text)
{
	return (char *)(uintptr_t)text;
}

static int
add_rule(struct json_arena *arena, const struct rule *rule,
    struct spec_seccomp_rule *out, struct error *e)
{
	size_t size = rule->count * sizeof(*out->args);
	char **names = json_alloc(arena, 2 * sizeof(*names));

	out->args = json_alloc(arena, size);
	if (names == NULL || out->args == NULL)
		return error_sys(e, "memory");
	names[0] = borrowed(rule->name);
	out->names = (struct spec_strings){ names, 1 };
	out->action = SECCOMP_RET_ALLOW;
	out->args_count = rule->count;
	memcpy(out->args, rule->args, size);
	return 0;
}

/* The calls without conditions, in one rule. */
static int
add_plain(struct json_arena *arena, const struct rules *rules,
    struct spec_seccomp *out, struct error *e)
{
	struct spec_seccomp_rule *rule = &out->syscalls[out->syscalls_count];
	char **names = json_alloc(arena, (rules->count + 1) * sizeof(*names));
	size_t count = 0;

	if (names == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i].count == 0)
			names[count++] = borrowed(rules->items[i].name);
	}
	*rule = (struct spec_seccomp_rule){ .names = { names, count },
		.action = SECCOMP_RET_ALLOW };
	out->syscalls_count += count > 0;
	return 0;
}

/* libc has another way, but only if it is told that there is no such call. */
static void
add_clone3(const struct rules *rules, struct spec_seccomp *out)
{
	static char name[] = "clone3";
	static char *names[] = { name, NULL };

	for (size_t i = 0; i < rules->count; i++) {
		if (strcmp(rules->items[i].name, name) == 0)
			return;
	}
	out->syscalls[out->syscalls_count++] =
	    (struct spec_seccomp_rule){ .names = { names, 1 },
		    .action = SECCOMP_RET_ERRNO,
		    .errno_ret = { true, ENOSYS } };
}

int
rules_profile(const struct rules *rules, struct json_arena *arena,
    struct spec_seccomp *out, struct error *e)
{
	struct spec_seccomp profile = {
		.default_action = SECCOMP_RET_ERRNO,
		.default_errno_ret = { true, EPERM },
		.architectures_count = 1,
	};

	profile.architectures = json_alloc(arena, sizeof(uint32_t));
	profile.syscalls =
	    json_alloc(arena, (rules->count + 2) * sizeof(*profile.syscalls));
	if (profile.architectures == NULL || profile.syscalls == NULL)
		return error_sys(e, "memory");
	profile.architectures[0] = FILTER_NATIVE_ARCH;
	TRY(add_plain(arena, rules, &profile, e));
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i].count > 0)
			TRY(add_rule(arena, &rules->items[i],
			    &profile.syscalls[profile.syscalls_count++], e));
	}
	add_clone3(rules, &profile);
	*out = profile;
	return 0;
}
