/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print - a policy and its answers, for people.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "policy.h"

static const struct verb {
	enum guard_section section;
	unsigned bits;
	const char *word;
	const char *to; /* what the subject is to it */
} verbs[] = {
	{ GUARD_FILES, GUARD_READ | GUARD_LIST, "read", "of" },
	{ GUARD_FILES, GUARD_READ, "read-file", "of" },
	{ GUARD_FILES, GUARD_LIST, "read-dir", "of" },
	{ GUARD_FILES, GUARD_WRITE, "write", "of" },
	{ GUARD_FILES, GUARD_CREATE, "create", "of" },
	{ GUARD_FILES, GUARD_RUN, "execute", "of" },
	{ GUARD_NETWORK, GUARD_CONNECT, "connect", "to" },
	{ GUARD_NETWORK, GUARD_BIND, "bind", "to" },
	{ GUARD_NETWORK, GUARD_SEND, "send", "to" },
	{ GUARD_EXECUTE, GUARD_RUN, "execute", "of" },
};

/* The next one that is of what is left, all of it or any; NULL: none is. */
static const struct verb *
next_verb(enum guard_section section, unsigned *left, bool all)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		unsigned found = verbs[i].bits & *left;

		if (verbs[i].section != section || found == 0 ||
		    (all && found != verbs[i].bits))
			continue;
		*left &= ~found;
		return &verbs[i];
	}
	return NULL;
}

/* ---- one line for a verdict ---------------------------------------------- */

static void
put_place(struct text_out *out, const struct guard_verdict *v)
{
	text_put(out, "policy: ");
	text_put(out, guard_section_word(v->section));
	if (v->rule >= 0) {
		text_put(out, "[");
		text_put_u64(out, (unsigned)v->rule);
		text_put(out, "]");
	} else if (v->rule == GUARD_RULE_DEFAULT) {
		text_put(out, ", by default");
	}
	text_put(out, ": ");
}

void
guard_describe(const struct guard_verdict *verdict, const char *subject,
    char *buf, size_t size)
{
	struct text_out out = text_out(buf, size);
	unsigned what = verdict->what;

	put_place(&out, verdict);
	text_put(&out, guard_action_word(verdict->action));
	text_put(&out, " ");
	const struct verb *verb = next_verb(verdict->section, &what, false);
	const char *to = verb != NULL ? verb->to : NULL;
	while (verb != NULL) {
		text_put(&out, verb->word);
		verb = next_verb(verdict->section, &what, false);
		text_put(&out, verb != NULL ? ", " : " ");
	}
	if (to != NULL) {
		text_put(&out, to);
		text_put(&out, " ");
	}
	text_put_escaped(&out, subject);
	if (verdict->error != 0) {
		text_put(&out, ": ");
		text_put(&out, strerrorname_np(verdict->error));
	}
}

/* ---- the rules ----------------------------------------------------------- */

static void
put_text(FILE *out, const char *text)
{
	char line[LIMIT_GUARD_PATTERN * 32 + 1];
	struct text_out escaped = text_out(line, sizeof(line));

	text_put_escaped(&escaped, text);
	fputs(line, out);
}

static void
put_answer(FILE *out, const struct guard_answer *answer)
{
	fputs(guard_action_word(answer->action), out);
	if (answer->action == GUARD_ASK)
		fprintf(out, " (%u s, then %s)", answer->timeout_s,
		    guard_action_word(answer->unanswered));
}

static void
put_what(FILE *out, enum guard_section section, unsigned what)
{
	const char *before = " ";
	const struct verb *verb;

	while ((verb = next_verb(section, &what, true)) != NULL) {
		fprintf(out, "%s%s", before, verb->word);
		before = ", ";
	}
}

static void
put_subject(FILE *out, const struct guard_rule *rule)
{
	const char *before = " ";

	for (size_t i = 0; i < rule->paths.count; i++, before = ", ") {
		fputs(before, out);
		put_text(out, rule->paths.items[i].text);
	}
	for (size_t i = 0; i < rule->to.count; i++, before = ", ") {
		fputs(before, out);
		put_text(out, rule->to.items[i].text);
	}
	for (size_t i = 0; i < rule->names.count; i++, before = ", ")
		fprintf(out, "%s%s", before, rule->names.items[i].name);
}

/* What else has to be so. */
static void
put_conditions(FILE *out, const struct guard_rule *rule)
{
	static const char *const drift[] = {
		[DRIFT_NO] = "was there at the start",
		[DRIFT_YES] = "was not there at the start",
	};
	const char *before = " port ";

	for (size_t i = 0; i < rule->ports.count; i++, before = ", ") {
		const struct guard_port_range *r = &rule->ports.items[i];

		fprintf(out, r->first == r->last ? "%s%u" : "%s%u-%u", before,
		    r->first, r->last);
	}
	if (rule->drift != DRIFT_EITHER)
		fprintf(out, " %s%s", rule->paths.count > 0 ? "that " : "",
		    drift[rule->drift]);
	before = " with sha256 ";
	for (size_t i = 0; i < rule->sha256.count; i++, before = ", ")
		fprintf(out, "%s%s", before, rule->sha256.items[i]);
}

static void
put_rule(FILE *out, enum guard_section section, size_t index,
    const struct guard_rule *rule)
{
	fprintf(out, "%s[%zu]: ", guard_section_word(section), index);
	put_answer(out, &rule->answer);
	put_what(out, section, rule->what);
	if (section == GUARD_FILES || section == GUARD_EXECUTE)
		fputs(rule->paths.count > 0 ? " of" : " of what", out);
	else if (section == GUARD_NETWORK)
		fputs(rule->to.count > 0 ? " to" : " to any", out);
	put_subject(out, rule);
	put_conditions(out, rule);
	if (rule->answer.error != 0)
		fprintf(out, ": %s", strerrorname_np(rule->answer.error));
	fputs("\n", out);
}

void
guard_print(FILE *out, const struct guard_policy *policy)
{
	for (size_t s = 0; s < GUARD_SECTIONS; s++) {
		const struct guard_rules *rules = &policy->sections[s];

		for (size_t i = 0; i < rules->count; i++)
			put_rule(out, (enum guard_section)s, i,
			    &rules->items[i]);
		fprintf(out, "%s, by default: ",
		    guard_section_word((enum guard_section)s));
		put_answer(out, &rules->fallback);
		fputs("\n", out);
	}
	for (size_t i = 0; i < policy->sets.count; i++) {
		const struct guard_group *set = &policy->sets.items[i];

		fprintf(out, "%s:", set->text);
		for (size_t j = 0; j < set->count; j++) {
			fputs(j > 0 ? ", " : " ", out);
			put_text(out, set->items[j].text);
		}
		fputs("\n", out);
	}
}
