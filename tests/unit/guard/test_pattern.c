/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "support.h"

static const struct {
	const char *pattern;
	const char *text;
	bool want;
} rows[] = {
	{ "/etc/shadow", "/etc/shadow", true },
	{ "/etc/shadow", "/etc/shadow-", false },
	{ "/etc/shadow", "/etc/shado", false },
	{ "/etc/shadow", "/etc/shadow/x", false },
	{ "/etc/shadow", "", false },
	/* A star stays in its component. */
	{ "/etc/*", "/etc/passwd", true },
	{ "/etc/*", "/etc/ssl/key", false },
	{ "/etc/*", "/etc", false },
	{ "/etc/*.conf", "/etc/.conf", true },
	{ "/etc/*.conf", "/etc/a.b.conf", true },
	{ "/etc/*.conf", "/etc/a.config", false },
	{ "/proc/*/mem", "/proc/1/mem", true },
	{ "/proc/*/mem", "/proc/1/task/1/mem", false },
	{ "/a/*b*c", "/a/xbybzc", true },
	{ "/a/*b*c", "/a/xbybz", false },
	/* Two stars take any number of components, none too. */
	{ "/root/**", "/root", true },
	{ "/root/**", "/root/a", true },
	{ "/root/**", "/root/a/b/c", true },
	{ "/root/**", "/rootless", false },
	{ "/root/", "/root", true },
	{ "/root/", "/root/a/b", true },
	{ "/root/", "/roo", false },
	{ "/**", "/", true },
	{ "/**", "/a/b", true },
	{ "/**/.ssh/**", "/.ssh", true },
	{ "/**/.ssh/**", "/home/u/.ssh", true },
	{ "/**/.ssh/**", "/home/u/.ssh/id/x", true },
	{ "/**/.ssh/**", "/home/u/x.ssh/id", false },
	{ "/**/.ssh/**", "/home/u/.sshd/id", false },
	{ "/a/**/b", "/a/b", true },
	{ "/a/**/b", "/a/x/b", true },
	{ "/a/**/b", "/a/x/y/b", true },
	{ "/a/**/b", "/a/xb", false },
	{ "/a/**/b", "/ab", false },
	{ "/a/**/b", "/a/b/c", false },
	{ "/a/**/**/b", "/a/b", true },
	{ "/a/**/*", "/a/x/y", true },
	{ "/a*/**", "/abc", true },
	{ "/a*/**", "/abc/d", true },
	{ "/**/*.so*", "/lib/x/libc.so.6", true },
	/* One byte. */
	{ "/a?c", "/abc", true },
	{ "/a?c", "/ac", false },
	{ "/a?c", "/a/c", false },
	{ "/a?c",
	    "/a\xff"
	    "c",
	    true },
	/* Classes. */
	{ "/[a-cx]", "/b", true },
	{ "/[a-cx]", "/x", true },
	{ "/[a-cx]", "/d", false },
	{ "/[!a-c]", "/d", true },
	{ "/[!a-c]", "/b", false },
	{ "/[!a-c]", "/\xc3", true },
	{ "/a[!b]c", "/a/c", false },
	{ "/a[+-z]c", "/a/c", false },
	{ "/a[+-z]c", "/a.c", true },
	{ "/[a-]", "/-", true },
	{ "/[\\]]", "/]", true },
	{ "/[\\!]", "/!", true },
	/* Nothing is special behind a backslash. */
	{ "/\\*", "/*", true },
	{ "/\\*", "/a", false },
	{ "/\\[a\\]", "/[a]", true },
	{ "/\\\\", "/\\", true },
	{ "/a\\?", "/ab", false },
	/* Dots are as good as any. */
	{ "/*", "/.hidden", true },
	{ "/...", "/...", true },
	{ "/*", "/", true },
	/* Bytes that are no text. */
	{ "/*/x", "/\xff\xfe\n\x01/x", true },
};

Test(guard_pattern, matches_what_it_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_pattern p = pattern_of(rows[i].pattern, false);

		cr_expect(eq(int,
			      guard_pattern_matches(&p, rows[i].text,
				  strlen(rows[i].text)),
			      rows[i].want),
		    "%s against %s", rows[i].pattern, rows[i].text);
	}
}

Test(guard_pattern, names_have_no_components)
{
	static const struct {
		const char *pattern, *text;
		size_t length;
		bool want;
	} names[] = {
		{ "*", "a/b", 3, true },
		{ "*", "", 0, true },
		{ "/tmp/.X11-unix/*", "/tmp/.X11-unix/X0", 17, true },
		{ "**", "a/b", 3, true },
		{ "a?b", "a/b", 3, true },
		{ "a[/]b", "a/b", 3, true },
		{ "a?b", "a\0b", 3, true },
		{ "a", "a\0", 2, false },
		{ "a\\/b", "a/b", 3, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct guard_pattern p = pattern_of(names[i].pattern, true);

		cr_expect(eq(int,
			      guard_pattern_matches(&p, names[i].text,
				  names[i].length),
			      names[i].want),
		    "%s", names[i].pattern);
	}
}

Test(guard_pattern, refuses_what_no_path_can_match)
{
	static const struct {
		const char *pattern, *want;
	} bad[] = {
		{ "", "\"\": is not absolute" },
		{ "etc", "\"etc\": is not absolute" },
		{ "/", "\"/\": write /** for every path" },
		{ "//a", "\"//a\": an empty component" },
		{ "/a//b", "\"/a//b\": an empty component" },
		{ "/a/../b",
		    "\"/a/../b\": no path that is resolved has . or .." },
		{ "/.", "\"/.\": no path that is resolved has . or .." },
		{ "/a/\\.\\.",
		    "\"/a/\\.\\.\": no path that is resolved has . or .." },
		{ "/a**", "\"/a**\": ** is a whole component or nothing" },
		{ "/**a", "\"/**a\": ** is a whole component or nothing" },
		{ "/***", "\"/***\": ** is a whole component or nothing" },
		{ "/a\\", "\"/a\\\": a backslash that escapes nothing" },
		{ "/a\\/b", "\"/a\\/b\": a backslash that escapes nothing" },
		{ "/[", "\"/[\": [ without its ]" },
		{ "/[a", "\"/[a\": [ without its ]" },
		{ "/[a-", "\"/[a-\": [ without its ]" },
		{ "/[\\", "\"/[\\\": [ without its ]" },
		{ "/[]", "\"/[]\": an empty class: a ] in one is \\]" },
		{ "/[!]", "\"/[!]\": an empty class: a ] in one is \\]" },
		{ "/[^a]", "\"/[^a]\": write [! for what is not one of" },
		{ "/[b-a]", "\"/[b-a]\": a range that goes down" },
		{ "/[a/b]", "\"/[a/b]\": a class cannot have a slash" },
		{ "/[\xc3\xa4]", "\"/[\xc3\xa4]\": a class is of ASCII alone" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_expect(eq(str,
			      (char *)pattern_refusal(bad[i].pattern, false),
			      (char *)bad[i].want),
		    "%s", bad[i].pattern);
}

/* As many as are allowed, with something behind that may be one too many. */
static char *
repeat(const char *begin, const char *unit, size_t times, const char *end)
{
	size_t length = strlen(unit) * times;
	char *text = malloc(strlen(begin) + length + strlen(end) + 1);
	char *at = stpcpy(text, begin);

	for (size_t i = 0; i < times; i++)
		at = stpcpy(at, unit);
	strcpy(at, end);
	return text;
}

Test(guard_pattern, has_a_length)
{
	AUTO_FREE char *most = repeat("/", "a", LIMIT_GUARD_PATTERN - 1, "");
	AUTO_FREE char *more = repeat("/", "a", LIMIT_GUARD_PATTERN, "");
	AUTO_FREE char *huge = repeat("/[", "a", LIMIT_GUARD_PATTERN * 9, "]");
	AUTO_FREE char *deep = repeat("", "/a", LIMIT_GUARD_PATTERN / 2, "/**");
	struct guard_pattern p = pattern_of(most, false);

	cr_expect(guard_pattern_matches(&p, most, strlen(most)));
	cr_expect(not(guard_pattern_matches(&p, more, strlen(more))));
	cr_expect(strstr(pattern_refusal(more, false), "is too long") != NULL);
	cr_expect(strstr(pattern_refusal(huge, false), "is too long") != NULL);
	cr_expect(strstr(pattern_refusal(deep, false), "is too long") != NULL);
}

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/*
 * What sends a matcher that tries again into 2^n or n^k steps. The bound is a
 * hundred times what it takes, and such a matcher would not end today.
 */
Test(guard_pattern, nothing_makes_it_slow, .timeout = 60)
{
	static const struct {
		const char *begin, *unit, *end;
	} patterns[] = {
		{ "/", "*a", "b" },
		{ "", "/**/a", "/b" },
		{ "", "/*a", "/**/b" },
		{ "/", "?*", "b" },
		{ "", "/**/*a*", "/b" },
		{ "/", "*[a-z]", "B" },
	};
	static const struct {
		const char *unit;
		size_t times;
	} paths[] = {
		{ "a", 65536 },
		{ "/a", 32768 },
		{ "aa/", 16384 },
		{ "a/**/", 8192 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		AUTO_FREE char *text =
		    repeat(patterns[i].begin, patterns[i].unit,
			(LIMIT_GUARD_PATTERN - 8) / (strlen(patterns[i].unit)),
			patterns[i].end);
		struct guard_pattern p = pattern_of(text, false);

		for (size_t j = 0; j < ARRAY_SIZE(paths); j++) {
			AUTO_FREE char *path =
			    repeat("/", paths[j].unit, paths[j].times, "");
			double before = now_s();

			cr_expect(
			    not(guard_pattern_matches(&p, path, strlen(path))));
			cr_expect(now_s() - before < 10, "%s, %s: %f s",
			    patterns[i].unit, paths[j].unit, now_s() - before);
		}
	}
}

/* All short paths over few letters, against what the manual says in words. */
static bool
is_meant(const char *p, const char *s)
{
	if (strncmp(p, "/**", 3) == 0 && (p[3] == '/' || p[3] == '\0')) {
		if (is_meant(p + 3, s))
			return true;
		if (*s != '/')
			return false;
		/* One component more, which may be all that is left. */
		for (s++; *s != '\0' && *s != '/'; s++)
			continue;
		return is_meant(p, s);
	}
	if (*p == '\0' || *s == '\0')
		return *p == *s || (*p == '*' && is_meant(p + 1, s));
	if (*p == '*')
		return is_meant(p + 1, s) || (*s != '/' && is_meant(p, s + 1));
	return (*p == *s || (*p == '?' && *s != '/')) && is_meant(p + 1, s + 1);
}

Test(guard_pattern, agrees_with_a_simple_matcher)
{
	static const char *const patterns[] = { "/a", "/*", "/**", "/a/**",
		"/**/a", "/**/a/**", "/*/a", "/a*", "/*a", "/*a*b", "/?",
		"/a?/**/b", "/**/*b", "/a/*/**", "/**/?/b", "/a*/**/b*" };
	static const char letters[] = "ab/";
	size_t compared = 0;

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct guard_pattern p = pattern_of(patterns[i], false);

		for (size_t n = 0; n < 6561; n++) {
			char path[16] = "/";
			size_t length = 1;

			for (size_t left = n; left > 0; left /= 3)
				path[length++] = letters[left % 3];
			path[length] = '\0';
			/* No such path is ever resolved. */
			if (strstr(path, "//") != NULL ||
			    (length > 1 && path[length - 1] == '/'))
				continue;
			compared++;
			cr_expect(eq(int,
				      guard_pattern_matches(&p, path, length),
				      is_meant(patterns[i], path)),
			    "%s against %s", patterns[i], path);
		}
	}
	cr_expect(compared > 10000);
}

Test(guard_pattern, knows_what_is_below)
{
	static const struct {
		const char *pattern, *one, *other;
		bool reaches, loses;
	} below[] = {
		{ "/root/secret", "/root", "/tmp", true, true },
		{ "/root/secret", "/root/secret", "/tmp/s", false, false },
		{ "/root/secret", "/home", "/tmp", false, false },
		{ "/root/**", "/root", "/r", true, true },
		{ "/root/**", "/root/a", "/root/b", true, false },
		{ "/root/*/x", "/root/a", "/root/b", true, false },
		{ "/root/*/x", "/root/a", "/root/a/b", true, true },
		{ "/**/.ssh/**", "/home/a", "/home/b", true, false },
		{ "/**/.ssh/**", "/home/.ssh", "/home/x", true, true },
		{ "/**/.ssh/**", "/home/x", "/home/.ssh", true, false },
		{ "/a/b", "/a/b/c", "/x", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		struct guard_pattern p = pattern_of(below[i].pattern, false);

		cr_expect(eq(int, guard_pattern_reaches(&p, below[i].one),
			      below[i].reaches),
		    "%s, %s", below[i].pattern, below[i].one);
		cr_expect(eq(int,
			      guard_pattern_loses(&p, below[i].one,
				  below[i].other),
			      below[i].loses),
		    "%s, %s to %s", below[i].pattern, below[i].one,
		    below[i].other);
	}
}
