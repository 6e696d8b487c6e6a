/* SPDX-License-Identifier: Apache-2.0 */
#include "pattern.h"

#include <string.h>

/* ---- compiling ---------------------------------------------------------- */

struct compiler {
	struct json_arena *arena;
	const struct json *at;
	struct guard_pattern *pattern;
	size_t sets;
	const char *next; /* what of the text is left */
	size_t component; /* the token that the component began with */
};

static int
add(struct compiler *c, struct guard_token token, struct error *e)
{
	if (c->pattern->count == LIMIT_GUARD_PATTERN)
		return json_fail(c->at, e, "\"%.64s...\" is too long",
		    c->pattern->text);
	c->pattern->tokens[c->pattern->count++] = token;
	return 0;
}

static int
fail(const struct compiler *c, const char *why, struct error *e)
{
	return json_fail(c->at, e, "\"%.300s\": %s", c->pattern->text, why);
}

static void
set_add(struct guard_byte_set *set, unsigned byte)
{
	set->bits[byte / 64] |= UINT64_C(1) << byte % 64;
}

static bool
set_has(const struct guard_byte_set *set, unsigned byte)
{
	return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

/* A byte of a class, maybe behind a backslash. */
static int
read_member(struct compiler *c, unsigned *out, struct error *e)
{
	if (*c->next == '\\')
		c->next++;
	if (*c->next == '\0')
		return fail(c, "[ without its ]", e);
	*out = (unsigned char)*c->next++;
	if (*out >= 0x80)
		return fail(c, "a class is of ASCII alone", e);
	if (*out == '/' && !c->pattern->is_flat)
		return fail(c, "a class cannot have a slash", e);
	return 0;
}

static int
read_members(struct compiler *c, struct guard_byte_set *set, struct error *e)
{
	do {
		unsigned first = 0;
		unsigned last = 0;

		TRY(read_member(c, &first, e));
		last = first;
		if (c->next[0] == '-' && c->next[1] != ']') {
			c->next++;
			TRY(read_member(c, &last, e));
		}
		if (last < first)
			return fail(c, "a range that goes down", e);
		for (unsigned byte = first; byte <= last; byte++)
			set_add(set, byte);
	} while (*c->next != ']');
	c->next++;
	return 0;
}

/* Behind the bracket. */
static int
compile_class(struct compiler *c, struct error *e)
{
	struct guard_byte_set *set = &c->pattern->sets[c->sets];
	bool negated = *c->next == '!';

	c->next += negated;
	if (*c->next == '^')
		return fail(c, "write [! for what is not one of", e);
	if (*c->next == ']')
		return fail(c, "an empty class: a ] in one is \\]", e);
	TRY(read_members(c, set, e));
	for (size_t i = 0; negated && i < 4; i++)
		set->bits[i] = ~set->bits[i];
	/* Ranges may go over it. */
	if (!c->pattern->is_flat)
		set->bits['/' / 64] &= ~(UINT64_C(1) << '/' % 64);
	return add(c,
	    (struct guard_token){ TOKEN_ONE_OF, .set = (uint16_t)c->sets++ },
	    e);
}

/* A component that is "**" and nothing else takes its slash along. */
static int
compile_stars(struct compiler *c, struct error *e)
{
	size_t stars = strspn(c->next, "*");
	struct guard_pattern *p = c->pattern;

	c->next += stars;
	if (stars == 1 || p->is_flat)
		return add(c, (struct guard_token){ TOKEN_STAR }, e);
	if (stars > 2 || p->count != c->component ||
	    (*c->next != '/' && *c->next != '\0'))
		return fail(c, "** is a whole component or nothing", e);
	p->count--;
	/* Twice is once. */
	if (p->count > 0 && p->tokens[p->count - 1].kind == TOKEN_DEEP)
		return 0;
	TRY(add(c, (struct guard_token){ TOKEN_BELOW }, e));
	return add(c, (struct guard_token){ TOKEN_DEEP }, e);
}

static int
compile_one(struct compiler *c, struct error *e)
{
	char byte = *c->next;

	if (byte == '*')
		return compile_stars(c, e);
	c->next++;
	if (byte == '?')
		return add(c, (struct guard_token){ TOKEN_ANY }, e);
	if (byte == '[')
		return compile_class(c, e);
	if (byte == '\\') {
		byte = *c->next++;
		if (byte == '\0' || (byte == '/' && !c->pattern->is_flat))
			return fail(c, "a backslash that escapes nothing", e);
	}
	return add(c, (struct guard_token){ TOKEN_BYTE, (uint8_t)byte }, e);
}

/* No path that was resolved has one of these. */
static int
check_component(const struct compiler *c, struct error *e)
{
	const struct guard_pattern *p = c->pattern;
	size_t length = p->count - c->component;
	size_t dots = 0;

	while (dots < length && p->tokens[c->component + dots].byte == '.' &&
	       p->tokens[c->component + dots].kind == TOKEN_BYTE)
		dots++;
	if (dots == length && (dots == 1 || dots == 2))
		return fail(c, "no path that is resolved has . or ..", e);
	return 0;
}

static int
compile_component(struct compiler *c, struct error *e)
{
	TRY(add(c, (struct guard_token){ TOKEN_BYTE, '/' }, e));
	c->component = c->pattern->count;
	c->next++;
	if (*c->next == '/')
		return fail(c, "an empty component", e);
	/* What ends in a slash is a directory and all below. */
	if (*c->next == '\0') {
		c->next = "**";
		return compile_stars(c, e);
	}
	while (*c->next != '/' && *c->next != '\0')
		TRY(compile_one(c, e));
	/* Of "**" nothing is left but what it became. */
	return c->pattern->count <= c->component ? 0 : check_component(c, e);
}

static int
compile(struct compiler *c, struct error *e)
{
	if (c->pattern->is_flat) {
		while (*c->next != '\0')
			TRY(compile_one(c, e));
		return 0;
	}
	if (*c->next != '/')
		return fail(c, "is not absolute", e);
	if (c->next[1] == '\0')
		return fail(c, "write /** for every path", e);
	while (*c->next != '\0')
		TRY(compile_component(c, e));
	return 0;
}

int
guard_pattern_parse(struct json_arena *arena, const struct json *at,
    const char *text, bool is_flat, struct guard_pattern *out, struct error *e)
{
	size_t length = strlen(text);
	size_t classes = 0;

	if (length > 8 * (size_t)LIMIT_GUARD_PATTERN)
		return json_fail(at, e, "\"%.64s...\" is too long", text);
	for (const char *c = text; *c != '\0'; c++)
		classes += *c == '[';
	/* "/dir/" becomes longer by one. */
	*out = (struct guard_pattern){
		.text = text,
		.is_flat = is_flat,
		.tokens =
		    json_alloc(arena, (length + 2) * sizeof(*out->tokens)),
		.sets = json_alloc(arena, (classes + 1) * sizeof(*out->sets)),
	};
	if (out->tokens == NULL || out->sets == NULL)
		return error_sys(e, "memory");
	struct compiler c = { arena, at, out, .next = text };
	return compile(&c, e);
}

/* ---- matching ----------------------------------------------------------- */

/* That token may come next; what may match nothing brings the one behind. */
static void
enter(const struct guard_pattern *pattern, struct guard_states *s, unsigned at)
{
	for (;;) {
		uint64_t bit = UINT64_C(1) << at % 64;

		if ((s->bits[at / 64] & bit) != 0)
			return;
		s->bits[at / 64] |= bit;
		if (at == pattern->count)
			return;
		unsigned kind = pattern->tokens[at].kind;
		if (kind == TOKEN_BELOW)
			at += 2;
		else if (kind == TOKEN_STAR || kind == TOKEN_DEEP)
			at++;
		else
			return;
	}
}

static void
take_byte(const struct guard_pattern *pattern, unsigned at, unsigned byte,
    struct guard_states *out)
{
	const struct guard_token *token = &pattern->tokens[at];
	bool is_inside = byte != '/' || pattern->is_flat;

	switch ((enum guard_token_kind)token->kind) {
	case TOKEN_BYTE:
		if (token->byte == byte)
			enter(pattern, out, at + 1);
		return;
	case TOKEN_ANY:
		if (is_inside)
			enter(pattern, out, at + 1);
		return;
	case TOKEN_ONE_OF:
		if (set_has(&pattern->sets[token->set], byte))
			enter(pattern, out, at + 1);
		return;
	case TOKEN_STAR:
		if (is_inside)
			enter(pattern, out, at);
		return;
	case TOKEN_BELOW:
		if (byte == '/')
			enter(pattern, out, at + 1);
		return;
	case TOKEN_DEEP:
		enter(pattern, out, at);
		return;
	}
}

void
guard_pattern_begin(const struct guard_pattern *pattern, struct guard_states *s)
{
	memset(s, 0, sizeof(*s));
	enter(pattern, s, 0);
}

void
guard_pattern_step(const struct guard_pattern *pattern, struct guard_states *s,
    const char *bytes, size_t length)
{
	size_t words = pattern->count / 64 + 1;
	uint64_t alive = 1;

	for (size_t i = 0; i < length && alive != 0; i++) {
		struct guard_states now = *s;

		alive = 0;
		memset(s, 0, words * sizeof(s->bits[0]));
		for (size_t word = 0; word < words; word++) {
			for (uint64_t left = now.bits[word]; left != 0;
			     left &= left - 1) {
				unsigned at = (unsigned)word * 64 +
					      (unsigned)__builtin_ctzll(left);

				if (at < pattern->count)
					take_byte(pattern, at,
					    (unsigned char)bytes[i], s);
			}
		}
		for (size_t word = 0; word < words; word++)
			alive |= s->bits[word];
	}
}

static bool
is_at_end(const struct guard_pattern *pattern, const struct guard_states *s)
{
	return (s->bits[pattern->count / 64] >> pattern->count % 64 & 1) != 0;
}

bool
guard_pattern_matches(const struct guard_pattern *pattern, const char *bytes,
    size_t length)
{
	struct guard_states s;

	guard_pattern_begin(pattern, &s);
	guard_pattern_step(pattern, &s, bytes, length);
	return is_at_end(pattern, &s);
}

/* Where it stands behind "directory/", where no pattern ends. */
static void
go_below(const struct guard_pattern *pattern, const char *directory,
    struct guard_states *s)
{
	guard_pattern_begin(pattern, s);
	guard_pattern_step(pattern, s, directory, strlen(directory));
	guard_pattern_step(pattern, s, "/", 1);
}

bool
guard_pattern_reaches(const struct guard_pattern *pattern,
    const char *directory)
{
	struct guard_states s;
	uint64_t any = 0;

	go_below(pattern, directory, &s);
	for (size_t word = 0; word <= pattern->count / 64; word++)
		any |= s.bits[word];
	return any != 0;
}

/* If all that may come there may come here, so does all that follows. */
bool
guard_pattern_loses(const struct guard_pattern *pattern, const char *one,
    const char *other)
{
	struct guard_states here;
	struct guard_states there;
	uint64_t lost = 0;

	go_below(pattern, one, &there);
	go_below(pattern, other, &here);
	for (size_t word = 0; word <= pattern->count / 64; word++)
		lost |= there.bits[word] & ~here.bits[word];
	return lost != 0;
}
