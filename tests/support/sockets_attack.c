/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sockets.h"

/* ---- every way to an address --------------------------------------------- */

struct way {
	struct sockaddr_storage address;
	socklen_t length;
};

static int
socket_of(const struct way *way, int type)
{
	return MUST(socket(way->address.ss_family, type | SOCK_NONBLOCK, 0));
}

static long
by_connect(struct way *way)
{
	return connect(socket_of(way, SOCK_STREAM), (void *)&way->address,
	    way->length);
}

static long
by_connected(struct way *way)
{
	int fd = socket_of(way, SOCK_DGRAM);

	return connect(fd, (void *)&way->address, way->length) < 0
		   ? -1
		   : send(fd, "x", 1, 0);
}

static long
by_sendto(struct way *way)
{
	return sendto(socket_of(way, SOCK_DGRAM), "x", 1, 0,
	    (void *)&way->address, way->length);
}

static long
by_fast_open(struct way *way)
{
	return sendto(socket_of(way, SOCK_STREAM), "x", 1,
	    MSG_FASTOPEN | MSG_NOSIGNAL, (void *)&way->address, way->length);
}

static struct msghdr
message_to(struct way *way)
{
	static struct iovec iov = { (void *)(size_t) "x", 1 };

	return (struct msghdr){ .msg_name = &way->address,
		.msg_namelen = way->length,
		.msg_iov = &iov,
		.msg_iovlen = 1 };
}

static long
by_sendmsg(struct way *way)
{
	struct msghdr message = message_to(way);

	return sendmsg(socket_of(way, SOCK_DGRAM), &message, 0);
}

static long
by_sendmmsg(struct way *way)
{
	struct mmsghdr message = { message_to(way), 0 };

	return sendmmsg(socket_of(way, SOCK_DGRAM), &message, 1, 0);
}

/* A family that is none, which a datagram takes for AF_INET. */
static long
by_unspec(struct way *way)
{
	struct way hidden = *way;
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = socket_of(way, SOCK_DGRAM);

	hidden.address.ss_family = AF_UNSPEC;
	if (connect(fd, &none, sizeof(none)) < 0)
		return -1;
	return sendto(fd, "x", 1, 0, (void *)&hidden.address, hidden.length);
}

static long
by_bind(struct way *way)
{
	return bind(socket_of(way, SOCK_STREAM), (void *)&way->address,
	    way->length);
}

static const struct {
	const char *name;
	long (*go)(struct way *);
} ways[] = {
	{ "connect", by_connect },
	{ "connected", by_connected },
	{ "sendto", by_sendto },
	{ "fastopen", by_fast_open },
	{ "sendmsg", by_sendmsg },
	{ "sendmmsg", by_sendmmsg },
	{ "unspec", by_unspec },
	{ "bind", by_bind },
};

/* An IPv4 or IPv6 address, a path, or @ and an abstract name. */
static struct way
parse(const char *address, int port)
{
	struct way way = { 0 };
	struct sockaddr_in *in = (void *)&way.address;
	struct sockaddr_in6 *in6 = (void *)&way.address;

	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((in_port_t)port);
		way.length = sizeof(*in);
	} else if (inet_pton(AF_INET6, address, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((in_port_t)port);
		way.length = sizeof(*in6);
	} else {
		way.length = sockets_named((void *)&way.address, address,
		    strlen(address) + 1);
		if (address[0] == '@') {
			way.length--;
			((struct sockaddr_un *)&way.address)->sun_path[0] =
			    '\0';
		}
	}
	return way;
}

/* to HOW ADDRESS PORT */
int
sockets_to(char **argv)
{
	struct way way = parse(argv[2], atoi(argv[3]));

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) != 0 &&
		    strcmp(argv[1], "all") != 0)
			continue;
		long result = ways[i].go(&way);
		printf("%s %s\n", ways[i].name,
		    result < 0 ? strerrorname_np(errno) : "yes");
	}
	return 0;
}

/* ---- what names no address ------------------------------------------------
 */

static long
listen_at(int family, const struct sockaddr_in *bound)
{
	int fd = MUST(socket(family, SOCK_STREAM, 0));

	if (bound != NULL)
		MUST(bind(fd, (const void *)bound, sizeof(*bound)));
	return listen(fd, 1);
}

/* A family that is none, which a raw socket of IPv6 takes for its own; as an
 * address of IPv4 it is another one. */
static long
send_raw6(int fd, const char *address)
{
	struct sockaddr_in6 in6 = { .sin6_flowinfo = htonl(0x7f000001) };
	const char echo[8] = { (char)128 };

	inet_pton(AF_INET6, address, &in6.sin6_addr);
	return sendto(fd, echo, sizeof(echo), 0, (void *)&in6, sizeof(in6));
}

int
sockets_unsaid(char **argv)
{
	const struct sockaddr_in home = sockets_at("127.0.0.1", 0);
	int raw = MUST(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
	int on = 1;

	SAY(listen_at(AF_INET, NULL));
	SAY(listen_at(AF_INET6, NULL));
	SAY(listen_at(AF_INET, &home));
	SAY(send_raw6(raw, argv[1]));
	SAY(setsockopt(raw, SOL_RAW, IPV6_HDRINCL, &on, sizeof(on)));
	return 0;
}

/* ---- races ----------------------------------------------------------------
 */

struct race {
	struct sockaddr_in address; /* what the other thread writes to */
	struct msghdr message;
	in_addr_t allowed, forbidden;
	int tries;
	int plain, bound; /* two sockets, of which one is at number */
	int number;
	atomic_bool is_over, is_at_work;
	bool moves_pointer;
	struct sockaddr_in other;
};

static void *
rewrite(void *context)
{
	struct race *race = context;

	while (!race->is_over) {
		if (race->moves_pointer) {
			race->message.msg_name = &race->other;
			atomic_thread_fence(memory_order_seq_cst);
			race->message.msg_name = &race->address;
		} else {
			race->address.sin_addr.s_addr = race->forbidden;
			atomic_thread_fence(memory_order_seq_cst);
			race->address.sin_addr.s_addr = race->allowed;
		}
		atomic_thread_fence(memory_order_seq_cst);
	}
	return NULL;
}

static void *
exchange(void *context)
{
	struct race *race = context;

	while (!race->is_over) {
		dup2(race->bound, race->number);
		dup2(race->plain, race->number);
		race->is_at_work = true;
	}
	return NULL;
}

/* Where a connection has come: 1 for the forbidden address. */
static int
forbidden_came(const struct race *race, int listener)
{
	struct sockaddr_in name;
	socklen_t length = sizeof(name);
	int fd, came = 0;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		getsockname(fd, (void *)&name, &length);
		came += name.sin_addr.s_addr == race->forbidden;
		close(fd);
	}
	return came;
}

static int
any_listener(int type, struct race *race)
{
	struct sockaddr_in any = sockets_at("0.0.0.0", 0);
	socklen_t length = sizeof(any);
	int fd = MUST(socket(AF_INET, type | SOCK_NONBLOCK, 0));

	MUST(bind(fd, (void *)&any, sizeof(any)));
	if (type == SOCK_STREAM)
		MUST(listen(fd, 64));
	MUST(getsockname(fd, (void *)&any, &length));
	race->address.sin_family = AF_INET;
	race->address.sin_port = any.sin_port;
	race->address.sin_addr.s_addr = race->allowed;
	race->other = race->address;
	race->other.sin_addr.s_addr = race->forbidden;
	return fd;
}

/* A struct sockaddr that is written to while it is used. */
static int
race_address(struct race *race)
{
	int listener = any_listener(SOCK_STREAM, race), reached = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, rewrite, race);
	for (int i = 0; i < race->tries; i++) {
		int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

		(void)connect(fd, (void *)&race->address,
		    sizeof(race->address));
		close(fd);
		reached += forbidden_came(race, listener);
	}
	race->is_over = true;
	pthread_join(thread, NULL);
	return reached;
}

/* Datagrams say by IP_PKTINFO where they came. */
static int
forbidden_datagrams(const struct race *race, int fd)
{
	char room[128], byte;
	int came = 0;

	for (;;) {
		struct iovec iov = { &byte, 1 };
		struct msghdr message = { .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = room,
			.msg_controllen = sizeof(room) };
		struct in_pktinfo info;

		if (recvmsg(fd, &message, MSG_DONTWAIT) < 0)
			return came;
		memcpy(&info, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(info));
		came += info.ipi_addr.s_addr == race->forbidden;
	}
}

static int
race_message(struct race *race)
{
	int server = any_listener(SOCK_DGRAM, race), reached = 0, on = 1;
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	struct iovec iov = { (void *)(size_t) "x", 1 };
	pthread_t thread;

	MUST(setsockopt(server, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)));
	race->message = (struct msghdr){ .msg_name = &race->address,
		.msg_namelen = sizeof(race->address),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	pthread_create(&thread, NULL, rewrite, race);
	for (int i = 0; i < race->tries; i++) {
		(void)sendmsg(fd, &race->message, 0);
		(void)sendto(fd, "x", 1, 0, (void *)&race->address,
		    sizeof(race->address));
		reached += forbidden_datagrams(race, server);
	}
	race->is_over = true;
	pthread_join(thread, NULL);
	return reached;
}

static int
race_pointer(struct race *race)
{
	race->moves_pointer = true;
	return race_message(race);
}

/* 0.0.0.0 is the loopback for one of the sockets, and forbidden for the other,
 * which is exchanged for it. */
static int
race_descriptor(struct race *race)
{
	int listener = any_listener(SOCK_STREAM, race), reached = 0;
	struct sockaddr_in any = race->address, own = race->other;
	pthread_t thread;

	any.sin_addr.s_addr = htonl(INADDR_ANY);
	own.sin_port = 0;
	race->number = 100;
	for (int i = 0; i < race->tries / 8 + 1; i++) {
		race->plain = MUST(socket(AF_INET, SOCK_STREAM, 0));
		race->bound = MUST(socket(AF_INET, SOCK_STREAM, 0));
		MUST(bind(race->bound, (void *)&own, sizeof(own)));
		race->is_over = race->is_at_work = false;
		pthread_create(&thread, NULL, exchange, race);
		while (!race->is_at_work)
			sched_yield();
		for (int j = 0; j < 4; j++)
			(void)connect(race->number, (void *)&any, sizeof(any));
		race->is_over = true;
		pthread_join(thread, NULL);
		reached += forbidden_came(race, listener);
		close(race->plain);
		close(race->bound);
		close(race->number);
	}
	return reached;
}

static const struct {
	const char *name;
	int (*run)(struct race *race);
} races[] = {
	{ "address", race_address },
	{ "message", race_message },
	{ "pointer", race_pointer },
	{ "descriptor", race_descriptor },
};

/* race HOW ALLOWED FORBIDDEN */
int
sockets_race(char **argv)
{
	struct race race = { .allowed = sockets_at(argv[2], 0).sin_addr.s_addr,
		.forbidden = sockets_at(argv[3], 0).sin_addr.s_addr,
		.tries = atoi(argv[4]) };

	for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++) {
		if (strcmp(argv[1], races[i].name) == 0) {
			printf("reached %d\n", races[i].run(&race));
			return 0;
		}
	}
	return 2;
}
