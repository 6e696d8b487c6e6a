/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "describe.h"

#include <inttypes.h>
#include <string.h>

#include "base/auto.h"
#include "program.h"

#define X32_BIT 0x40000000u

uint32_t
describe_arch(const struct seccomp_data *call)
{
	bool is_x32 = call->arch == AUDIT_ARCH_X86_64 &&
		      ((uint32_t)call->nr & X32_BIT) != 0;

	return is_x32 ? SPEC_ARCH_X32 : call->arch;
}

char *
describe_name(const struct seccomp_data *call)
{
	return filter_name_of(describe_arch(call), call->nr);
}

/* Returns the bits that no word has. */
static uint64_t
put_flags(FILE *out, const struct argument_word *words, uint64_t value,
    const char **separator)
{
	for (; words->word != NULL; words++) {
		if ((value & words->number) == 0)
			continue;
		fprintf(out, "%s%s", *separator, words->word);
		*separator = "|";
		value &= ~words->number;
	}
	return value;
}

static void
put_argument(FILE *out, const struct argument *argument, uint64_t value)
{
	const char *separator = "";
	const struct argument_word *words = argument->words;

	value &= argument->mask;
	if (words != NULL && argument->are_flags) {
		uint64_t rest = put_flags(out, words, value, &separator);
		if (rest != 0 || separator[0] == '\0')
			fprintf(out, "%s%#" PRIx64, separator, rest);
		return;
	}
	for (; words != NULL && words->word != NULL; words++) {
		if (words->number == value) {
			fputs(words->word, out);
			return;
		}
	}
	fprintf(out, value < 0x1000 ? "%" PRIu64 : "%#" PRIx64, value);
}

static const struct argument *
find_argument(const struct arguments *row, uint32_t index)
{
	for (size_t i = 0; row != NULL && i < row->count; i++) {
		if (row->items[i].index == index)
			return &row->items[i];
	}
	return NULL;
}

/* Three at least, and up to the last that is told by name: how many a call has
 * is nothing that the kernel says. */
void
describe_call(FILE *out, const struct seccomp_data *call)
{
	AUTO_FREE char *name = describe_name(call);
	const struct arguments *row =
	    name != NULL ? arguments_find(name) : NULL;
	uint32_t count = 3;

	if (row != NULL)
		count = row->items[row->count - 1].index + 1;
	if (name != NULL)
		fputs(name, out);
	else
		fprintf(out, "call %d", call->nr);
	for (uint32_t i = 0; i < count; i++) {
		const struct argument *argument = find_argument(row, i);

		fputs(i == 0 ? "(" : ", ", out);
		if (argument != NULL)
			put_argument(out, argument, call->args[i]);
		else
			fprintf(out, "%#" PRIx64, (uint64_t)call->args[i]);
	}
	fputs(row != NULL && row->count == ARGUMENTS_MAX ? ")" : ", ...)", out);
}

void
describe_answer(FILE *out, uint32_t answer)
{
	int data = (int)(answer & SECCOMP_RET_DATA);
	const char *name = strerrorname_np(data);

	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		if (name != NULL && data != 0)
			fprintf(out, "errno %s", name);
		else
			fprintf(out, "errno %d", data);
		break;
	case SECCOMP_RET_TRAP:
		fputs("SIGSYS", out);
		break;
	case SECCOMP_RET_KILL_THREAD:
		fputs("the thread is killed", out);
		break;
	case SECCOMP_RET_TRACE:
		fputs("errno ENOSYS, as nobody is asked", out);
		break;
	default:
		fputs("the process is killed", out);
		break;
	}
}
