/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words - names for the numbers and bits that arguments of calls are made of.
 *
 * Part of syscall. The common ones: what has no word is printed as a number.
 */
#ifndef SYSCALL_WORDS_H
#define SYSCALL_WORDS_H

#include "syscall/syscall.h"

/* A number with a word; a table ends with NULL. */
struct syscall_word {
	const char *word;
	uint64_t number;
};

extern const struct syscall_word syscall_families[];
extern const struct syscall_word syscall_sock_types[];
extern const struct syscall_word syscall_sock_levels[];
extern const struct syscall_word syscall_clone_flags[];
extern const struct syscall_word syscall_signals[];
extern const struct syscall_word syscall_ioctls[];
extern const struct syscall_word syscall_fcntls[];
extern const struct syscall_word syscall_prctls[];
extern const struct syscall_word syscall_ptraces[];
extern const struct syscall_word syscall_bpfs[];
extern const struct syscall_word syscall_keyctls[];
extern const struct syscall_word syscall_personalities[];

/* How a register is read: bits of which one number is made, and flags. */
struct syscall_words {
	uint64_t mask;  /* of the bits that count: the kernel looks at 32 */
	uint64_t field; /* of those that are one number; 0: none */
	const struct syscall_word *values; /* that it can be; or NULL */
	const struct syscall_word *flags;  /* of the others; or NULL */
};

/* By the kind of an argument, and where that says too little by the call. NULL:
 * there are none. */
const struct syscall_words *syscall_words_find(const struct syscall_row *row,
    size_t argument) __attribute__((nonnull));

/* Of the structs that calls point to. */
extern const struct syscall_words syscall_words_open;
extern const struct syscall_words syscall_words_resolve;
extern const struct syscall_words syscall_words_clone3;
extern const struct syscall_words syscall_words_signal;
extern const struct syscall_words syscall_words_family;

/* The word for a number, or NULL. */
const char *
syscall_word_find(const struct syscall_word *words, uint64_t number);

#endif
