/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/auto.h"

enum access { READS = 1 << 0, WRITES = 1 << 1 };

/* Not 5:1, which is the host's console where it is not mounted over. */
static bool
is_usual(const struct stat *st)
{
	static const struct {
		unsigned major, first, last;
	} usual[] = {
		{ 1, 3, 3 },            /* null */
		{ 1, 5, 5 },            /* zero */
		{ 1, 7, 9 },            /* full, random, urandom */
		{ 5, 0, 0 },            /* tty */
		{ 5, 2, 2 },            /* ptmx */
		{ 136, 0, UINT32_MAX }, /* pts */
	};
	unsigned at = minor(st->st_rdev);

	for (size_t i = 0; i < ARRAY_SIZE(usual) && S_ISCHR(st->st_mode); i++) {
		if (major(st->st_rdev) == usual[i].major &&
		    at >= usual[i].first && at <= usual[i].last)
			return true;
	}
	return false;
}

/* As the kernel asks the control group: O_TRUNC writes, 3 is both. */
static unsigned
access_of(uint64_t flags)
{
	unsigned truncates = (flags & O_TRUNC) != 0 ? WRITES : 0;

	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return READS | truncates;
	case O_WRONLY:
		return WRITES;
	default:
		return READS | WRITES;
	}
}

/* A number that is missing or negative is any. */
static bool
is_number(const struct spec_i64 *number, unsigned value)
{
	return !number->is_set || number->value < 0 || number->value == value;
}

static bool
is_about(const struct spec_device_rule *rule, const struct stat *st)
{
	if ((rule->type == 'b' && !S_ISBLK(st->st_mode)) ||
	    (rule->type == 'c' && !S_ISCHR(st->st_mode)))
		return false;
	return is_number(&rule->major, major(st->st_rdev)) &&
	       is_number(&rule->minor, minor(st->st_rdev));
}

/* Without a word of it, all. */
static unsigned
access_in(const struct spec_device_rule *rule)
{
	const char *words = rule->access;

	if (words == NULL || words[0] == '\0')
		return READS | WRITES;
	return (strchr(words, 'r') != NULL ? READS : 0u) |
	       (strchr(words, 'w') != NULL ? WRITES : 0u);
}

bool
device_is_allowed(const struct sentry_devices *rules, const struct stat *st,
    uint64_t flags)
{
	unsigned left = access_of(flags);

	if ((!S_ISCHR(st->st_mode) && !S_ISBLK(st->st_mode)) || is_usual(st))
		return true;
	for (size_t i = rules->count; i-- > 0 && left != 0;) {
		const struct spec_device_rule *rule = &rules->rules[i];

		if (!is_about(rule, st))
			continue;
		if (!rule->allow && (access_in(rule) & left) != 0)
			return false;
		if (rule->allow)
			left &= ~access_in(rule);
	}
	return left == 0;
}
