/* SPDX-License-Identifier: Apache-2.0 */
/*
 * move - may a file have another name?
 *
 * Rules are about names, and a rename changes the name of whatever is below:
 * who may not read /root/secret moves /root to /tmp/r and reads /tmp/r/secret.
 * So a move is refused when something would be permitted under the new name
 * that is not under the old one.
 *
 * Of a directory, nobody knows what is below, or will be. But it is safe if
 * each pattern that forbids matches below the new name whatever it matches
 * below the old one, and each that permits matches below the new name nothing
 * that it does not below the old one: then the first rule that fits below the
 * new name is never a weaker one. "**" in front of a pattern makes it so for
 * every move, which is why it may stand there without keeping anybody from
 * renaming.
 *
 * And whatever is below is made at its new name, by who could make it at the
 * old one: so the same holds with the names exchanged, for who makes files.
 */
#include <string.h>

#include "base/auto.h"
#include "match.h"

/* Whose contents move along with a file. */
#define CONTENTS (GUARD_READ | GUARD_WRITE)
#define REACHING (GUARD_CONNECT | GUARD_SEND)

struct move {
	const struct guard_policy *policy;
	const char *from, *to;
};

/* ---- the patterns of a rule, of files and of unix sockets ---------------- */

typedef bool
pattern_test(const struct move *move, const struct guard_pattern *pattern);

static bool
any_pattern(const struct move *move, const struct guard_rule *rule,
    pattern_test *test)
{
	for (size_t i = 0; i < rule->paths.count; i++) {
		if (test(move, &rule->paths.items[i]))
			return true;
	}
	for (size_t i = 0; i < rule->to.count; i++) {
		const struct guard_group *group = &rule->to.items[i];

		for (size_t j = 0; j < group->count; j++) {
			if (group->items[j].kind == ADDRESS_PATH &&
			    test(move, &group->items[j].pattern))
				return true;
		}
	}
	return false;
}

static bool
is_there(const struct move *move, const struct guard_pattern *pattern)
{
	(void)move;
	(void)pattern;
	return true;
}

static bool
is_lost(const struct move *move, const struct guard_pattern *pattern)
{
	return guard_pattern_loses(pattern, move->from, move->to);
}

static bool
is_gained(const struct move *move, const struct guard_pattern *pattern)
{
	return guard_pattern_loses(pattern, move->to, move->from);
}

static bool
is_reached(const struct move *move, const struct guard_pattern *pattern)
{
	return guard_pattern_reaches(pattern, move->from);
}

bool
guard_has_sockets(const struct guard_policy *policy)
{
	const struct guard_rules *rules = &policy->sections[GUARD_NETWORK];

	for (size_t i = 0; i < rules->count; i++) {
		if (any_pattern(NULL, &rules->items[i], is_there))
			return true;
	}
	return false;
}

/* ---- what is below a directory ------------------------------------------- */

/* One that is about every unix socket needs no pattern. */
static bool
fits_below(const struct move *move, const struct guard_rule *rule)
{
	for (size_t i = 0; i < rule->to.count; i++) {
		const struct guard_group *group = &rule->to.items[i];

		for (size_t j = 0; j < group->count; j++) {
			if (group->items[j].kind == ADDRESS_FAMILY &&
			    group->items[j].family == AF_UNIX)
				return true;
		}
	}
	return any_pattern(move, rule, is_reached);
}

/*
 * The rule permits what it did not. That counts if something behind it forbids
 * it now.
 */
static bool
find_undone(const struct move *move, enum guard_section section, size_t gained,
    unsigned what, struct guard_verdict *out)
{
	const struct guard_rules *rules = &move->policy->sections[section];

	for (size_t i = gained + 1; i < rules->count; i++) {
		const struct guard_rule *rule = &rules->items[i];

		if ((rule->what & what) == 0 ||
		    guard_permits(rule->answer.action))
			continue;
		if (fits_below(move, rule)) {
			*out = guard_verdict_of(section, (int)i, &rule->answer,
			    rule->what & what & -(rule->what & what));
			return true;
		}
	}
	if (guard_permits(rules->fallback.action))
		return false;
	*out = guard_verdict_of(section, GUARD_RULE_DEFAULT, &rules->fallback,
	    what & -what);
	return true;
}

static bool
find_below(const struct move *move, enum guard_section section, unsigned what,
    struct guard_verdict *out)
{
	const struct guard_rules *rules = &move->policy->sections[section];

	for (size_t i = 0; i < rules->count; i++) {
		const struct guard_rule *rule = &rules->items[i];
		unsigned both = rule->what & what;

		if (both == 0)
			continue;
		if (guard_permits(rule->answer.action)) {
			if (any_pattern(move, rule, is_gained) &&
			    find_undone(move, section, i, both, out))
				return true;
		} else if (any_pattern(move, rule, is_lost)) {
			*out = guard_verdict_of(section, (int)i, &rule->answer,
			    both & -both);
			return true;
		}
	}
	return false;
}

/* ---- the file itself ----------------------------------------------------- */

static struct guard_verdict
reach(const struct guard_policy *policy, const char *path, unsigned operation)
{
	const struct guard_target target = { .operation = operation,
		.family = AF_UNIX,
		.path = path,
		.has_path = true };

	return guard_decide(policy, GUARD_NETWORK, operation, guard_target_fits,
	    &target);
}

static bool
is_escape(const struct guard_verdict *old, const struct guard_verdict *new)
{
	return !guard_permits(old->action) && guard_permits(new->action);
}

static bool
find_itself(const struct move *move, struct guard_verdict *out)
{
	static const unsigned accesses[] = { GUARD_READ, GUARD_WRITE };
	static const unsigned operations[] = { GUARD_CONNECT, GUARD_SEND };

	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		struct guard_verdict new =
		    guard_file(move->policy, move->to, accesses[i]);

		*out = guard_file(move->policy, move->from, accesses[i]);
		if (is_escape(out, &new))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		struct guard_verdict new =
		    reach(move->policy, move->to, operations[i]);

		*out = reach(move->policy, move->from, operations[i]);
		if (is_escape(out, &new))
			return true;
	}
	return false;
}

struct guard_verdict
guard_move(const struct guard_policy *policy, const char *from, const char *to,
    unsigned flags)
{
	/* No path: no pattern fits for sure, and those that forbid do. */
	const struct move move = { policy, from != NULL ? from : "",
		to != NULL ? to : "" };
	struct guard_verdict v = guard_file(policy, move.to,
	    (flags & GUARD_MOVE_REPLACES) != 0 ? GUARD_CREATE | GUARD_WRITE
					       : GUARD_CREATE);
	struct guard_verdict other;

	if ((flags & GUARD_MOVE_LINK) == 0) {
		other = guard_file(policy, move.from, GUARD_WRITE);
		v = *guard_stricter(&v, &other);
	}
	if (find_itself(&move, &other))
		v = *guard_stricter(&v, &other);
	if ((flags & GUARD_MOVE_DIRECTORY) == 0)
		return v;
	if (find_below(&move, GUARD_FILES, CONTENTS, &other) ||
	    find_below(&move, GUARD_NETWORK, REACHING, &other))
		v = *guard_stricter(&v, &other);
	const struct move back = { policy, move.to, move.from };
	if (find_below(&back, GUARD_FILES, GUARD_CREATE, &other))
		v = *guard_stricter(&v, &other);
	return v;
}
