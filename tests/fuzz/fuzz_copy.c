/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_copy - the input of a call, in the memory of a task that is this
 * process: the call's name on a line, its six registers, and what lies in the
 * memory, at its beginning and once more at its end, behind which there is
 * none.
 *
 * Whatever is copied is what lies there, whole, in the room that is for it, and
 * is not looked for where there is nothing.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "sentry/message.h"
#include "sentry/socket.h"

/* Where the corpus's pointers lead. */
#define START UINT64_C(0x20000000)
#define ROOM  UINT64_C(0x8000)
#define END   (START + ROOM)

static struct call call;

static char *
memory(uint64_t address)
{
	return (char *)(uintptr_t)address;
}

static void
lay_out(const uint8_t *data, size_t size)
{
	static bool is_mapped;

	if (!is_mapped) {
		void *got = mmap(memory(START), ROOM, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		void *none = mmap(memory(END), ROOM, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		assert(got == memory(START) && none == memory(END));
		is_mapped = true;
	}
	memset(memory(START), 0, ROOM);
	if (size > 0) {
		memcpy(memory(START), data, size);
		memcpy(memory(END - size), data, size);
	}
}

/* ---- what was copied ----------------------------------------------------- */

static bool
is_in(const void *bytes, size_t length, const char *room, size_t size)
{
	const char *at = bytes;

	return at >= room && at <= room + size &&
	       length <= (size_t)(room + size - at);
}

static void
check_room(const struct event_copy *copy)
{
	if (copy->bytes == NULL)
		assert(copy->length == 0);
	else
		assert(
		    is_in(copy->bytes, copy->length, call.bytes, call.used) ||
		    is_in(copy->bytes, copy->length, call.large,
			sizeof(call.large)));
}

/* Of other memory of the process nothing is known. */
static bool
is_known(uint64_t address)
{
	return address >= START && address < END;
}

static void
check_same(const struct event_copy *copy, uint64_t address)
{
	if (copy->bytes == NULL || !is_known(address))
		return;
	assert(copy->length <= END - address);
	assert(memcmp(copy->bytes, memory(address), copy->length) == 0);
}

static void
check_text(const struct event_copy *copy, uint64_t address)
{
	check_same(copy, address);
	if (copy->bytes != NULL)
		assert(strnlen(copy->bytes, copy->length + 1) == copy->length);
	if (is_known(address) &&
	    memchr(memory(address), '\0', END - address) != NULL)
		assert(copy->bytes != NULL && copy->error == 0);
}

static void
check_strings(const struct event_copy *copy)
{
	const char *bytes = copy->bytes;

	assert(copy->length <= CALL_STRINGS);
	if (bytes != NULL)
		assert(copy->length > 0 && bytes[copy->length - 1] == '\0');
}

static void
check_address(size_t index)
{
	struct target target = TARGET_NONE;
	const struct socket socket = { .fd = -1, .family = AF_UNIX };
	char path[sizeof(struct sockaddr_storage)];

	if (target_copy(&call, index, &target) < 0)
		return;
	assert(target.length == call.data.args[index + 1] % (1ull << 32));
	assert(target.length <= sizeof(target.address));
	if (!target_is_path(&socket, &target))
		return;
	target_path(&target, path);
	assert(path[0] != '\0' && strlen(path) < target.length);
}

static void
check_message(const struct message *message)
{
	/* With its end where the heap's may be. */
	char out[64];
	const struct event_message *head = message->head;

	check_room(&head->name);
	check_room(&head->control);
	assert(head->name.length <= sizeof(struct sockaddr_storage));
	assert(message->error <= 0 && message->count <= MESSAGE_PIECES);
	assert(message->count == 0 ||
	       is_in(message->pieces, message->count * sizeof(struct iovec),
		   call.bytes, call.used));
	for (uint64_t offset = 0; message->error == 0 && offset < 200;
	     offset += 33) {
		size_t size = 1 + offset % sizeof(out);
		ssize_t got = message_read(&call, message, offset, out, size);

		assert(got <= (ssize_t)size);
		assert(got <= 0 || offset + (uint64_t)got <= message->total);
		assert(got >= 0 || got == -EFAULT);
	}
}

static void
check_messages(size_t index)
{
	const struct event_copy *copy = &call.copies[index];
	size_t count = copy->length / sizeof(struct event_message), i = 0;
	struct message message;

	assert(count <= MESSAGES_MAX);
	for (; message_get(&call, index, i, &message); i++)
		check_message(&message);
	assert(i == (copy->bytes == NULL ? 0 : count));
}

static void
check_argument(size_t i)
{
	const struct event_copy *copy = &call.copies[i];
	uint64_t address = call.data.args[i];

	check_room(copy);
	assert(copy->bytes == NULL || address != 0);
	switch ((int)call.row->args[i]) {
	case SYSCALL_ARG_PATH:
	case SYSCALL_ARG_STRING:
		check_text(copy, address);
		break;
	case SYSCALL_ARG_STRINGS:
		check_strings(copy);
		break;
	case SYSCALL_ARG_SOCKADDR:
		check_same(copy, address);
		check_address(i);
		break;
	case SYSCALL_ARG_MSGHDR:
	case SYSCALL_ARG_MMSGHDR:
		check_messages(i);
		break;
	default:
		check_same(copy, address);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *behind = memchr(data, '\n', size);
	char name[32] = "";

	if (behind == NULL || behind - data >= (ptrdiff_t)sizeof(name))
		return 0;
	memcpy(name, data, (size_t)(behind - data));
	size -= (size_t)(behind + 1 - data);
	call.row = syscall_find_name(name);
	call.tid = getpid();
	if (call.row == NULL || size < sizeof(call.data.args) ||
	    size - sizeof(call.data.args) > ROOM)
		return 0;
	memcpy(call.data.args, behind + 1, sizeof(call.data.args));
	lay_out(behind + 1 + sizeof(call.data.args),
	    size - sizeof(call.data.args));
	call_copy_in(&call);
	assert(call.used <= sizeof(call.bytes));
	for (size_t i = 0; i < 6; i++)
		check_argument(i);
	return 0;
}
