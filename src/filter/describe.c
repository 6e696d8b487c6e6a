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

static bool
put_flags(FILE *out, const struct syscall_word *words, uint64_t value)
{
	const char *separator = "";

	for (; words->word != NULL; words++) {
		if ((value & words->number) == 0)
			continue;
		fprintf(out, "%s%s", separator, words->word);
		separator = "|";
		value &= ~words->number;
	}
	if (separator[0] != '\0' && value != 0)
		fprintf(out, "|%#" PRIx64, value);
	return separator[0] != '\0';
}

bool
describe_words(FILE *out, const struct argument *argument, uint64_t value)
{
	const struct syscall_word *words = argument->words;

	if (words == NULL)
		return false;
	if (argument->are_flags)
		return put_flags(out, words, value);
	for (; words->word != NULL; words++) {
		if (words->number == value)
			return fputs(words->word, out) >= 0;
	}
	return false;
}

static void
put_argument(FILE *out, const struct argument *argument, uint64_t value)
{
	value &= argument->mask;
	if (!describe_words(out, argument, value))
		fprintf(out, value < 0x1000 ? "%" PRIu64 : "%#" PRIx64, value);
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
		const struct argument *argument = arguments_item(name, i);

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
