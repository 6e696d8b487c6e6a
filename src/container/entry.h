/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry - what runs before the C library does.
 *
 * Private to container. lorica_start (entry_ARCH.S) is the program's entry
 * point; it calls entry_protect() and then the C library's _start.
 */
#ifndef CONTAINER_ENTRY_H
#define CONTAINER_ENTRY_H

/* A system call. Returns what the kernel does: -errno on failure. */
long entry_call(long number, long a, long b, long c, long d, long e);

/* With the stack as the kernel made it: selfexe_protect() if it is worth it. */
void entry_protect(long *stack);

/*
 * Go on from a file that nobody can write to: returns 0 when this one is
 * such a file already, -errno when none can be had, and not at all when the
 * program was executed again. Uses no C library.
 */
long selfexe_protect(char **argv, char **envp);

#endif
