/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copy - bring the input of a call in, once: process_vm_readv(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "call.h"

#define PAGE 4096u

ssize_t
task_read(pid_t tid, uint64_t address, void *out, size_t length)
{
	struct iovec to = { out, length };
	struct iovec from = { (void *)(uintptr_t)address, length };

	return process_vm_readv(tid, &to, 1, &from, 1, 0);
}

ssize_t
task_write(pid_t tid, uint64_t address, const void *bytes, size_t length)
{
	struct iovec from = { (void *)(uintptr_t)bytes, length };
	struct iovec to = { (void *)(uintptr_t)address, length };

	return process_vm_writev(tid, &from, 1, &to, 1, 0);
}

struct call *
call_new(void)
{
	void *call = mmap(NULL, sizeof(struct call), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return call == MAP_FAILED ? NULL : call;
}

void
call_free(struct call **call)
{
	if (*call != NULL)
		munmap(*call, sizeof(**call));
	*call = NULL;
}

static size_t
room(const struct call *call)
{
	return sizeof(call->bytes) - call->used;
}

/*
 * A string of at most max bytes with its NUL. Page by page, as the next one may
 * not be there, and need not be.
 */
int
task_read_text(pid_t tid, uint64_t address, char *out, size_t max,
    size_t *length)
{
	size_t got = 0;

	while (got < max) {
		size_t ask = PAGE - (address + got) % PAGE;
		if (ask > max - got)
			ask = max - got;
		ssize_t read = task_read(tid, address + got, out + got, ask);
		if (read <= 0)
			return read == 0 ? -EFAULT : -errno;
		const char *end = memchr(out + got, '\0', (size_t)read);
		if (end != NULL) {
			*length = (size_t)(end - out);
			return 0;
		}
		got += (size_t)read;
	}
	*length = max;
	return -ENAMETOOLONG;
}

static void
copy_text(struct call *call, size_t index)
{
	struct event_copy *copy = &call->copies[index];
	char *to = call->bytes + call->used;
	size_t max = room(call) < PATH_MAX ? room(call) : PATH_MAX;
	size_t length = 0;

	if (call->data.args[index] == 0)
		return;
	int failed =
	    task_read_text(call->tid, call->data.args[index], to, max, &length);
	if (failed == -ENAMETOOLONG) {
		copy->is_truncated = true;
		length = max > 0 ? max - 1 : 0;
	} else if (failed < 0) {
		copy->error = -failed;
		return;
	}
	if (max == 0)
		return;
	to[length] = '\0';
	copy->bytes = to;
	copy->length = length;
	call->used += length + 1;
}

/* A struct, whose length is the caller's word. */
static void
copy_bytes(struct call *call, size_t index, uint64_t length, size_t max)
{
	struct event_copy *copy = &call->copies[index];
	char *to;

	/* Aligned for whoever looks at it as a struct. */
	call->used = (call->used + 7) & ~(size_t)7;
	to = call->bytes + call->used;
	if (max > room(call))
		max = room(call);
	if (length > max) {
		copy->is_truncated = true;
		length = max;
	}
	if (call->data.args[index] == 0 || length == 0)
		return;
	ssize_t got =
	    task_read(call->tid, call->data.args[index], to, (size_t)length);
	if (got != (ssize_t)length) {
		copy->error = got < 0 ? errno : EFAULT;
		return;
	}
	copy->bytes = to;
	copy->length = (size_t)length;
	call->used += (size_t)length;
}

/* What is next to it says how much: behind it, or before. */
static bool
size_beside(const struct call *call, size_t index, uint64_t *size)
{
	const enum syscall_arg *kinds = call->row->args;

	if (index < 5 && kinds[index + 1] == SYSCALL_ARG_SIZE)
		*size = call->data.args[index + 1];
	else if (index > 0 && kinds[index - 1] == SYSCALL_ARG_SIZE)
		*size = call->data.args[index - 1];
	else
		return false;
	return true;
}

/*
 * One that may be large, of which a call has no more than one. What does not
 * fit is for a handler that can do without.
 */
static void
copy_large(struct call *call, size_t index)
{
	struct event_copy *copy = &call->copies[index];
	uint64_t size;

	if (!size_beside(call, index, &size) || size == 0 ||
	    call->data.args[index] == 0)
		return;
	if (size > sizeof(call->large)) {
		copy->is_truncated = true;
		return;
	}
	if (task_read(call->tid, call->data.args[index], call->large,
		(size_t)size) != (ssize_t)size) {
		copy->error = EFAULT;
		return;
	}
	copy->bytes = call->large;
	copy->length = (size_t)size;
}

/* ---- argv and envp ------------------------------------------------------- */

/* Many small pieces that are close to each other: a page of them at once, which
 * is there as a whole or not at all. */
struct page {
	uint64_t start;
	bool is_read;
	char bytes[PAGE];
};

/* What is there, and how much of it the page has; 0: it is nowhere. */
static size_t
look(pid_t tid, struct page *page, uint64_t address, const char **out)
{
	uint64_t start = address - address % PAGE;

	if (!page->is_read || page->start != start)
		page->is_read =
		    task_read(tid, start, page->bytes, PAGE) == (ssize_t)PAGE;
	page->start = start;
	*out = page->bytes + address % PAGE;
	return page->is_read ? PAGE - address % PAGE : 0;
}

static bool
look_up(pid_t tid, struct page *page, uint64_t at, uint64_t *address)
{
	const char *bytes;

	if (PAGE - at % PAGE < sizeof(*address))
		return task_read(tid, at, address, sizeof(*address)) ==
		       (ssize_t)sizeof(*address);
	if (look(tid, page, at, &bytes) == 0)
		return false;
	memcpy(address, bytes, sizeof(*address));
	return true;
}

/* As task_read_text() does. */
static int
look_text(pid_t tid, struct page *page, uint64_t address, char *out, size_t max,
    size_t *length)
{
	size_t got = 0;

	while (got < max) {
		const char *bytes;
		size_t there = look(tid, page, address + got, &bytes);

		if (there == 0)
			return -EFAULT;
		if (there > max - got)
			there = max - got;
		const char *end = memccpy(out + got, bytes, '\0', there);
		if (end != NULL) {
			*length = (size_t)(end - out) - 1;
			return 0;
		}
		got += there;
	}
	return -ENAMETOOLONG;
}

/* Nothing is decided by them, so they may be cut. */
static void
copy_strings(struct call *call, size_t index)
{
	struct event_copy *copy = &call->copies[index];
	char *to = call->bytes + call->used;
	size_t left = room(call) < CALL_STRINGS ? room(call) : CALL_STRINGS;
	uint64_t list = call->data.args[index], address;
	struct page pointers = { .is_read = false };
	struct page strings = { .is_read = false };
	size_t length = 0, used = 0;

	for (; list != 0; list += sizeof(address)) {
		if (!look_up(call->tid, &pointers, list, &address)) {
			copy->error = EFAULT;
			break;
		}
		if (address == 0)
			break;
		int failed = look_text(call->tid, &strings, address, to + used,
		    left - used, &length);
		if (failed < 0) {
			copy->is_truncated = failed == -ENAMETOOLONG;
			copy->error = copy->is_truncated ? 0 : -failed;
			break;
		}
		used += length + 1;
	}
	copy->bytes = used > 0 ? to : NULL;
	copy->length = used;
	call->used += used;
}

/* ---- what a row says ----------------------------------------------------- */

static uint64_t
argument(const struct call *call, size_t index)
{
	return index < 6 ? call->data.args[index] : 0;
}

static void
copy_argument(struct call *call, size_t i)
{
	uint64_t next = argument(call, i + 1);

	/* Lists of kinds that are copied; no other is looked at. */
	switch ((int)call->row->args[i]) {
	case SYSCALL_ARG_PATH:
	case SYSCALL_ARG_STRING:
		copy_text(call, i);
		break;
	case SYSCALL_ARG_STRINGS:
		copy_strings(call, i);
		break;
	case SYSCALL_ARG_SOCKADDR:
		/* An int for the kernel: below 0 it is refused. */
		copy_bytes(call, i, (uint32_t)next,
		    sizeof(struct sockaddr_storage));
		break;
	case SYSCALL_ARG_OPEN_HOW:
		copy_bytes(call, i, next, PAGE);
		break;
	case SYSCALL_ARG_CLONE_ARGS:
		copy_bytes(call, i, next, sizeof(struct clone_args));
		break;
	case SYSCALL_ARG_IN:
		copy_large(call, i);
		break;
	case SYSCALL_ARG_IN4:
		copy_bytes(call, i, 4, 4);
		break;
	case SYSCALL_ARG_IN8:
		copy_bytes(call, i, 8, 8);
		break;
	case SYSCALL_ARG_IN16:
		copy_bytes(call, i, 16, 16);
		break;
	case SYSCALL_ARG_IN32:
		copy_bytes(call, i, 32, 32);
		break;
	case SYSCALL_ARG_MSGHDR:
		call_copy_message(call, i);
		break;
	case SYSCALL_ARG_MMSGHDR:
		call_copy_messages(call, i);
		break;
	default:
		break;
	}
}

void
call_copy_in(struct call *call)
{
	memset(call->copies, 0, sizeof(call->copies));
	call->used = 0;
	for (size_t i = 0; call->row != NULL && i < 6; i++)
		copy_argument(call, i);
}

const char *
call_text(const struct call *call, size_t index, int *failed)
{
	const struct event_copy *copy = &call->copies[index];

	*failed = 0;
	if (copy->bytes != NULL && !copy->is_truncated)
		return copy->bytes;
	*failed = copy->is_truncated ? -ENAMETOOLONG : -EFAULT;
	return NULL;
}

int
call_bytes(const struct call *call, size_t index, void *out, size_t size)
{
	const struct event_copy *copy = &call->copies[index];

	if (copy->bytes == NULL || copy->is_truncated || copy->length > size)
		return -EFAULT;
	memcpy(out, copy->bytes, copy->length);
	return (int)copy->length;
}
