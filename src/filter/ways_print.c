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

#include "describe.h"
#include "filter/surface.h"
#include "program.h"

struct printer {
	FILE *out;
	const char *call;      /* NULL: without words */
	const char *separator; /* in front of the next test */
};

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

/* Does the test look at all the bits that make a word? */
static bool
has_words(const struct argument *item, const struct filter_test *test)
{
	uint64_t bits = item->bits != 0 ? item->bits : item->mask;

	return item->are_flags || (test->mask & bits) == bits;
}

static void
print_value(const struct printer *printer, const struct filter_test *test,
    uint64_t value)
{
	const struct argument *item =
	    arguments_item(printer->call, test->argument);

	if (item != NULL && has_words(item, test) &&
	    describe_words(printer->out, item, value))
		return;
	fprintf(printer->out, value < 1024 ? "%" PRIu64 : "%#" PRIx64, value);
}

/* Flags by their words, where they are few of all. */
static void
print_mask(const struct printer *printer, const struct filter_test *test)
{
	const struct argument *item =
	    arguments_item(printer->call, test->argument);

	if (item != NULL && item->are_flags && item->words != NULL &&
	    (test->mask & item->mask) != item->mask) {
		fputc('(', printer->out);
		if (!describe_words(printer->out, item, test->mask))
			fprintf(printer->out, "%#" PRIx64, test->mask);
		fputc(')', printer->out);
		return;
	}
	fprintf(printer->out, "%#" PRIx64, test->mask);
}

static void
print_test(struct printer *printer, const struct filter_test *test)
{
	fprintf(printer->out, "%s%sarg%u", printer->separator,
	    test->mask == UINT32_MAX ? "int " : "", test->argument);
	printer->separator = ", ";
	if (test->mask != UINT32_MAX && test->mask != UINT64_MAX) {
		fputs(" & ", printer->out);
		print_mask(printer, test);
	}
	fprintf(printer->out, " %s ", sign_of(test));
	print_value(printer, test, test->value);
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

/* "int arg1 = 0x5412 or 0x541c"; false when there is no such list. */
static bool
print_choices(struct printer *printer, const struct filter_way *way,
    const struct filter_test *merged)
{
	struct filter_test test = *merged;
	uint64_t values[CHOICES_MAX];
	size_t count = choices(way, merged, &test.mask, values);

	for (size_t i = 0; i < count; i++) {
		test.value = values[i];
		if (i == 0) {
			print_test(printer, &test);
			continue;
		}
		fputs(" or ", printer->out);
		print_value(printer, &test, values[i]);
	}
	return count > 0;
}

static void
print_argument(struct printer *printer, const struct filter_way *way,
    unsigned argument)
{
	struct filter_test merged;
	bool has_merged = merge(way, argument, &merged);

	if (print_choices(printer, way, &merged))
		return;
	if (has_merged)
		print_test(printer, &merged);
	for (size_t i = 0; i < way->count; i++) {
		const struct filter_test *test = &way->tests[i];

		if (test->argument == argument && !is_said(test, &merged))
			print_test(printer, test);
	}
}

void
filter_way_print(FILE *out, const struct filter_way *way, const char *call)
{
	struct printer printer = { out, call, "" };

	for (unsigned argument = 0; argument <= 6; argument++)
		print_argument(&printer, way, argument);
}
