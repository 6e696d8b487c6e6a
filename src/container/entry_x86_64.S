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
	endbr64
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	syscall
	ret
	.size	entry_call, .-entry_call

/*
 * The kernel's stack holds argc, argv, NULL, envp, NULL, auxv; the C library's
 * _start wants it and rdx as they are.
 */
	.globl	lorica_start
	.type	lorica_start, @function
lorica_start:
	endbr64
	xorl	%ebp, %ebp
	movq	%rsp, %rbx
	movq	%rdx, %r12
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	entry_protect
	movq	%r12, %rdx
	movq	%rbx, %rsp
	jmp	_start
	.size	lorica_start, .-lorica_start

	.section .note.GNU-stack, "", @progbits
