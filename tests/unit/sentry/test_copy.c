/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/call.h"

/* The task is this process. */
static struct call *
copied(const char *name, const void *first, const void *second, uint64_t third)
{
	struct call *call = call_new();

	cr_assert(ne(ptr, call, NULL));
	call->tid = getpid();
	call->row = syscall_find_name(name);
	call->data.args[0] = (uint64_t)(uintptr_t)first;
	call->data.args[1] = (uint64_t)(uintptr_t)second;
	call->data.args[2] = third;
	call_copy_in(call);
	return call;
}

Test(sentry_copy, what_is_changed_afterwards_is_not_seen)
{
	char path[] = "/etc/passwd";
	AUTO(call_free) struct call *call = copied("openat", NULL, path, 0);
	int failed;

	memcpy(path, "/etc/shadow", sizeof(path));
	cr_expect(eq(str, (char *)(uintptr_t)call_text(call, 1, &failed),
	    "/etc/passwd"));
	cr_expect(eq(int, failed, 0));
}

/* The page behind it is not there, and need not be. */
Test(sentry_copy, a_string_may_end_with_its_page)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int failed;

	cr_assert(ne(ptr, memory, MAP_FAILED));
	cr_assert(eq(int, munmap(memory + page, page), 0));
	memcpy(memory + page - 5, "/abc", 5);
	AUTO(call_free)
	struct call *call = copied("openat", NULL, memory + page - 5, 0);
	cr_expect(
	    eq(str, (char *)(uintptr_t)call_text(call, 1, &failed), "/abc"));
	memory[page - 1] = 'd';
	AUTO(call_free)
	struct call *beyond = copied("openat", NULL, memory + page - 5, 0);
	cr_expect(
	    eq(ptr, (void *)(uintptr_t)call_text(beyond, 1, &failed), NULL));
	cr_expect(eq(int, failed, -EFAULT));
}

Test(sentry_copy, a_string_may_cross_pages)
{
	char *path = malloc(PATH_MAX);
	int failed;

	memset(path, 'a', PATH_MAX);
	path[PATH_MAX - 1] = '\0';
	AUTO(call_free) struct call *call = copied("openat", NULL, path, 0);
	const char *text = call_text(call, 1, &failed);
	cr_assert(ne(ptr, (void *)(uintptr_t)text, NULL));
	cr_expect(eq(sz, strlen(text), PATH_MAX - 1));
	path[PATH_MAX - 1] = 'a';
	AUTO(call_free) struct call *longer = copied("openat", NULL, path, 0);
	cr_expect(
	    eq(ptr, (void *)(uintptr_t)call_text(longer, 1, &failed), NULL));
	cr_expect(eq(int, failed, -ENAMETOOLONG));
	free(path);
}

Test(sentry_copy, what_is_nowhere_is_a_fault)
{
	AUTO(call_free) struct call *none = copied("openat", NULL, NULL, 0);
	AUTO(call_free)
	struct call *wild = copied("openat", NULL, (void *)16, 0);
	int failed;

	cr_expect(
	    eq(ptr, (void *)(uintptr_t)call_text(none, 1, &failed), NULL));
	cr_expect(eq(int, failed, -EFAULT));
	cr_expect(
	    eq(ptr, (void *)(uintptr_t)call_text(wild, 1, &failed), NULL));
	cr_expect(eq(int, failed, -EFAULT));
}

Test(sentry_copy, a_struct_is_as_long_as_the_caller_says)
{
	struct sockaddr_storage address, out;
	int failed;

	memset(&address, 7, sizeof(address));
	AUTO(call_free)
	struct call *call = copied("connect", NULL, &address, 16);
	memset(&address, 8, sizeof(address));
	failed = call_bytes(call, 1, &out, sizeof(out));
	cr_expect(eq(int, failed, 16));
	cr_expect(eq(int, ((char *)&out)[15], 7));
	AUTO(call_free)
	struct call *longer = copied("connect", NULL, &address, 4096);
	cr_expect(lt(int, call_bytes(longer, 1, &out, sizeof(out)), 0));
}

Test(sentry_copy, lists_of_strings_are_for_the_log)
{
	char *argv[] = { (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
		(char *)(uintptr_t) "id", NULL };
	AUTO(call_free)
	struct call *call = copied("execve", "/bin/sh", argv, 0);

	cr_assert(eq(sz, call->copies[1].length, 9));
	cr_expect(eq(int, memcmp(call->copies[1].bytes, "sh\0-c\0id", 9), 0));
}

/* Pointers and strings that cross pages, and what is behind the last one. */
Test(sentry_copy, lists_of_strings_may_lie_anywhere)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert(ne(ptr, memory, MAP_FAILED));
	cr_assert(eq(int, munmap(memory + 3 * page, page), 0));
	char *text = memory + page - 2, *last = memory + 3 * page - 4;
	memcpy(text, "first", 6);
	memcpy(last, "end", 4);
	char *list[] = { text, memory, last, NULL };
	char *at = memory + 2 * page - sizeof(text) - 3;
	memcpy(at, list, sizeof(list));
	AUTO(call_free) struct call *call = copied("execve", "/bin/sh", at, 0);
	cr_expect(eq(int, call->copies[1].error, 0));
	cr_assert(eq(sz, call->copies[1].length, 11));
	cr_expect(
	    eq(int, memcmp(call->copies[1].bytes, "first\0\0end", 11), 0));

	/* A string that goes on where nothing is, and a list that does. */
	last[3] = 'x';
	AUTO(call_free)
	struct call *beyond = copied("execve", "/bin/sh", at, 0);
	cr_expect(eq(int, beyond->copies[1].error, EFAULT));
	cr_expect(eq(sz, beyond->copies[1].length, 7));
	last = memory + 3 * page - sizeof(text);
	memcpy(last, &text, sizeof(text));
	AUTO(call_free)
	struct call *endless = copied("execve", "/bin/sh", last, 0);
	cr_expect(eq(int, endless->copies[1].error, EFAULT));
	cr_expect(eq(sz, endless->copies[1].length, 6));
	munmap(memory, 3 * page);
}

Test(sentry_copy, lists_of_strings_are_cut)
{
	static char large[CALL_STRINGS];
	char *argv[] = { (char *)(uintptr_t) "sh", large, NULL };

	memset(large, 'a', sizeof(large) - 1);
	AUTO(call_free)
	struct call *call = copied("execve", "/bin/sh", argv, 0);
	cr_expect(call->copies[1].is_truncated);
	cr_expect(eq(int, call->copies[1].error, 0));
	cr_expect(eq(sz, call->copies[1].length, 3));
}

Test(sentry_copy, a_row_that_is_missing_has_no_copy)
{
	AUTO(call_free) struct call *call = call_new();

	call->tid = getpid();
	call_copy_in(call);
	cr_expect(eq(ptr, (void *)(uintptr_t)call->copies[0].bytes, NULL));
}
