/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse - a policy's members, as tables.
 *
 * A rule that is read over or misunderstood is a door left open. So nothing is
 * ignored here, and what cannot have been meant is an error.
 */
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "fields.h"

#define ASK_SECONDS 30

static const struct json_word action_words[] = {
	{ "allow", GUARD_ALLOW },
	{ "log", GUARD_LOG },
	{ "ask", GUARD_ASK },
	{ "deny", GUARD_DENY },
	{ "freeze", GUARD_FREEZE },
	{ "kill", GUARD_KILL },
	{ NULL, 0 },
};

static const struct json_word unanswered_words[] = {
	{ "allow", GUARD_ALLOW },
	{ "deny", GUARD_DENY },
	{ NULL, 0 },
};

static const struct json_word access_words[] = {
	{ "read", GUARD_READ | GUARD_LIST },
	{ "read-file", GUARD_READ },
	{ "read-dir", GUARD_LIST },
	{ "write", GUARD_WRITE },
	{ "create", GUARD_CREATE },
	{ "execute", GUARD_RUN },
	{ NULL, 0 },
};

static const struct json_word operation_words[] = {
	{ "connect", GUARD_CONNECT },
	{ "bind", GUARD_BIND },
	{ "send", GUARD_SEND },
	{ NULL, 0 },
};

static int
read_comment(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	const char *text;

	(void)out;
	return json_read_string(reader, value, field, &text, e);
}

/* ---- rules --------------------------------------------------------------- */

/* clang-format off */
#define ANSWER_FIELDS \
	{ "action", .offset = offsetof(struct guard_rule, answer.action), .read = json_read_word, .words = action_words, .required = true }, \
	{ "errno", .offset = offsetof(struct guard_rule, answer.error), .read = guard_read_errno }, \
	{ "timeout", .offset = offsetof(struct guard_rule, answer.timeout_s), .read = guard_read_time }, \
	{ "default", .offset = offsetof(struct guard_rule, answer.unanswered), .read = json_read_word, .words = unanswered_words }, \
	{ "comment", .offset = 0, .read = read_comment }

static const struct json_field file_fields[] = {
	ANSWER_FIELDS,
	{ "paths", .offset = offsetof(struct guard_rule, paths), .read = guard_read_paths, .required = true },
	{ "access", .offset = offsetof(struct guard_rule, what), .read = guard_read_what, .words = access_words },
	{ NULL },
};

static const struct json_field network_fields[] = {
	ANSWER_FIELDS,
	{ "to", .offset = offsetof(struct guard_rule, to), .read = guard_read_groups },
	{ "ports", .offset = offsetof(struct guard_rule, ports), .read = guard_read_ports },
	{ "operations", .offset = offsetof(struct guard_rule, what), .read = guard_read_what, .words = operation_words },
	{ NULL },
};

static const struct json_field execute_fields[] = {
	ANSWER_FIELDS,
	{ "paths", .offset = offsetof(struct guard_rule, paths), .read = guard_read_paths },
	{ "sha256", .offset = offsetof(struct guard_rule, sha256), .read = guard_read_hashes },
	{ "drift", .offset = offsetof(struct guard_rule, drift), .read = guard_read_drift },
	{ NULL },
};

static const struct json_field call_fields[] = {
	ANSWER_FIELDS,
	{ "names", .offset = offsetof(struct guard_rule, names), .read = guard_read_names, .required = true },
	{ NULL },
};
/* clang-format on */

/* What makes sense only with another member. */
static int
check_answer(const struct json *rule, const struct guard_answer *answer,
    struct error *e)
{
	static const struct {
		const char *member, *why;
		unsigned actions; /* that have it */
	} rows[] = {
		{ "errno", "is for deny, ask and freeze",
		    1u << GUARD_DENY | 1u << GUARD_ASK | 1u << GUARD_FREEZE },
		{ "timeout", "is for ask", 1u << GUARD_ASK },
		{ "default", "is for ask", 1u << GUARD_ASK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct json *member = json_find(rule, rows[i].member);

		if (member != NULL &&
		    (rows[i].actions & 1u << answer->action) == 0)
			return json_fail(member, e, "%s", rows[i].why);
	}
	return 0;
}

static int
check_network(const struct json *at, const struct guard_rule *rule,
    struct error *e)
{
	if (rule->to.count == 0 && rule->ports.count == 0)
		return json_fail(at, e, "to or ports is required");
	for (size_t i = 0; rule->ports.count > 0 && i < rule->to.count; i++) {
		for (size_t j = 0; j < rule->to.items[i].count; j++) {
			if (rule->to.items[i].items[j].kind != ADDRESS_NET)
				return json_fail(json_find(at, "ports"), e,
				    "\"%.64s\" has no ports",
				    rule->to.items[i].text);
		}
	}
	return 0;
}

static int
check_execute(const struct json *at, const struct guard_rule *rule,
    struct error *e)
{
	if (rule->paths.count == 0 && rule->sha256.count == 0 &&
	    rule->drift == DRIFT_EITHER)
		return json_fail(at, e, "paths, sha256 or drift is required");
	return 0;
}

/* ---- sections ------------------------------------------------------------ */

static const struct section {
	const char *name;
	const struct json_field *fields;
	unsigned what; /* where the rule does not say */
	int (*check)(const struct json *at, const struct guard_rule *rule,
	    struct error *e);
} sections[GUARD_SECTIONS] = {
	[GUARD_FILES] = { "files", file_fields,
	    GUARD_READ | GUARD_LIST | GUARD_WRITE | GUARD_CREATE | GUARD_RUN,
	    NULL },
	[GUARD_NETWORK] = { "network", network_fields,
	    GUARD_CONNECT | GUARD_BIND | GUARD_SEND, check_network },
	[GUARD_EXECUTE] = { "execute", execute_fields, GUARD_RUN,
	    check_execute },
	[GUARD_CALLS] = { "calls", call_fields, 1, NULL },
};

const char *
guard_section_word(enum guard_section section)
{
	return section < GUARD_SECTIONS ? sections[section].name : "unknown";
}

const char *
guard_action_word(enum guard_action action)
{
	for (const struct json_word *at = action_words; at->word != NULL;
	     at++) {
		if (at->number == (uint64_t)action)
			return at->word;
	}
	return "unknown";
}

static int
read_rule(const struct json_reader *reader, const struct section *section,
    const struct json *at, struct guard_rule *rule, struct error *e)
{
	rule->answer.unanswered = GUARD_DENY;
	rule->answer.timeout_s = ASK_SECONDS;
	TRY(json_fill(reader, at, section->fields, rule, e));
	rule->names_what = rule->what != 0;
	if (!rule->names_what)
		rule->what = section->what;
	TRY(check_answer(at, &rule->answer, e));
	return section->check != NULL ? section->check(at, rule, e) : 0;
}

static int
read_section(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct guard_parse *parse = reader->context;
	struct guard_rules *rules = out;
	const struct section *section =
	    &sections[rules - parse->policy->sections];

	(void)field;
	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	if (value->count > LIMIT_GUARD_RULES)
		return json_fail(value, e, "has more than %d",
		    LIMIT_GUARD_RULES);
	rules->count = value->count;
	rules->items = json_alloc(parse->arena,
	    (value->count + 1) * sizeof(*rules->items));
	if (rules->items == NULL)
		return error_sys(e, "memory");
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(read_rule(reader, section, at, &rules->items[at->index],
		    e));
	return 0;
}

/* ---- the document -------------------------------------------------------- */

#define SECTION(section) (offsetof(struct guard_policy, sections[section]))
#define FALLBACK(section)                                                      \
	(offsetof(struct guard_policy, sections[section].fallback.action))

/* What calls there are at all is for a seccomp profile to say. */
static const struct json_field default_fields[] = {
	{ "files", .offset = FALLBACK(GUARD_FILES), .read = json_read_word,
	    .words = action_words },
	{ "network", .offset = FALLBACK(GUARD_NETWORK), .read = json_read_word,
	    .words = action_words },
	{ "execute", .offset = FALLBACK(GUARD_EXECUTE), .read = json_read_word,
	    .words = action_words },
	{ NULL },
};

/* Rules name them, wherever in the document they are. */
static int
read_before(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)value;
	(void)field;
	(void)out;
	(void)e;
	return 0;
}

static const struct json_field policy_fields[] = {
	{ "comment", .offset = 0, .read = read_comment },
	{ "$schema", .offset = 0, .read = read_comment },
	{ "sets", .offset = 0, .read = read_before },
	{ "defaults", .offset = 0, .read = json_read_object,
	    .fields = default_fields },
	{ "files", .offset = SECTION(GUARD_FILES), .read = read_section },
	{ "network", .offset = SECTION(GUARD_NETWORK), .read = read_section },
	{ "execute", .offset = SECTION(GUARD_EXECUTE), .read = read_section },
	{ "calls", .offset = SECTION(GUARD_CALLS), .read = read_section },
	{ NULL },
};

/* Elsewhere null is as if it were not there; here that would widen a rule. */
static int
refuse_null(const struct json *value, struct error *e)
{
	if (value->kind == JSON_NULL)
		return json_fail(value, e, "is null");
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(refuse_null(at, e));
	return 0;
}

static void
refuse_unknown(void *context, const char *place)
{
	struct guard_parse *parse = context;

	error_set(parse->e, EINVAL, "%s", place);
}

static struct guard_policy *
new_policy(struct error *e)
{
	struct json_arena *arena = json_arena_new();
	struct guard_policy *policy =
	    arena != NULL ? json_alloc(arena, sizeof(*policy)) : NULL;

	if (policy == NULL) {
		error_sys(e, "memory");
		json_arena_free(&arena);
		return NULL;
	}
	policy->arena = arena;
	for (size_t i = 0; i < GUARD_SECTIONS; i++) {
		policy->sections[i].fallback.unanswered = GUARD_DENY;
		policy->sections[i].fallback.timeout_s = ASK_SECONDS;
	}
	return policy;
}

int
guard_parse(const char *text, size_t length, struct guard_policy **out,
    struct error *e)
{
	AUTO(guard_free) struct guard_policy *policy = new_policy(e);
	/* The policy keeps what it needs, and not the whole text. */
	AUTO(json_arena_free) struct json_arena *scratch = json_arena_new();
	const struct json *root = NULL;

	if (policy == NULL)
		return -e->code;
	if (scratch == NULL)
		return error_sys(e, "memory");
	struct guard_parse parse = { policy->arena, policy, e };
	struct json_reader reader = { policy->arena, refuse_unknown, &parse };
	TRY(json_parse(scratch, text, length, &root, e));
	TRY(refuse_null(root, e));
	if (root->kind != JSON_OBJECT)
		return json_fail(root, e, "expected an object");
	TRY(guard_read_sets(&parse, json_find(root, "sets"), e));
	TRY(json_fill(&reader, root, policy_fields, policy, e));
	if (e->code != 0)
		return -e->code;
	*out = take(&policy);
	return 0;
}

void
guard_ask(struct guard_policy *policy)
{
	for (size_t i = 0; i < GUARD_SECTIONS; i++) {
		struct guard_answer *fallback = &policy->sections[i].fallback;

		if (fallback->action == GUARD_DENY)
			fallback->action = GUARD_ASK;
	}
}

void
guard_free(struct guard_policy **policy)
{
	struct guard_policy *taken = take(policy);

	if (taken == NULL)
		return;
	struct json_arena *arena = taken->arena;
	json_arena_free(&arena);
}
