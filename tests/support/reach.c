/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach - sockets of IPv4 and IPv6, as a program in a sandbox uses them and
 * misuses them, and who is outside.
 *
 *	reach tcp|nonblock ADDRESS PORT		connect, say what is heard
 *	reach udp connect|sendto|sendmsg|sendmmsg ADDRESS PORT
 *	reach name NAME A|AAAA			ask at 127.0.0.1
 *	reach misuse GOOD BAD PORT		each by a line
 *	reach hand GOOD BAD PORT		to another process
 *	reach race GOOD BAD PORT TIMES
 *	reach own				a server of its own
 *	reach serve [tcp|udp|dns ADDRESS PORT]...
 */
#define _GNU_SOURCE
#include "reach.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *
reach_word(long result)
{
	return result < 0 ? strerrorname_np(errno) : "yes";
}

struct reach_address
reach_address(const char *host, const char *port)
{
	struct reach_address to = { 0 };

	if (inet_pton(AF_INET, host, &to.in.sin_addr) == 1) {
		to.in.sin_family = AF_INET;
		to.in.sin_port = htons((uint16_t)atoi(port));
		to.length = sizeof(to.in);
		return to;
	}
	if (inet_pton(AF_INET6, host, &to.in6.sin6_addr) != 1)
		exit(2);
	to.in6.sin6_family = AF_INET6;
	to.in6.sin6_port = htons((uint16_t)atoi(port));
	to.length = sizeof(to.in6);
	return to;
}

int
reach_socket(const struct reach_address *like, int type)
{
	const struct timeval limit = { 10, 0 };
	int fd = socket(like->any.sa_family, type | SOCK_CLOEXEC, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

/* ---- what is reached ----------------------------------------------------- */

static int
say(int fd)
{
	char text[512];
	ssize_t got = recv(fd, text, sizeof(text) - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	puts(got > 0 ? text : reach_word(got));
	return got > 0 ? 0 : 1;
}

static int
tcp(const struct reach_address *to, bool waits)
{
	int nodelay = 1, error = 0;
	socklen_t length = sizeof(int);
	int fd = reach_socket(to, SOCK_STREAM | (waits ? 0 : SOCK_NONBLOCK));

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, length);
	int result = connect(fd, &to->any, to->length);
	if (!waits && result < 0 && errno == EINPROGRESS) {
		struct pollfd polled = { fd, POLLOUT, 0 };

		result = poll(&polled, 1, 10000) == 1 ? 0 : -1;
		(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
		errno = error;
		result = error == 0 ? result : -1;
		(void)fcntl(fd, F_SETFL, 0);
	}
	if (result < 0) {
		puts(reach_word(result));
		return 1;
	}
	/* What was set before, and how it behaves, is as it was. */
	(void)getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &length);
	if (nodelay != 1 || (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0 ||
	    (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0)
		puts("another socket");
	if (send(fd, "GET /\r\n\r\n", 9, 0) != 9)
		puts(reach_word(-1));
	return say(fd);
}

static long
send_by(const char *way, int fd, const struct reach_address *to)
{
	char text[] = "x";
	struct iovec piece = { text, 1 };
	struct mmsghdr messages[1] = {
		{ .msg_hdr = { .msg_name = (void *)(uintptr_t)&to->any,
		      .msg_namelen = to->length,
		      .msg_iov = &piece,
		      .msg_iovlen = 1 } }
	};

	if (strcmp(way, "connect") == 0)
		return connect(fd, &to->any, to->length) < 0
			   ? -1
			   : send(fd, text, 1, 0);
	if (strcmp(way, "sendto") == 0)
		return sendto(fd, text, 1, 0, &to->any, to->length);
	if (strcmp(way, "sendmsg") == 0)
		return sendmsg(fd, &messages[0].msg_hdr, 0);
	return sendmmsg(fd, messages, 1, 0);
}

static int
udp(const char *way, const struct reach_address *to)
{
	int fd = reach_socket(to, SOCK_DGRAM);
	long sent = send_by(way, fd, to);

	if (sent != 1) {
		puts(reach_word(-1));
		return 1;
	}
	/* Once more, by the socket that it has become. */
	if (say(fd) != 0 || send_by(way, fd, to) != 1)
		return 1;
	return recv(fd, (char[64]){ 0 }, 64, 0) > 0 ? 0 : 1;
}

/* ---- what is misused ----------------------------------------------------- */

static void
tell(const char *what, long result)
{
	printf("%s %s\n", what, reach_word(result));
}

/* To its peer, with what asks for another way. */
static void
send_control(const char *what, int fd, int level, int type, const void *bytes,
    size_t length)
{
	struct iovec piece = { (char[]){ "x" }, 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(64)];
	} control = { .header = { .cmsg_len = CMSG_LEN(length),
			  .cmsg_level = level,
			  .cmsg_type = type } };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(length) };
	memcpy(CMSG_DATA(&control.header), bytes, length);
	tell(what, sendmsg(fd, &message, 0));
}

static void
misuse_control(int fd)
{
	/* To record the route, which no sysctl forbids. */
	static const unsigned char record[] = { 7, 7, 4, 0, 0, 0, 0, 0 };
	const struct in_pktinfo loopback = { .ipi_ifindex = 1 };
	const struct ip_mreqn group = { { htonl(0xe0000101) }, { 0 }, 1 };
	const uint32_t index = htonl(1);
	const int is_on = 1;

	send_control("udp-options", fd, IPPROTO_IP, IP_RETOPTS, record,
	    sizeof(record));
	send_control("udp-interface", fd, IPPROTO_IP, IP_PKTINFO, &loopback,
	    sizeof(loopback));
	tell("set-device",
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	tell("set-interface",
	    setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index)));
	tell("set-group", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
			      sizeof(group)));
	tell("set-dontroute",
	    setsockopt(fd, SOL_SOCKET, SO_DONTROUTE, &is_on, sizeof(is_on)));
}

void
reach_misuse(int tcp_fd, int udp_fd, const struct reach_address *bad)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct reach_address any = *bad;

	memset(&any.in.sin_addr, 0, sizeof(any.in.sin_addr));
	any.in.sin_port = 0;
	tell("tcp-bind", bind(tcp_fd, &any.any, any.length));
	tell("tcp-listen", listen(tcp_fd, 1));
	tell("tcp-disconnect", connect(tcp_fd, &none, sizeof(none)));
	tell("tcp-connect", connect(tcp_fd, &bad->any, bad->length));
	tell("tcp-fastopen",
	    sendto(tcp_fd, "x", 1, MSG_FASTOPEN, &bad->any, bad->length));
	tell("tcp-listen", listen(tcp_fd, 1));
	tell("udp-bind", bind(udp_fd, &any.any, any.length));
	tell("udp-connect", connect(udp_fd, &bad->any, bad->length));
	tell("udp-sendto", send_by("sendto", udp_fd, bad));
	tell("udp-sendmsg", send_by("sendmsg", udp_fd, bad));
	tell("udp-sendmmsg", send_by("sendmmsg", udp_fd, bad));
	misuse_control(udp_fd);
	(void)connect(udp_fd, &none, sizeof(none));
	tell("udp-bind", bind(udp_fd, &any.any, any.length));
	tell("udp-sendto", send_by("sendto", udp_fd, bad));
}

/* One whose connection was refused is nobody's, as the kernel sees it. */
static int
fail_to_connect(struct reach_address to)
{
	int fd = reach_socket(&to, SOCK_STREAM | SOCK_NONBLOCK);
	struct pollfd polled = { fd, POLLOUT, 0 };
	int error;
	socklen_t length = sizeof(error);

	to.in.sin_port = htons(1);
	if (connect(fd, &to.any, to.length) < 0 && errno == EINPROGRESS)
		(void)poll(&polled, 1, 10000);
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	return fd;
}

static int
misuse(const struct reach_address *good, const struct reach_address *bad)
{
	int stream = reach_socket(good, SOCK_STREAM);
	int datagram = reach_socket(good, SOCK_DGRAM);

	if (connect(stream, &good->any, good->length) < 0 ||
	    connect(datagram, &good->any, good->length) < 0)
		return 1;
	reach_misuse(stream, datagram, bad);
	reach_misuse(fail_to_connect(*good), datagram, bad);
	return 0;
}

/* The same for who got them in a message. */
static int
hand(const struct reach_address *good, const struct reach_address *bad)
{
	int pair[2], fds[2] = { reach_socket(good, SOCK_STREAM),
		reach_socket(good, SOCK_DGRAM) };
	char byte = 'x';
	struct iovec piece = { &byte, 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(fds))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(fds)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room) };

	if (connect(fds[0], &good->any, good->length) < 0 ||
	    connect(fds[1], &good->any, good->length) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (recvmsg(pair[1], &message, 0) != 1)
			_exit(1);
		memcpy(fds, CMSG_DATA(&control.header), sizeof(fds));
		reach_misuse(fds[0], fds[1], bad);
		fflush(stdout);
		_exit(0);
	}
	int status = 1;
	memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	(void)sendmsg(pair[0], &message, 0);
	close(fds[0]);
	close(fds[1]);
	(void)waitpid(child, &status, 0);
	return status;
}

/* ---- a race -------------------------------------------------------------- */

struct race {
	struct reach_address good, bad;
	struct reach_address shared;
	atomic_bool is_over;
};

static void *
rewrite(void *context)
{
	struct race *race = context;
	volatile uint32_t *address = &race->shared.in.sin_addr.s_addr;

	while (!atomic_load(&race->is_over)) {
		*address = race->bad.in.sin_addr.s_addr;
		*address = race->good.in.sin_addr.s_addr;
	}
	return NULL;
}

static int
race(const struct reach_address *good, const struct reach_address *bad,
    int times)
{
	struct race race = { .good = *good, .bad = *bad, .shared = *good };
	int reached = 0, refused = 0, wrong = 0;
	pthread_t thread;

	(void)pthread_create(&thread, NULL, rewrite, &race);
	for (int i = 0; i < times; i++) {
		struct sockaddr_in peer = { 0 };
		socklen_t length = sizeof(peer);
		int fd =
		    reach_socket(good, i % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM);

		if (i % 2 == 0)
			(void)connect(fd, &race.shared.any, good->length);
		else
			(void)sendto(fd, "x", 1, 0, &race.shared.any,
			    good->length);
		int connected =
		    getpeername(fd, (struct sockaddr *)&peer, &length);
		reached += connected == 0;
		refused += connected != 0;
		wrong += connected == 0 &&
			 peer.sin_addr.s_addr != good->in.sin_addr.s_addr;
		close(fd);
	}
	atomic_store(&race.is_over, true);
	(void)pthread_join(thread, NULL);
	printf("%s %s %d\n", reached > 0 ? "reached" : "never",
	    refused > 0 ? "refused" : "never", wrong);
	return 0;
}

/* ---- its own loopback ---------------------------------------------------- */

static int
own(void)
{
	struct reach_address at = reach_address("127.0.0.1", "0");
	int listening = reach_socket(&at, SOCK_STREAM);
	int fd = reach_socket(&at, SOCK_STREAM);

	if (bind(listening, &at.any, at.length) < 0 ||
	    listen(listening, 1) < 0 ||
	    getsockname(listening, &at.any, &at.length) < 0 ||
	    connect(fd, &at.any, at.length) < 0)
		puts(reach_word(-1));
	int other = accept(listening, NULL, NULL);
	(void)send(other, "own", 3, 0);
	return say(fd);
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	setlinebuf(stdout);
	if (strcmp(verb, "serve") == 0)
		return reach_serve(argc - 2, argv + 2);
	if (strcmp(verb, "own") == 0)
		return own();
	if (argc < 4)
		return 2;
	if (strcmp(verb, "name") == 0)
		return reach_name(argv[2], argv[3]);
	struct reach_address last =
	    reach_address(argv[argc > 4 ? 3 : 2], argv[argc > 4 ? 4 : 3]);
	if (strcmp(verb, "tcp") == 0 || strcmp(verb, "nonblock") == 0)
		return tcp(&last, strcmp(verb, "tcp") == 0);
	if (strcmp(verb, "udp") == 0)
		return udp(argv[2], &last);
	if (argc < 5)
		return 2;
	struct reach_address good = reach_address(argv[2], argv[4]);
	if (strcmp(verb, "misuse") == 0)
		return misuse(&good, &last);
	if (strcmp(verb, "hand") == 0)
		return hand(&good, &last);
	return race(&good, &last, argc > 5 ? atoi(argv[5]) : 1);
}
