/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match - the answers of a policy.
 */
#include "match.h"

#include <string.h>

#include "base/auto.h"

/* ---- the first rule that fits -------------------------------------------- */

static int
usual_error(enum guard_section section, unsigned what)
{
	/* As a port that is closed: programs try the next address. */
	if (section == GUARD_NETWORK && what != GUARD_BIND)
		return ECONNREFUSED;
	return section == GUARD_CALLS ? EPERM : EACCES;
}

struct guard_verdict
guard_verdict_of(enum guard_section section, int rule,
    const struct guard_answer *answer, unsigned what)
{
	struct guard_verdict v = {
		.section = section,
		.action = answer->action,
		.rule = rule,
		.what = section == GUARD_CALLS ? 0 : what,
	};

	if (guard_permits(v.action))
		return v;
	v.error =
	    answer->error != 0 ? answer->error : usual_error(section, what);
	if (v.action == GUARD_ASK) {
		v.timeout_s = answer->timeout_s;
		v.unanswered = answer->unanswered;
	}
	return v;
}

static struct guard_verdict
pending(enum guard_section section, int rule, unsigned what)
{
	const struct guard_answer deny = { .action = GUARD_DENY };
	struct guard_verdict v = guard_verdict_of(section, rule, &deny, what);

	v.wants_hash = section == GUARD_EXECUTE;
	v.wants_path = section == GUARD_NETWORK;
	return v;
}

struct guard_verdict
guard_decide(const struct guard_policy *policy, enum guard_section section,
    unsigned what, guard_fits *fits, const void *subject)
{
	const struct guard_rules *rules = &policy->sections[section];

	for (size_t i = 0; i < rules->count; i++) {
		const struct guard_rule *rule = &rules->items[i];

		if ((rule->what & what) == 0)
			continue;
		enum guard_fit fit = fits(rule, subject);
		if (fit == FIT_ASKS)
			return pending(section, (int)i, what);
		if (fit == FIT_YES ||
		    (fit == FIT_UNSURE && !guard_permits(rule->answer.action)))
			return guard_verdict_of(section, (int)i, &rule->answer,
			    what);
	}
	return guard_verdict_of(section, GUARD_RULE_DEFAULT, &rules->fallback,
	    what);
}

/* ---- files --------------------------------------------------------------- */

/* All lists of a rule fit, each by any of its members: the weakest counts. */
static enum guard_fit
paths_fit(const struct guard_rule *rule, const char *path)
{
	if (rule->paths.count == 0)
		return FIT_YES;
	if (path == NULL || path[0] != '/')
		return FIT_UNSURE;
	size_t length = strlen(path);
	for (size_t i = 0; i < rule->paths.count; i++) {
		if (guard_pattern_matches(&rule->paths.items[i], path, length))
			return FIT_YES;
	}
	return FIT_NO;
}

static enum guard_fit
file_fits(const struct guard_rule *rule, const void *subject)
{
	return paths_fit(rule, subject);
}

bool
guard_add_ask(struct guard_verdict *one, const struct guard_verdict *other)
{
	if (one->action != GUARD_ASK || other->action != GUARD_ASK ||
	    one->section != other->section || one->rule != other->rule ||
	    one->name != other->name)
		return false;
	one->what |= other->what;
	return true;
}

struct guard_verdict
guard_file(const struct guard_policy *policy, const char *path, unsigned access)
{
	struct guard_verdict v = { .section = GUARD_FILES,
		.rule = GUARD_RULE_NONE };

	for (unsigned bit = 1; bit <= access && bit <= GUARD_LIST; bit <<= 1) {
		if ((access & bit) == 0)
			continue;
		struct guard_verdict one =
		    guard_decide(policy, GUARD_FILES, bit, file_fits, path);
		/* Of several that allow the first one speaks. */
		if (!guard_add_ask(&v, &one))
			v = v.what == 0 ? one : *guard_stricter(&v, &one);
	}
	return v;
}

/* ---- network ------------------------------------------------------------- */

static enum guard_fit
groups_fit(const struct guard_rule *rule, const struct guard_target *target)
{
	enum guard_fit best = rule->to.count == 0 ? FIT_YES : FIT_NO;

	for (size_t i = 0; i < rule->to.count; i++) {
		const struct guard_group *group = &rule->to.items[i];

		for (size_t j = 0; j < group->count && best != FIT_YES; j++) {
			enum guard_fit fit =
			    guard_address_fits(&group->items[j], target);

			/* What was not given may make it sure. */
			if (fit == FIT_YES || fit == FIT_ASKS || best == FIT_NO)
				best = fit;
		}
	}
	return best;
}

static bool
ports_fit(const struct guard_rule *rule, const struct guard_target *target)
{
	if (rule->ports.count == 0)
		return true;
	for (size_t i = 0; i < rule->ports.count && target->count > 0; i++) {
		if (target->port >= rule->ports.items[i].first &&
		    target->port <= rule->ports.items[i].last)
			return true;
	}
	return false;
}

/*
 * A server that binds to every address listens on those that the rule is about
 * as well. That is what a rule means which says "bind", and not what one means
 * which says whom nobody is to reach, and no more.
 */
enum guard_fit
guard_target_fits(const struct guard_rule *rule, const void *subject)
{
	struct guard_target target = *(const struct guard_target *)subject;

	target.is_wildcard = target.is_wildcard && rule->names_what;
	return ports_fit(rule, &target) ? groups_fit(rule, &target) : FIT_NO;
}

struct guard_verdict
guard_network(const struct guard_policy *policy, enum guard_operation operation,
    const struct sockaddr *address, socklen_t length, const char *path)
{
	struct guard_verdict none = { .section = GUARD_NETWORK,
		.rule = GUARD_RULE_NONE,
		.what = operation };
	struct guard_target target;

	if (!guard_target_read(operation, address, length, path, &target)) {
		none.action = GUARD_DENY;
		none.error = EINVAL;
		return none;
	}
	if (target.family == AF_UNSPEC && operation == GUARD_CONNECT)
		return none;
	return guard_decide(policy, GUARD_NETWORK, operation, guard_target_fits,
	    &target);
}

/* ---- programs ------------------------------------------------------------ */

static enum guard_fit
hashes_fit(const struct guard_rule *rule, const char *sha256)
{
	if (rule->sha256.count == 0)
		return FIT_YES;
	if (sha256 == NULL)
		return FIT_ASKS;
	for (size_t i = 0; i < rule->sha256.count; i++) {
		if (strcmp(rule->sha256.items[i], sha256) == 0)
			return FIT_YES;
	}
	return FIT_NO;
}

static enum guard_fit
program_fits(const struct guard_rule *rule, const void *subject)
{
	const struct guard_program *program = subject;
	bool drift = program->is_drift || program->is_memfd;

	if (rule->drift != DRIFT_EITHER && (rule->drift == DRIFT_YES) != drift)
		return FIT_NO;
	enum guard_fit path = paths_fit(rule, program->path);
	if (path == FIT_NO ||
	    (path == FIT_UNSURE && guard_permits(rule->answer.action)))
		return FIT_NO;
	enum guard_fit hash = hashes_fit(rule, program->sha256);
	return hash == FIT_YES ? path : hash;
}

struct guard_verdict
guard_execute(const struct guard_policy *policy,
    const struct guard_program *program)
{
	struct guard_verdict file =
	    guard_file(policy, program->path, GUARD_RUN);
	struct guard_verdict v = guard_decide(policy, GUARD_EXECUTE, GUARD_RUN,
	    program_fits, program);

	/* A rule that kills may be behind that question. */
	if (v.wants_hash && file.action < GUARD_KILL)
		return v;
	return *guard_stricter(&v, &file);
}

/* ---- calls --------------------------------------------------------------- */

static enum guard_fit
call_fits(const struct guard_rule *rule, const void *subject)
{
	const int *number = subject;

	for (size_t i = 0; i < rule->names.count; i++) {
		if (*number >= 0 && rule->names.items[i].number == *number)
			return FIT_YES;
	}
	return FIT_NO;
}

struct guard_verdict
guard_call(const struct guard_policy *policy, int number)
{
	return guard_decide(policy, GUARD_CALLS, 1, call_fits, &number);
}

/* ---- what to ask --------------------------------------------------------- */

/* What of a section anything but allow may be said of. */
static unsigned
decided(const struct guard_rules *rules)
{
	unsigned what = rules->fallback.action != GUARD_ALLOW ? ~0u : 0;

	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i].answer.action != GUARD_ALLOW)
			what |= rules->items[i].what;
	}
	return what;
}

static bool
has_drift(const struct guard_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i].drift != DRIFT_EITHER)
			return true;
	}
	return false;
}

unsigned
guard_wants(const struct guard_policy *policy)
{
	const struct guard_rules *sections = policy->sections;
	unsigned files = decided(&sections[GUARD_FILES]);
	unsigned network = decided(&sections[GUARD_NETWORK]);
	unsigned execute = decided(&sections[GUARD_EXECUTE]);
	const struct {
		bool is_wanted;
		unsigned bit;
	} rows[] = {
		{ files & GUARD_READ, GUARD_WANTS_READ },
		{ files & GUARD_LIST, GUARD_WANTS_LIST },
		{ files & GUARD_WRITE, GUARD_WANTS_WRITE },
		{ files & GUARD_CREATE, GUARD_WANTS_CREATE },
		{ files & ~(unsigned)GUARD_RUN, GUARD_WANTS_MOVE },
		{ network != 0 && guard_has_sockets(policy), GUARD_WANTS_MOVE },
		{ network & GUARD_CONNECT, GUARD_WANTS_CONNECT },
		{ network & GUARD_BIND, GUARD_WANTS_BIND },
		{ network & GUARD_SEND, GUARD_WANTS_SEND },
		{ (execute | files) & GUARD_RUN, GUARD_WANTS_EXECUTE },
		{ execute != 0 && has_drift(&sections[GUARD_EXECUTE]),
		    GUARD_WANTS_DRIFT },
		{ decided(&sections[GUARD_CALLS]) != 0, GUARD_WANTS_CALLS },
	};
	unsigned wants = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		wants |= rows[i].is_wanted ? rows[i].bit : 0;
	return wants;
}
