/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "convert/convert.h"

Test(convert_yaml, what_json_can_say_becomes_json)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "# a comment\nrw: [~/cache, './a b']\nnet: \"a.test:80\"\n",
		    "{\"rw\":[\"~/cache\",\"./a b\"],\"net\":\"a.test:80\"}" },
		{ "rw:\n  - a\n  - b\nroot: true\ntime: 60\nuser: ~\n",
		    "{\"rw\":[\"a\",\"b\"],\"root\":true,\"time\":60,\"user\":"
		    "null}" },
		{ "---\ntime: '60'\n...\n", "{\"time\":\"60\"}" },
		{ "description: >\n  two\n  lines\nenv: [A=b]\n",
		    "{\"description\":\"two "
		    "lines\\u000a\",\"env\":[\"A=b\"]}" },
		{ "a: {b: [], c: {}}\n", "{\"a\":{\"b\":[],\"c\":{}}}" },
		{ "{\"rw\": [\"a\"],\n\t\"pids\": 7}\n",
		    "{\"rw\":[\"a\"],\"pids\":7}" },
		{ "a: \"x\\ty\\u00e9\\\"\"\n",
		    "{\"a\":\"x\\u0009y\xc3\xa9\\\"\"}" },
		{ "'true': x\n", "{\"true\":\"x\"}" },
		{ "[[1], two]", "[[1],\"two\"]" },
		{ "word", "\"word\"" },
		{ "---\n", "null" },
		{ "<<: x\n", "{\"<<\":\"x\"}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = NULL;
		size_t length;
		struct error e = { 0 };

		cr_assert(zero(int,
			      convert_yaml(rows[i].text, strlen(rows[i].text),
				  &got, &length, &e)),
		    "%s: %s", rows[i].text, e.text);
		cr_expect(eq(str, got, (char *)(uintptr_t)rows[i].want));
		cr_expect(eq(sz, length, strlen(rows[i].want)));
	}
}

static void
refuses(const char *text, size_t length, const char *want)
{
	char *got = NULL;
	size_t got_length;
	struct error e = { 0 };

	cr_expect(lt(int, convert_yaml(text, length, &got, &got_length, &e), 0),
	    "%.40s", text);
	cr_expect(eq(str, e.text, (char *)(uintptr_t)want), "%.40s", text);
	cr_expect(eq(ptr, got, NULL));
	free(got);
}

Test(convert_yaml, what_is_refused_is_said_with_its_line)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "", "1: nothing is in it" },
		{ "# nothing\n", "2: nothing is in it" },
		{ "a: &x b\n", "1: an anchor, \"&\", is not allowed" },
		{ "a: &x [b]\n", "1: an anchor, \"&\", is not allowed" },
		{ "a: &x {b: c}\n", "1: an anchor, \"&\", is not allowed" },
		{ "a: b\nc: *x\n", "2: an alias, \"*\", is not allowed" },
		{ "a: !!str b\n", "1: a tag, \"!\", is not allowed" },
		{ "a: ! b\n", "1: a tag, \"!\", is not allowed" },
		{ "a: !x [b]\n", "1: a tag, \"!\", is not allowed" },
		{ "!x {a: b}\n", "1: a tag, \"!\", is not allowed" },
		{ "%YAML 1.1\n---\na: b\n",
		    "1: a directive, \"%\", is not allowed" },
		{ "%TAG ! !x\n---\na: b\n",
		    "1: a directive, \"%\", is not allowed" },
		{ "a: b\n---\nc: d\n", "2: a second document is not allowed" },
		{ "a: b\nc: d\na: e\n", "3: \"a\" is there twice" },
		{ "a: b\n\"a\": e\n", "2: \"a\" is there twice" },
		{ "x: {a: 1}\ny: {a: 1, a: 2}\n", "2: \"a\" is there twice" },
		{ "1: a\n", "1: a key that is no text" },
		{ "~: a\n", "1: a key that is no text" },
		{ "[a]: b\n", "1: a key that is no text" },
		{ "? {a: b}\n: c\n", "1: a key that is no text" },
		{ "0x7: a\n", "1: a key that is no text" },
		{ "a: 1\npids: 010\n", "2: 010: a number as JSON has it, or a "
				       "text in quotes?" },
		{ "a: \"\\0\"\n", "1: a NUL is in a text" },
		{ "\"a\\0b\": 1\n", "1: a NUL is in a text" },
		{ "a: [b\nc: d\n", "2: did not find expected ',' or ']', while "
				   "parsing a flow sequence" },
		{ "a:\n\tb\n", "2: found character that cannot start any "
			       "token, while scanning for the next token" },
		{ "a: b\nc: \xff\n", "2: invalid leading UTF-8 octet" },
		{ "a: \"\\ud800\"\n",
		    "1: found invalid Unicode character escape code, while "
		    "parsing a quoted scalar" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		refuses(rows[i].text, strlen(rows[i].text), rows[i].want);
	refuses("\xff\xfe"
		"a\0",
	    4, "1: invalid leading UTF-8 octet");
}

/* "[[...", or as many entries. */
static char *
repeat(const char *what, size_t count, const char *end, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	cr_assert(ne(ptr, out, NULL));
	for (size_t i = 0; i < count; i++)
		fputs(what, out);
	fputs(end, out);
	cr_assert(zero(int, fclose(out)));
	return text;
}

static int
convert_repeated(const char *what, size_t count, const char *end,
    struct error *e)
{
	size_t length, got_length;
	AUTO_FREE char *text = repeat(what, count, end, &length);
	AUTO_FREE char *got = NULL;

	*e = (struct error){ 0 };
	return convert_yaml(text, length, &got, &got_length, e);
}

Test(convert_yaml, all_of_it_has_an_end)
{
	struct error e;

	/* "- - - x" is a list in a list. */
	cr_expect(zero(int, convert_repeated("- ", CONVERT_DEPTH, "x\n", &e)));
	cr_expect(eq(int, convert_repeated("- ", CONVERT_DEPTH + 1, "x\n", &e),
	    -EINVAL));
	cr_expect(eq(str, e.text, "1: too deep"));
	cr_expect(eq(int, convert_repeated("[", 60000, "", &e), -EINVAL));
	cr_expect(eq(str, e.text, "1: too deep"));
	cr_expect(
	    zero(int, convert_repeated("- x\n", CONVERT_NODES - 1, "", &e)));
	cr_expect(
	    eq(int, convert_repeated("- x\n", CONVERT_NODES, "", &e), -EINVAL));
	cr_expect(eq(str, e.text, "4096: too much is in it"));
	cr_expect(
	    eq(int, convert_repeated("#", CONVERT_BYTES + 1, "", &e), -EFBIG));
	cr_expect(eq(str, e.text, "larger than 65536 bytes"));
}

Test(convert_yaml, keys_count_as_well)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *got = NULL;
	size_t length, got_length;
	struct error e = { 0 };
	FILE *out = open_memstream(&text, &length);

	cr_assert(ne(ptr, out, NULL));
	for (size_t i = 0; i < CONVERT_NODES / 2; i++)
		fprintf(out, "k%zu: 1\n", i);
	cr_assert(zero(int, fclose(out)));
	cr_expect(eq(int, convert_yaml(text, length, &got, &got_length, &e),
	    -EINVAL));
	cr_expect(eq(str, e.text, "2048: too much is in it"));
}
