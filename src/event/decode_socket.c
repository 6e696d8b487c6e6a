/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode_socket - struct sockaddr of the families that are common.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/auto.h"
#include "decode.h"

/* Where all of the struct is there; else its bytes are shown. */
#define READ(into, bytes, length)                                              \
	((length) >= sizeof(into) && (memcpy(&(into), bytes, sizeof(into)), 1))

static bool
put_unix(struct writer *w, const char *bytes, size_t length)
{
	const char *path = bytes + offsetof(struct sockaddr_un, sun_path);

	if (length < offsetof(struct sockaddr_un, sun_path))
		return false;
	length -= offsetof(struct sockaddr_un, sun_path);
	if (length == 0)
		return true; /* it has no name */
	if (path[0] == '\0') {
		writer_member(w, "abstract");
		return writer_string(w, path + 1, length - 1);
	}
	writer_member(w, "path");
	return writer_string(w, path, strnlen(path, length));
}

static bool
put_inet(struct writer *w, const char *bytes, size_t length)
{
	struct sockaddr_in address;
	char text[INET_ADDRSTRLEN];

	if (!READ(address, bytes, length))
		return false;
	writer_member(w, "address");
	writer_word(w,
	    inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text)));
	writer_unsigned(w, "port", ntohs(address.sin_port));
	return true;
}

static bool
put_inet6(struct writer *w, const char *bytes, size_t length)
{
	struct sockaddr_in6 address;
	char text[INET6_ADDRSTRLEN];

	if (!READ(address, bytes, length))
		return false;
	writer_member(w, "address");
	writer_word(w,
	    inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof(text)));
	writer_unsigned(w, "port", ntohs(address.sin6_port));
	if (address.sin6_scope_id != 0)
		writer_unsigned(w, "scope", address.sin6_scope_id);
	return true;
}

static bool
put_netlink(struct writer *w, const char *bytes, size_t length)
{
	struct sockaddr_nl address;

	if (!READ(address, bytes, length))
		return false;
	writer_unsigned(w, "port", address.nl_pid);
	writer_member(w, "groups");
	writer_word_hex(w, address.nl_groups);
	return true;
}

static bool
put_packet(struct writer *w, const char *bytes, size_t length)
{
	struct sockaddr_ll address;

	if (!READ(address, bytes, length))
		return false;
	writer_member(w, "protocol");
	writer_word_hex(w, ntohs(address.sll_protocol));
	writer_number(w, "interface", address.sll_ifindex);
	return true;
}

static bool
put_vsock(struct writer *w, const char *bytes, size_t length)
{
	struct sockaddr_vm address;

	if (!READ(address, bytes, length))
		return false;
	writer_unsigned(w, "cid", address.svm_cid);
	writer_unsigned(w, "port", address.svm_port);
	return true;
}

static const struct {
	sa_family_t family;
	bool (*put)(struct writer *w, const char *bytes, size_t length);
} families[] = {
	{ AF_UNIX, put_unix },
	{ AF_INET, put_inet },
	{ AF_INET6, put_inet6 },
	{ AF_NETLINK, put_netlink },
	{ AF_PACKET, put_packet },
	{ AF_VSOCK, put_vsock },
};

static bool
put_known(struct writer *w, sa_family_t family, const char *bytes,
    size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (families[i].family == family)
			return families[i].put(w, bytes, length);
	}
	return false;
}

bool
decode_sockaddr(struct writer *w, const struct event_copy *copy)
{
	size_t length = copy->length < sizeof(struct sockaddr_storage)
			    ? copy->length
			    : sizeof(struct sockaddr_storage);
	const char *bytes = copy->bytes;
	sa_family_t family = AF_UNSPEC;
	size_t begin = 0;

	writer_open(w, '{');
	if (READ(family, bytes, length)) {
		writer_member(w, "family");
		writer_words(w, &syscall_words_family, family);
		begin = sizeof(family);
	}
	if (begin == 0 || !put_known(w, family, bytes, length)) {
		writer_member(w, "data");
		writer_data(w, bytes + begin, length - begin);
	}
	writer_close(w, '}');
	return length == copy->length && !copy->is_truncated;
}
