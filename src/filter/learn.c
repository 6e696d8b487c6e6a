/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "filter/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arguments.h"
#include "base/auto.h"
#include "program.h"
#include "rules.h"

/* More than any kernel has; libseccomp names no higher ones. */
#define NUMBERS 1024

/* The sets of arguments of a call with a row in arguments.c. */
struct sets {
	bool is_any; /* there were too many */
	size_t count;
	uint64_t items[FILTER_LEARN_MAX][ARGUMENTS_MAX];
};

struct filter_learned {
	bool seen[NUMBERS];         /* of this processor's own ABI */
	unsigned char row[NUMBERS]; /* in arguments.c, from 1; 0: none */
	struct sets sets[ARGUMENTS_ROWS];
	bool is_foreign; /* there was a call of another ABI, this one */
	uint32_t foreign_arch;
	int foreign_number;
};

/*
 * What a program makes or not for reasons that are not its own, so that one run
 * says nothing of the next.
 */
static const char *const always[] = {
	/* By the vDSO, where the clock and the processor can do that. */
	"clock_getres",
	"clock_gettime",
	"getcpu",
	"gettimeofday",
	"time",
	/* The kernel has these made when a signal came, or SIGCONT. */
	"restart_syscall",
	"rt_sigreturn",
	/* Made by whoever comes second: a run in which nobody waits, for a lock
	 * or as a shell for its child, shows none. */
	"futex",
	"rt_sigsuspend",
	"sched_yield",
	/* One that was killed did not come to its end. */
	"exit",
	"exit_group",
	/* Of the runtime: the last call before the program. */
	"execve",
};

struct filter_learned *
filter_learned_new(struct error *e)
{
	struct filter_learned *learned = mmap(NULL, sizeof(*learned),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (learned == MAP_FAILED) {
		error_sys(e, "mmap");
		return NULL;
	}
	for (size_t i = 0; i < ARGUMENTS_ROWS; i++) {
		int number = filter_number_of(FILTER_NATIVE_ARCH,
		    arguments_table[i].name);

		/* Negative: not on this processor. */
		if (number >= 0 && number < NUMBERS)
			learned->row[number] = (unsigned char)(i + 1);
	}
	return learned;
}

void
filter_learned_free(struct filter_learned **learned)
{
	if (*learned != NULL)
		munmap(*learned, sizeof(**learned));
	*learned = NULL;
}

size_t
filter_learned_count(const struct filter_learned *learned)
{
	size_t count = 0;

	for (size_t i = 0; i < NUMBERS; i++)
		count += learned->seen[i];
	return count;
}

static void
learn_set(struct sets *sets, const struct arguments *row,
    const struct seccomp_data *call)
{
	uint64_t set[ARGUMENTS_MAX] = { 0 };

	for (size_t i = 0; i < row->count; i++)
		set[i] = call->args[row->items[i].index] & row->items[i].mask;
	for (size_t i = 0; i < sets->count; i++) {
		if (memcmp(sets->items[i], set, sizeof(set)) == 0)
			return;
	}
	if (sets->count == FILTER_LEARN_MAX)
		sets->is_any = true;
	else
		memcpy(sets->items[sets->count++], set, sizeof(set));
}

void
filter_learn(struct filter_learned *learned, const struct seccomp_data *call)
{
	/* x32 has the same architecture, and numbers far above. */
	if (call->arch != FILTER_NATIVE_ARCH || call->nr < 0 ||
	    call->nr >= NUMBERS) {
		if (!learned->is_foreign) {
			learned->foreign_arch = call->arch;
			learned->foreign_number = call->nr;
		}
		learned->is_foreign = true;
		return;
	}
	learned->seen[call->nr] = true;
	unsigned row = learned->row[call->nr];
	if (row > 0)
		learn_set(&learned->sets[row - 1], &arguments_table[row - 1],
		    call);
}

/* ---- the profile --------------------------------------------------------- */

static void
note_foreign(const struct filter_learned *learned,
    const struct filter_merge *merge)
{
	char text[128];

	if (!learned->is_foreign || merge->note == NULL)
		return;
	(void)snprintf(text, sizeof(text),
	    "call %d of ABI %#x is not in the profile, which is for this "
	    "processor's own",
	    learned->foreign_number, learned->foreign_arch);
	merge->note(merge->context, text);
}

static int
add_sets(struct rules *rules, const struct arguments *row,
    const struct sets *sets, struct error *e)
{
	for (size_t i = 0; i < sets->count; i++) {
		struct rule rule = { .name = row->name, .count = row->count };

		for (size_t j = 0; j < row->count; j++)
			rule.args[j] = (struct spec_seccomp_arg){
				.index = row->items[j].index,
				.value = row->items[j].mask,
				.value_two = sets->items[i][j],
				.op = SPEC_OP_MASKED_EQ,
			};
		TRY(rules_add(rules, &rule, e));
	}
	return 0;
}

/* The name of a number, in the arena. */
static const char *
name_of(int number, struct json_arena *arena)
{
	AUTO_FREE char *name = filter_name_of(FILTER_NATIVE_ARCH, number);

	if (name == NULL)
		return NULL;
	char *kept = json_alloc(arena, strlen(name) + 1);
	if (kept != NULL)
		memcpy(kept, name, strlen(name) + 1);
	return kept;
}

static int
add_number(const struct filter_learned *learned, int number,
    const struct filter_merge *merge, struct rules *rules,
    struct json_arena *arena, struct error *e)
{
	unsigned row = learned->row[number];
	struct rule rule = { .name = name_of(number, arena) };
	char text[128];

	if (rule.name == NULL) {
		(void)snprintf(text, sizeof(text),
		    "call %d is not in the profile: no name is known for it",
		    number);
		if (merge->note != NULL)
			merge->note(merge->context, text);
		return 0;
	}
	if (row > 0 && !learned->sets[row - 1].is_any)
		return add_sets(rules, &arguments_table[row - 1],
		    &learned->sets[row - 1], e);
	if (row > 0)
		rules_tell_many(merge->note, merge->context, rule.name);
	return rules_add(rules, &rule, e);
}

static int
add_always(struct rules *rules, struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		struct rule rule = { .name = always[i] };

		if (filter_number_of(FILTER_NATIVE_ARCH, always[i]) >= 0)
			TRY(rules_add(rules, &rule, e));
	}
	return 0;
}

int
filter_learned_profile(const struct filter_learned *learned,
    const struct filter_merge *merge, struct json_arena *arena,
    struct spec_seccomp *out, struct error *e)
{
	AUTO(rules_free) struct rules rules = { 0 };

	note_foreign(learned, merge);
	TRY(add_always(&rules, e));
	for (int number = 0; number < NUMBERS; number++) {
		if (learned->seen[number])
			TRY(add_number(learned, number, merge, &rules, arena,
			    e));
	}
	for (size_t i = 0; i < merge->count; i++)
		TRY(rules_add_profile(&rules, merge->items[i], e));
	rules_settle(&rules, merge->note, merge->context);
	return rules_profile(&rules, arena, out, e);
}
