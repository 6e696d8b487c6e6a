/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word - a row of a table of words that is named like its number.
 *
 * Private to syscall.
 */
#ifndef SYSCALL_WORD_H
#define SYSCALL_WORD_H

#define WORD(word)                                                             \
	{                                                                      \
#word, (uint64_t)(word)                                        \
	}

#endif
