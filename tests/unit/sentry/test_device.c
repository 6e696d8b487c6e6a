/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "base/auto.h"
#include "sentry/device.h"

#define NUMBER(n)                                                              \
	{                                                                      \
		.is_set = true, .value = (n)                                   \
	}

/* Rules about all whose first number is 10, and about one of them. */
#define TENS(is_allowed, words)                                                \
	{                                                                      \
		.allow = (is_allowed), .type = 'c', .major = NUMBER(10),       \
		.access = (words)                                              \
	}
#define CHARS(is_allowed, number, words)                                       \
	{                                                                      \
		.allow = (is_allowed), .type = 'c', .major = NUMBER(10),       \
		.minor = NUMBER(number), .access = (words)                     \
	}

static struct stat
node(mode_t type, unsigned at, unsigned number)
{
	return (struct stat){ .st_mode = type | 0666,
		.st_rdev = makedev(at, number) };
}

Test(sentry_device, the_last_rule_about_an_access_decides)
{
	static char r[] = "r", w[] = "w", rw[] = "rw", rwm[] = "rwm", m[] = "m";
	static const struct {
		const char *name;
		struct spec_device_rule rules[3];
		size_t count;
		mode_t type;
		uint64_t flags;
		bool is_allowed;
	} rows[] = {
		{ "none", { { .allow = false } }, 0, S_IFCHR, O_RDONLY, false },
		{ "all", { { .allow = true, .type = 'a' } }, 1, S_IFCHR, O_RDWR,
		    true },
		{ "it", { CHARS(true, 229, rwm) }, 1, S_IFCHR, O_RDWR, true },
		{ "a block device of the number", { CHARS(true, 229, rwm) }, 1,
		    S_IFBLK, O_RDWR, false },
		{ "another number", { CHARS(true, 230, rwm) }, 1, S_IFCHR,
		    O_RDONLY, false },
		{ "any number", { TENS(true, NULL) }, 1, S_IFCHR, O_RDWR,
		    true },
		{ "a negative one is any", { CHARS(true, -1, rw) }, 1, S_IFCHR,
		    O_RDWR, true },
		{ "another major",
		    { { .allow = true, .type = 'c', .major = NUMBER(11) } }, 1,
		    S_IFCHR, O_RDONLY, false },
		{ "to read", { TENS(true, r) }, 1, S_IFCHR, O_RDONLY, true },
		{ "only to read", { TENS(true, r) }, 1, S_IFCHR, O_RDWR,
		    false },
		{ "only to read: 3", { TENS(true, r) }, 1, S_IFCHR, 3, false },
		{ "only to read: cut", { TENS(true, r) }, 1, S_IFCHR,
		    O_RDONLY | O_TRUNC, false },
		{ "to make", { TENS(true, m) }, 1, S_IFCHR, O_RDONLY, false },
		{ "by two rules", { TENS(true, r), TENS(true, w) }, 2, S_IFCHR,
		    O_RDWR, true },
		{ "not any more", { TENS(true, rw), { .allow = false } }, 2,
		    S_IFCHR, O_RDONLY, false },
		{ "again", { { .allow = false }, TENS(true, rw) }, 2, S_IFCHR,
		    O_RDWR, true },
		{ "but not to write",
		    { { .allow = true, .type = 'a' }, TENS(false, w) }, 2,
		    S_IFCHR, O_RDWR, false },
		{ "but not to write, and it is read",
		    { { .allow = true, .type = 'a' }, TENS(false, w) }, 2,
		    S_IFCHR, O_RDONLY, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat st = node(rows[i].type, 10, 229);
		const struct sentry_devices rules = { rows[i].rules,
			rows[i].count };

		cr_expect(eq(int, device_is_allowed(&rules, &st, rows[i].flags),
			      rows[i].is_allowed),
		    "%s", rows[i].name);
	}
}

/* As every container has them, whatever the rules say; and files are none. */
Test(sentry_device, those_of_every_container_are_always_there)
{
	static const struct spec_device_rule none = { .allow = false };
	const struct sentry_devices rules = { &none, 1 };
	static const struct {
		mode_t type;
		unsigned at, number;
		bool is_allowed;
	} rows[] = {
		{ S_IFCHR, 1, 3, true },
		{ S_IFCHR, 1, 4, false },
		{ S_IFCHR, 1, 9, true },
		{ S_IFCHR, 1, 1, false },
		{ S_IFCHR, 5, 1, false },
		{ S_IFCHR, 136, 70000, true },
		{ S_IFBLK, 1, 3, false },
		{ S_IFREG, 8, 0, true },
		{ S_IFIFO, 8, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat st = node(rows[i].type, rows[i].at, rows[i].number);

		cr_expect(eq(int, device_is_allowed(&rules, &st, O_RDWR),
			      rows[i].is_allowed),
		    "row %zu", i);
	}
}
