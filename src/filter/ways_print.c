/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ways_print - a way to an answer, as a line: what each argument must be.
 *
 * What is known of an argument's bits is one comparison, whatever number of
 * tests it took. Where few bits are open after that, and other tests look at
 * them, each value is tried, and those that are left are listed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "filter/surface.h"
#include "program.h"

static const char *
sign_of(const struct filter_test *test)
{
	switch (test->operation) {
	case BPF_JEQ:
		return test->holds ? "=" : "!=";
	case BPF_JGT:
		return test->holds ? ">" : "<=";
	case BPF_JGE:
		return test->holds ? ">=" : "<";
	default:
		return test->holds ? "has a bit of" : "has no bit of";
	}
}

static int
print_test(const struct filter_test *test, char *buf, size_t size)
{
	char name[40];

	if (test->mask == UINT32_MAX)
		(void)snprintf(name, sizeof(name), "int arg%u", test->argument);
	else if (test->mask == UINT64_MAX)
		(void)snprintf(name, sizeof(name), "arg%u", test->argument);
	else
		(void)snprintf(name, sizeof(name), "arg%u & %#" PRIx64,
		    test->argument, test->mask);
	return snprintf(buf, size,
	    test->value < 1024 ? "%s %s %" PRIu64 : "%s %s %#" PRIx64, name,
	    sign_of(test), test->value);
}

/* What an argument must be equal to, of all tests at once. */
static bool
merge(const struct filter_way *way, unsigned argument, struct filter_test *out)
{
	*out = (struct filter_test){ .argument = argument,
		.operation = BPF_JEQ,
		.holds = true };
	for (size_t i = 0; i < way->count; i++) {
		const struct filter_test *at = &way->tests[i];

		if (at->argument == argument && at->operation == BPF_JEQ &&
		    at->holds) {
			out->mask |= at->mask;
			out->value |= at->value;
		}
	}
	return out->mask != 0;
}

/* Is it merged already, or said by what is? */
static bool
is_said(const struct filter_test *test, const struct filter_test *merged)
{
	return (test->operation == BPF_JEQ && test->holds) ||
	       (test->mask & ~merged->mask) == 0;
}

#define CHOICES_MAX 8
/* More bits than this are not tried one by one. */
#define CHOICE_BITS 8

static bool
agrees(const struct filter_way *way, unsigned argument, uint64_t value)
{
	for (size_t i = 0; i < way->count; i++) {
		const struct filter_test *at = &way->tests[i];
		unsigned shift = at->mask <= UINT32_MAX ? 0 : 32;

		if (at->argument == argument &&
		    filter_jumps((uint32_t)((value & at->mask) >> shift),
			(uint32_t)(at->value >> shift),
			at->operation) != at->holds)
			return false;
	}
	return true;
}

/* The next number in which only these bits are set. */
static uint64_t
next_choice(uint64_t choice, uint64_t bits)
{
	return (choice - bits) & bits;
}

/*
 * Where few bits are open after what is merged: every value that is left. Fills
 * mask and values, and returns how many; 0 when that does not say it shortly.
 */
static size_t
choices(const struct filter_way *way, const struct filter_test *merged,
    uint64_t *mask, uint64_t *values)
{
	uint64_t open = 0;
	uint64_t choice = 0;
	size_t count = 0;

	for (size_t i = 0; i < way->count; i++) {
		if (way->tests[i].argument == merged->argument)
			open |= way->tests[i].mask & ~merged->mask;
	}
	*mask = merged->mask | open;
	if (open == 0 || __builtin_popcountll(open) > CHOICE_BITS)
		return 0;
	do {
		uint64_t value = merged->value | choice;

		if (agrees(way, merged->argument, value)) {
			if (count == CHOICES_MAX)
				return 0;
			values[count++] = value;
		}
		choice = next_choice(choice, open);
	} while (choice != 0);
	return count;
}

/* "int arg1 = 0x5412 or 0x541c"; 0 when there is no such list. */
static size_t
print_choices(const struct filter_way *way, const struct filter_test *merged,
    char *buf, size_t size)
{
	struct filter_test test = *merged;
	uint64_t values[CHOICES_MAX];
	size_t count = choices(way, merged, &test.mask, values);
	size_t used = 0;

	for (size_t i = 0; i < count && used < size; i++) {
		test.value = values[i];
		used +=
		    (size_t)(i == 0 ? print_test(&test, buf, size)
				    : snprintf(buf + used, size - used,
					  values[i] < 1024 ? " or %" PRIu64
							   : " or %#" PRIx64,
					  values[i]));
	}
	return used;
}

static size_t
print_argument(const struct filter_way *way, unsigned argument, char *buf,
    size_t size)
{
	struct filter_test merged;
	bool has_merged = merge(way, argument, &merged);
	size_t used = print_choices(way, &merged, buf, size);

	if (used > 0)
		return used;
	if (has_merged)
		used = (size_t)print_test(&merged, buf, size);
	for (size_t i = 0; i < way->count && used < size; i++) {
		const struct filter_test *test = &way->tests[i];

		if (test->argument != argument || is_said(test, &merged))
			continue;
		if (used > 0)
			used += (size_t)snprintf(buf + used, size - used, ", ");
		if (used < size)
			used +=
			    (size_t)print_test(test, buf + used, size - used);
	}
	return used;
}

int
filter_way_print(const struct filter_way *way, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned argument = 0; argument <= 6 && used < size; argument++) {
		char text[512] = "";

		if (print_argument(way, argument, text, sizeof(text)) > 0)
			used += (size_t)snprintf(buf + used, size - used,
			    "%s%s", used > 0 ? ", " : "", text);
	}
	return (int)used;
}
