/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "support.h"

static const struct syscall_row sendmsg_row = { "sendmsg",
	.args = { SYSCALL_ARG_MSGHDR } };
static const struct syscall_row sendmmsg_row = { "sendmmsg",
	.args = { SYSCALL_ARG_MMSGHDR, SYSCALL_ARG_UINT } };

static const char *
shown(const struct event_message *message)
{
	const struct event event = { .kind = EVENT_CALL,
		.row = &sendmsg_row,
		.copies = { { message, sizeof(*message), false, 0 } } };

	return support_text_args(&event);
}

/* Adds a control message, and returns its length with the padding. */
static size_t
put(char *at, int level, int type, const void *data, size_t length)
{
	struct cmsghdr header = { .cmsg_len = CMSG_LEN(length),
		.cmsg_level = level,
		.cmsg_type = type };

	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), data, length);
	return CMSG_SPACE(length);
}

#define EXPECT(got, wanted)                                                    \
	cr_expect(eq(str, (char *)(uintptr_t)(got), (wanted)))

Test(event_decode_message, where_to_how_much_and_what_goes_along)
{
	static const int fds[] = { 3, 4, 5 };
	static const struct ucred ids = { 7, 1000, 100 };
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(53) };
	char control[256] = { 0 };
	size_t used = put(control, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));

	used +=
	    put(control + used, SOL_SOCKET, SCM_CREDENTIALS, &ids, sizeof(ids));
	used += put(control + used, IPPROTO_IPV6, 50, "abcde", 5);
	struct event_message message = { .name = SUPPORT_COPY(v4),
		.control = { control, used, false, 0 },
		.iov_count = 2,
		.iov_total = UINT64_MAX };

	EXPECT(shown(&message),
	    "({iov_count=2, iov_total=18446744073709551615, "
	    "name={family=AF_INET, address=0.0.0.0, port=53}, "
	    "control=[{type=SCM_RIGHTS, count=3}, "
	    "{type=SCM_CREDENTIALS, pid=7, uid=1000, gid=100}, "
	    "{level=41, type=50, length=5}]})");
	message = (struct event_message){ .iov_count = 1, .iov_total = 5 };
	EXPECT(shown(&message), "({iov_count=1, iov_total=5})");
	message.name.error = EFAULT;
	EXPECT(shown(&message), "({iov_count=1, iov_total=5}...)");
}

Test(event_decode_message, a_length_that_lies_ends_the_list)
{
	static const size_t lengths[] = { 0, 1, sizeof(struct cmsghdr) - 1, 65,
		SIZE_MAX, SIZE_MAX - 6 };
	char control[64] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct cmsghdr header = { .cmsg_len = lengths[i],
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		const struct event_message message = {
			.control = SUPPORT_COPY(control),
		};

		memcpy(control, &header, sizeof(header));
		EXPECT(shown(&message),
		    "({iov_count=0, iov_total=0, control=[]}...)");
	}
}

Test(event_decode_message, credentials_that_are_too_short_are_not_read)
{
	char control[CMSG_SPACE(4)] = { 0 };
	const struct event_message message = {
		.control = SUPPORT_COPY(control),
	};

	put(control, SOL_SOCKET, SCM_CREDENTIALS, "abcd", 4);
	EXPECT(shown(&message),
	    "({iov_count=0, iov_total=0, control=[{type=SCM_CREDENTIALS, "
	    "length=4}]})");
}

Test(event_decode_message, as_many_as_there_is_room_for)
{
	static char control[65536];
	static struct event_message messages[1024];
	struct event_message message = { .control = SUPPORT_COPY(control) };

	for (size_t used = 0; used < sizeof(control);)
		used += put(control + used, SOL_SOCKET, SCM_RIGHTS, "", 0);
	const char *text = shown(&message);
	cr_expect(strstr(text, "{type=SCM_RIGHTS, count=0}") != NULL);
	cr_expect(strstr(text, "]}...)") != NULL);

	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		messages[i].iov_total = 7;
	const struct event event = { .kind = EVENT_CALL,
		.row = &sendmmsg_row,
		.raw = { 0, ARRAY_SIZE(messages) },
		.copies = { SUPPORT_COPY(messages) } };
	text = support_text_args(&event);
	cr_expect(
	    strncmp(text, "([{iov_count=0, iov_total=7}, {iov_count=0, ",
		strlen("([{iov_count=0, iov_total=7}, {iov_count=0, ")) == 0);
	cr_expect(strstr(text, "}]..., 1024)") != NULL, "%s", text);
}
