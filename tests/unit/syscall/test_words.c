/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "syscall/words.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/auto.h"

Test(syscall_words, a_table_has_no_number_twice)
{
	static const struct syscall_word *const tables[] = {
		syscall_families,
		syscall_sock_types,
		syscall_sock_levels,
		syscall_clone_flags,
		syscall_signals,
		syscall_ioctls,
		syscall_fcntls,
		syscall_prctls,
		syscall_ptraces,
		syscall_bpfs,
		syscall_keyctls,
		syscall_personalities,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		cr_expect(tables[i]->word != NULL, "table %zu", i);
		for (const struct syscall_word *word = tables[i];
		     word->word != NULL; word++)
			cr_expect(eq(str,
				      (char *)(uintptr_t)
					  syscall_word_find(tables[i],
					      word->number),
				      (char *)(uintptr_t)word->word),
			    "table %zu", i);
	}
}

Test(syscall_words, the_kind_says_which_words_and_the_call_says_it_better)
{
	static const struct syscall_row unlinkat = { "unlinkat",
		.args = { SYSCALL_ARG_DIRFD, SYSCALL_ARG_PATH,
		    SYSCALL_ARG_AT } };
	static const struct syscall_row kill = { "kill",
		.args = { SYSCALL_ARG_PID, SYSCALL_ARG_SIGNAL } };
	static const struct syscall_row ioctl = { "ioctl",
		.args = { SYSCALL_ARG_FD, SYSCALL_ARG_REQUEST } };
	const struct syscall_words *words = syscall_words_find(&unlinkat, 2);

	cr_assert(words != NULL);
	cr_expect(eq(str,
	    (char *)(uintptr_t)syscall_word_find(words->flags, AT_REMOVEDIR),
	    "AT_REMOVEDIR"));
	words = syscall_words_find(&kill, 1);
	cr_assert(words != NULL);
	cr_expect(eq(str,
	    (char *)(uintptr_t)syscall_word_find(words->values, SIGKILL),
	    "SIGKILL"));
	words = syscall_words_find(&ioctl, 1);
	cr_assert(words != NULL);
	cr_expect(eq(str,
	    (char *)(uintptr_t)syscall_word_find(words->values, TIOCSTI),
	    "TIOCSTI"));
	cr_expect(syscall_words_find(&kill, 0) == NULL);
	cr_expect(syscall_words_find(&kill, 5) == NULL);
	cr_expect(syscall_word_find(syscall_signals, 0) == NULL);
}

Test(syscall_words, numbers_and_flags_do_not_share_bits)
{
	static const struct syscall_words *const all[] = { &syscall_words_open,
		&syscall_words_resolve, &syscall_words_clone3,
		&syscall_words_signal, &syscall_words_family };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct syscall_word *word = all[i]->values;

		for (; word != NULL && word->word != NULL; word++)
			cr_expect(zero(u64, word->number & ~all[i]->field),
			    "%s", word->word);
		word = all[i]->flags;
		for (; word != NULL && word->word != NULL; word++)
			cr_expect(zero(u64, word->number & all[i]->field), "%s",
			    word->word);
	}
}
