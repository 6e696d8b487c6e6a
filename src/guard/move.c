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
#define CONTENTS (GUARD_READ | GUARD_LIST | GUARD_WRITE)
#define REACHING (GUARD_CONNECT | GUARD_SEND)

struct move {
	const struct guard_policy *policy;
	const char *from, *to;
};

/* ---- what was found ------------------------------------------------------ */

struct found {
	struct guard_verdict strictest; /* the first of equal ones */
	struct guard_asks *asks;
	enum guard_which name; /* that what is added is about */
};

static void
add_ask(struct guard_asks *asks, const struct guard_verdict *one)
{
	for (size_t i = 0; i < asks->count; i++) {
		if (guard_add_ask(&asks->items[i], one))
			return;
	}
	if (asks->count < GUARD_ASKS)
		asks->items[asks->count++] = *one;
	else
		asks->items[0].action = GUARD_DENY;
}

__attribute__((cold)) static void
add(struct found *found, const struct guard_verdict *verdict)
{
	struct guard_verdict one = *verdict;

	one.name = found->name;
	if (found->strictest.what == 0 || one.action > found->strictest.action)
		found->strictest = one;
	if (one.action == GUARD_ASK)
		add_ask(found->asks, &one);
}

/* Of each of that. */
static void
add_answer(struct found *found, enum guard_section section, int rule,
    const struct guard_answer *answer, unsigned what)
{
	for (; what != 0; what &= what - 1) {
		struct guard_verdict one =
		    guard_verdict_of(section, rule, answer, what & -what);

		add(found, &one);
	}
}

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

/* Each rule that forbids, and that something is no longer under. */
static void
find_below(const struct move *move, enum guard_section section, unsigned what,
    struct found *found)
{
	const struct guard_rules *rules = &move->policy->sections[section];
	unsigned gained = 0; /* is permitted now by a rule in front */

	for (size_t i = 0; i < rules->count; i++) {
		const struct guard_rule *rule = &rules->items[i];
		unsigned both = rule->what & what, lost = 0;

		if (both == 0)
			continue;
		if (guard_permits(rule->answer.action)) {
			gained |= any_pattern(move, rule, is_gained) ? both : 0;
			continue;
		}
		if (any_pattern(move, rule, is_lost))
			lost = both;
		else if ((both & gained) != 0 && fits_below(move, rule))
			lost = both & gained;
		add_answer(found, section, (int)i, &rule->answer, lost);
	}
	if (!guard_permits(rules->fallback.action))
		add_answer(found, section, GUARD_RULE_DEFAULT, &rules->fallback,
		    gained);
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

static struct guard_verdict
decide(const struct guard_policy *policy, enum guard_section section,
    unsigned what, const char *path)
{
	return section == GUARD_FILES ? guard_file(policy, path, what)
				      : reach(policy, path, what);
}

static void
find_itself(const struct move *move, unsigned flags, struct found *found)
{
	const struct {
		enum guard_section section;
		unsigned what;
	} rows[] = { { GUARD_FILES, (flags & GUARD_MOVE_DIRECTORY) != 0
					? GUARD_LIST
					: GUARD_READ },
		{ GUARD_FILES, GUARD_WRITE }, { GUARD_NETWORK, GUARD_CONNECT },
		{ GUARD_NETWORK, GUARD_SEND } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_verdict new = decide(move->policy, rows[i].section,
		    rows[i].what, move->to);
		struct guard_verdict old = decide(move->policy, rows[i].section,
		    rows[i].what, move->from);

		if (is_escape(&old, &new))
			add(found, &old);
	}
}

/* The names: what is to be made, what it replaces, and what is taken away. */
static void
find_names(const struct move *move, unsigned flags, struct found *found)
{
	const struct {
		bool is_wanted;
		enum guard_which name;
		unsigned access;
	} rows[] = {
		{ true, GUARD_NAME_NEW, GUARD_CREATE },
		{ (flags & GUARD_MOVE_REPLACES) != 0, GUARD_NAME_NEW,
		    GUARD_WRITE },
		{ (flags & GUARD_MOVE_LINK) == 0, GUARD_NAME_OLD, GUARD_WRITE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].is_wanted)
			continue;
		struct guard_verdict one = guard_file(move->policy,
		    rows[i].name == GUARD_NAME_NEW ? move->to : move->from,
		    rows[i].access);
		found->name = rows[i].name;
		add(found, &one);
	}
}

__attribute__((cold)) static void
find_all(const struct move *move, unsigned flags, struct found *found)
{
	const struct move back = { move->policy, move->to, move->from };

	find_names(move, flags, found);
	found->name = GUARD_NAME_OLD;
	find_itself(move, flags, found);
	if ((flags & GUARD_MOVE_DIRECTORY) == 0)
		return;
	find_below(move, GUARD_FILES, CONTENTS, found);
	find_below(move, GUARD_NETWORK, REACHING, found);
	found->name = GUARD_NAME_NEW;
	find_below(&back, GUARD_FILES, GUARD_CREATE, found);
}

struct guard_verdict
guard_move(const struct guard_policy *policy, const char *from, const char *to,
    unsigned flags, struct guard_asks *asks)
{
	/* No path: no pattern fits for sure, and those that forbid do. */
	const struct move move = { policy, from != NULL ? from : "",
		to != NULL ? to : "" };
	struct found found = { .asks = asks };

	asks->count = 0;
	find_all(&move, flags, &found);
	return found.strictest;
}
