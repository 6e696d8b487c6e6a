/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach_serve - who is outside: says its address to whoever comes, and what
 * names there are; and one question for a name.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reach.h"

#define SERVERS_MAX 32
#define HEADER      12

/* "*.": what is below it. An address of the other kind is none. */
static const struct {
	const char *name, *address, *alias;
} names[] = {
	{ "good.test", "93.184.1.1", NULL },
	{ "good.test", "2620:1::1", NULL },
	{ "own.test", "45.1.1.1", NULL },
	{ "other.test", "93.184.1.2", NULL },
	{ "*.wild.test", "93.184.1.2", NULL },
	{ "wild.test", "93.184.1.2", NULL },
	{ "alias.test", "93.184.1.1", "good.test" },
	{ "rebind.test", "10.9.0.1", NULL },
	{ "rebind.test", "127.0.0.1", NULL },
	{ "rebind.test", "::1", NULL },
	{ "rebind.test", "::ffff:10.9.0.1", NULL },
	{ "rebind.test", "64:ff9b::a09:1", NULL },
	{ "meta.test", "169.254.169.254", NULL },
	{ "meta.test", "fd00:ec2::254", NULL },
};

/* A name as bytes; how many. */
static size_t
put_name(unsigned char *out, const char *name)
{
	size_t used = 0;

	while (*name != '\0') {
		size_t label = strcspn(name, ".");

		out[used++] = (unsigned char)label;
		memcpy(out + used, name, label);
		used += label;
		name += label + (name[label] == '.');
	}
	out[used++] = 0;
	return used;
}

static size_t
get_name(const unsigned char *from, char *out)
{
	size_t used = 0, at = 0;

	while (from[at] != 0) {
		memcpy(out + used, from + at + 1, from[at]);
		used += from[at];
		out[used++] = '.';
		at += from[at] + 1u;
	}
	out[used > 0 ? used - 1 : 0] = '\0';
	return at + 1;
}

static size_t
put_record(unsigned char *out, unsigned owner, unsigned type, const void *data,
    size_t size)
{
	const unsigned char head[] = { (unsigned char)(owner >> 8),
		(unsigned char)owner, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60,
		0, (unsigned char)size };

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), data, size);
	return sizeof(head) + size;
}

static bool
is_named(const char *pattern, const char *name)
{
	size_t all = strlen(name), own = strlen(pattern + 1);

	if (pattern[0] != '*')
		return strcasecmp(pattern, name) == 0;
	return all > own && strcasecmp(name + all - own, pattern + 1) == 0;
}

static size_t
answer(unsigned char *bytes)
{
	char name[256];
	size_t end = HEADER + get_name(bytes + HEADER, name) + 4;
	unsigned type = bytes[end - 3], count = 0;
	bool is_there = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsigned char address[16], alias[64];
		bool is_v6 = strchr(names[i].address, ':') != NULL;
		unsigned owner = 0xc000 | HEADER;

		if (!is_named(names[i].name, name))
			continue;
		is_there = true;
		if (type != (is_v6 ? 28 : 1))
			continue;
		if (names[i].alias != NULL) {
			unsigned at = (unsigned)end + 12;

			end += put_record(bytes + end, owner, 5, alias,
			    put_name(alias, names[i].alias));
			owner = 0xc000 | at;
			count++;
		}
		(void)inet_pton(is_v6 ? AF_INET6 : AF_INET, names[i].address,
		    address);
		end += put_record(bytes + end, owner, type, address,
		    is_v6 ? 16 : 4);
		count++;
	}
	bytes[2] |= 0x80;
	bytes[3] = is_there ? 0x80 : 0x83;
	memset(bytes + 6, 0, 6);
	bytes[7] = (unsigned char)count;
	return end;
}

/* ---- serving ------------------------------------------------------------- */

struct server {
	const char *kind, *host, *port;
};

static void
greet(const struct server *server, int listening)
{
	char text[256], body[128];
	int fd = accept(listening, NULL, NULL);

	(void)snprintf(body, sizeof(body), "hello from %s %s", server->host,
	    server->port);
	(void)snprintf(text, sizeof(text),
	    "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
	    body);
	(void)!recv(fd, (char[2048]){ 0 }, 2048, 0);
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
	close(fd);
}

static void
echo(const struct server *server, int fd)
{
	unsigned char bytes[2048] = { 0 };
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	ssize_t got =
	    recvfrom(fd, bytes, 512, 0, (struct sockaddr *)&from, &length);

	if (got < 0)
		return;
	if (strcmp(server->kind, "dns") == 0)
		got = (ssize_t)answer(bytes);
	else
		got = snprintf((char *)bytes, sizeof(bytes), "echo from %s %s",
		    server->host, server->port);
	(void)!sendto(fd, bytes, (size_t)got, 0, (struct sockaddr *)&from,
	    length);
}

int
reach_serve(int argc, char **argv)
{
	struct server servers[SERVERS_MAX];
	struct pollfd polled[SERVERS_MAX];
	nfds_t count = 0;

	for (; argc >= 3 && count < SERVERS_MAX; argc -= 3, argv += 3) {
		struct reach_address at = reach_address(argv[1], argv[2]);
		bool is_stream = strcmp(argv[0], "tcp") == 0;
		int one = 1;
		int fd =
		    reach_socket(&at, is_stream ? SOCK_STREAM : SOCK_DGRAM);

		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
		    sizeof(one));
		/* Also of a route that is no address of the machine. */
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &one,
		    sizeof(one));
		if (bind(fd, &at.any, at.length) < 0 ||
		    (is_stream && listen(fd, 64) < 0)) {
			printf("%s %s: %s\n", argv[1], argv[2], reach_word(-1));
			return 1;
		}
		servers[count] = (struct server){ argv[0], argv[1], argv[2] };
		polled[count++] = (struct pollfd){ fd, POLLIN, 0 };
	}
	puts("ready");
	while (poll(polled, count, -1) > 0) {
		for (nfds_t i = 0; i < count; i++) {
			if (polled[i].revents == 0)
				continue;
			if (strcmp(servers[i].kind, "tcp") == 0)
				greet(&servers[i], polled[i].fd);
			else
				echo(&servers[i], polled[i].fd);
		}
	}
	return 0;
}

/* ---- asking -------------------------------------------------------------- */

int
reach_name(const char *name, const char *type)
{
	unsigned char bytes[512] = { 0x12, 0x34, 1, 0, 0, 1 };
	struct reach_address at = reach_address("127.0.0.1", "53");
	size_t end = HEADER + put_name(bytes + HEADER, name);
	unsigned kind = strcmp(type, "A") == 0      ? 1
			: strcmp(type, "AAAA") == 0 ? 28
						    : (unsigned)atoi(type);
	int fd = reach_socket(&at, SOCK_DGRAM);

	bytes[end + 1] = (unsigned char)kind;
	bytes[end + 3] = 1;
	end += 4;
	(void)!sendto(fd, bytes, end, 0, &at.any, at.length);
	ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
	if (got < (ssize_t)end) {
		puts(got < 0 ? reach_word(got) : "short");
		return 1;
	}
	printf("code %d", bytes[3] & 15);
	for (unsigned i = 0; i < bytes[7]; i++) {
		char text[64];
		size_t size = bytes[end + 11];

		(void)inet_ntop(size == 4 ? AF_INET : AF_INET6,
		    bytes + end + 12, text, sizeof(text));
		printf(" %s", text);
		end += 12 + size;
	}
	puts("");
	return 0;
}
