/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry - all the assembly for this architecture: where the program begins,
 * and a system call that needs no C library. See selfexe.c for why.
 */
	.text

/* long entry_call(long number, long a, long b, long c, long d, long e) */
	.globl	entry_call
	.hidden	entry_call
	.type	entry_call, @function
entry_call:
	hint	#34		/* bti c */
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	svc	#0
	ret
	.size	entry_call, .-entry_call

/*
 * The kernel's stack holds argc, argv, NULL, envp, NULL, auxv; the C library's
 * _start wants it and x0 as they are.
 */
	.globl	lorica_start
	.type	lorica_start, @function
lorica_start:
	hint	#34
	mov	x29, #0
	mov	x30, #0
	mov	x19, x0
	mov	x0, sp
	bl	entry_protect
	mov	x0, x19
	mov	x30, #0
	b	_start
	.size	lorica_start, .-lorica_start

	.section .note.GNU-stack, "", %progbits
