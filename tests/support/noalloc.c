/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noalloc - makes of lorica a program that ends when a child of it allocates.
 *
 * Between clone(2) and execve(2) nothing may: a lock that another thread held,
 * or memory that is not there, would be found out in the container alone. This
 * is linked with the rest of the program and --wrap, so that every call of an
 * allocator goes through here, the C library's own too where that is linked
 * statically. With NOALLOC_TRY set a child allocates at once, to show that it
 * would be seen.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t owner; /* the runtime: the first that allocates */

static void
look(void)
{
	static const char said[] = "noalloc: a child allocates\n";

	if (owner == 0)
		owner = getpid();
	if (owner == getpid())
		return;
	if (write(2, said, sizeof(said) - 1) < 0)
		_exit(98);
	abort();
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

void *
__wrap_malloc(size_t size)
{
	look();
	return __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	look();
	return __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	look();
	return __real_realloc(old, size);
}

void *
__wrap_reallocarray(void *old, size_t count, size_t size)
{
	look();
	return __real_reallocarray(old, count, size);
}

static void __attribute__((constructor)) try(void)
{
	int status = 0;

	look();
	if (getenv("NOALLOC_TRY") == NULL)
		return;
	pid_t child = fork();
	if (child == 0) {
		void *volatile block = malloc(1);

		free(block);
		_exit(0);
	}
	waitpid(child, &status, 0);
	_exit(WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}
