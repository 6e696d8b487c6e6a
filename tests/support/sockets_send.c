/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sockets.h"

static int pipes;

static void
count_pipes(int number)
{
	(void)number;
	pipes++;
}

/* ---- of unix sockets ------------------------------------------------------
 */

struct packet {
	struct msghdr message;
	struct iovec iov[2];
	union {
		struct cmsghdr header;
		char room[256];
	} control;
};

static void
pack(struct packet *packet, const char *first, const char *second)
{
	memset(packet, 0, sizeof(*packet));
	packet->iov[0] =
	    (struct iovec){ (void *)(uintptr_t)first, strlen(first) };
	packet->iov[1] =
	    (struct iovec){ (void *)(uintptr_t)second, strlen(second) };
	packet->message.msg_iov = packet->iov;
	packet->message.msg_iovlen = 2;
}

static void
attach(struct packet *packet, int type, const void *bytes, size_t size)
{
	packet->message.msg_control = &packet->control;
	packet->message.msg_controllen = CMSG_SPACE(size);
	packet->control.header.cmsg_level = SOL_SOCKET;
	packet->control.header.cmsg_type = type;
	packet->control.header.cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(&packet->control.header), bytes, size);
}

/* What came: text, descriptors by what can be read from them, sender. */
static void
say_received(int fd, pid_t self)
{
	char text[64] = "", read_text[16] = "";
	char room[256];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr message = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };
	ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);

	if (got < 0) {
		printf("received: %s\n", strerrorname_np(errno));
		return;
	}
	printf("received: %zd \"%s\"\n", got, text);
	for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at != NULL;
	     at = CMSG_NXTHDR(&message, at)) {
		if (at->cmsg_type == SCM_RIGHTS) {
			int fds[8];
			size_t count =
			    (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);

			memcpy(fds, CMSG_DATA(at), count * sizeof(int));
			for (size_t i = 0; i < count; i++) {
				ssize_t n = read(fds[i], read_text, 15);
				printf("  with %.*s\n", n > 0 ? (int)n : 0,
				    read_text);
				close(fds[i]);
			}
		}
		if (at->cmsg_type == SCM_CREDENTIALS) {
			struct ucred who;

			memcpy(&who, CMSG_DATA(at), sizeof(who));
			printf("  from uid %d gid %d%s\n", (int)who.uid,
			    (int)who.gid,
			    getenv("PIDS") == NULL ? ""
			    : who.pid == self      ? " pid right"
						   : " pid other");
		}
	}
}

static int
pipe_with(const char *text)
{
	int ends[2];

	MUST(pipe(ends));
	MUST(write(ends[1], text, strlen(text)));
	close(ends[1]);
	return ends[0];
}

static void
rights(int type)
{
	struct packet packet;
	struct ucred who = { getpid(), getuid(), getgid() };
	int pair[2], on = 1;
	int fds[2] = { pipe_with("one"), pipe_with("two") };

	MUST(socketpair(AF_UNIX, type, 0, pair));
	pack(&packet, "a", "bc");
	SAY(sendmsg(pair[0], &packet.message, 0));
	say_received(pair[1], who.pid);
	attach(&packet, SCM_RIGHTS, fds, sizeof(fds));
	SAY(sendmsg(pair[0], &packet.message, 0));
	close(fds[0]);
	say_received(pair[1], who.pid);
	SAY(sendmsg(pair[0], &packet.message, 0));
	MUST(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	pack(&packet, "x", "");
	SAY(sendmsg(pair[0], &packet.message, 0));
	say_received(pair[1], who.pid);
	attach(&packet, SCM_CREDENTIALS, &who, sizeof(who));
	SAY(sendmsg(pair[0], &packet.message, 0));
	say_received(pair[1], who.pid);
	if (getuid() != 0) {
		who.uid = 0;
		attach(&packet, SCM_CREDENTIALS, &who, sizeof(who));
		SAY(sendmsg(pair[0], &packet.message, 0));
	}
	packet.control.header.cmsg_len = 3;
	SAY(sendmsg(pair[0], &packet.message, 0));
	packet.control.header.cmsg_len = 4096;
	SAY(sendmsg(pair[0], &packet.message, 0));
	packet.message.msg_controllen = 5;
	SAY(sendmsg(pair[0], &packet.message, 0));
	say_received(pair[1], who.pid);
	close(fds[1]);
	close(pair[0]);
	close(pair[1]);
}

static void
faults(int fd)
{
	struct packet packet;
	char byte = 'x';

	pack(&packet, "a", "b");
	SAY(sendmsg(fd, NULL, 0));
	SAY(sendmsg(fd, (void *)8, 0));
	packet.message.msg_iov = (void *)8;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.message.msg_iov = packet.iov;
	packet.message.msg_iovlen = 1025;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.message.msg_iovlen = 2;
	packet.iov[1].iov_len = (size_t)-1;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.iov[1] = (struct iovec){ (void *)8, 1 };
	packet.iov[0].iov_base = (void *)8;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.message.msg_iovlen = 0;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.message.msg_name = (void *)8;
	packet.message.msg_namelen = 16;
	SAY(sendmsg(fd, &packet.message, 0));
	packet.message.msg_namelen = (socklen_t)-1;
	SAY(sendmsg(fd, &packet.message, 0));
	SAY(sendmsg(0, &packet.message, 0));
	SAY(sendmsg(-1, &packet.message, 0));
	SAY(sendto(fd, &byte, 1, 0, (void *)8, 16));
	SAY(sendto(fd, &byte, 1, 0, (void *)&byte, 4096));
}

static void
broken(int type)
{
	struct packet packet;
	int pair[2];

	pipes = 0;
	MUST(socketpair(AF_UNIX, type, 0, pair));
	close(pair[1]);
	pack(&packet, "a", "b");
	SAY(sendmsg(pair[0], &packet.message, 0));
	printf("pipes %d\n", pipes);
	SAY(sendmsg(pair[0], &packet.message, MSG_NOSIGNAL));
	printf("pipes %d\n", pipes);
	close(pair[0]);
}

static void
fill(int type)
{
	static char much[3000000];
	struct iovec iov = { much, sizeof(much) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	int pair[2];

	MUST(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, pair));
	long sent = sendmsg(pair[0], &message, 0);
	printf("much: %s\n", sent > 0 && sent < (long)sizeof(much) ? "a part"
			     : sent < 0 ? strerrorname_np(errno)
					: "all");
	iov.iov_len = 1000;
	while (sendmsg(pair[0], &message, 0) > 0)
		;
	SAY(sendmsg(pair[0], &message, 0));
	close(pair[0]);
	close(pair[1]);
}

/* ---- of the internet ----------------------------------------------------- */

static void
say_text(int fd)
{
	char text[64] = "";
	ssize_t got = recv(fd, text, sizeof(text) - 1, 0);

	printf("text: %zd %s\n", got, text);
}

static void
datagrams(void)
{
	static char large[70000];
	int port, other_port, fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	int server = sockets_listener(SOCK_DGRAM, &port);
	int second = sockets_listener(SOCK_DGRAM, &other_port);
	struct sockaddr_in in = sockets_at("127.0.0.1", port);
	struct sockaddr_in other = sockets_at("127.0.0.1", other_port);
	struct sockaddr_in any = sockets_at("0.0.0.0", port);
	struct packet packet, more;
	struct mmsghdr many[3];

	SAY(sendto(fd, "one", 3, 0, (void *)&in, sizeof(in)));
	say_text(server);
	SAY(sendto(fd, "any", 3, 0, (void *)&any, sizeof(any)));
	say_text(server);
	in.sin_family = AF_UNSPEC;
	SAY(sendto(fd, "unspec", 6, 0, (void *)&in, sizeof(in)));
	say_text(server);
	in.sin_family = AF_INET;
	SAY(sendto(fd, "", 0, 0, (void *)&in, sizeof(in)));
	say_text(server);
	SAY(sendto(fd, "none", 4, 0, (void *)&in, 0));
	SAY(sendto(fd, large, sizeof(large), 0, (void *)&in, sizeof(in)));
	SAY(sendto(fd, "short", 5, 0, (void *)&in, 5));
	SAY(sendto(fd, (void *)8, 5, 0, (void *)&in, sizeof(in)));
	pack(&packet, "he", "llo");
	packet.message.msg_name = &in;
	packet.message.msg_namelen = sizeof(in);
	SAY(sendmsg(fd, &packet.message, 0));
	say_text(server);
	pack(&more, "se", "cond");
	more.message.msg_name = &other;
	more.message.msg_namelen = sizeof(other);
	many[0] = (struct mmsghdr){ packet.message, 0 };
	many[1] = (struct mmsghdr){ more.message, 0 };
	many[2] = (struct mmsghdr){ more.message, 0 };
	many[2].msg_hdr.msg_namelen = 3;
	SAY(sendmmsg(fd, many, 2, 0));
	printf("lengths %u %u\n", many[0].msg_len, many[1].msg_len);
	say_text(server);
	say_text(second);
	SAY(sendmmsg(fd, many, 3, 0));
	SAY(sendmmsg(fd, many + 2, 1, 0));
	SAY(sendmmsg(fd, many, 0, 0));
	SAY(sendmmsg(fd, NULL, 2, 0));
	faults(fd);
	close(fd);
	close(server);
	close(second);
}

static void *
drain(void *context)
{
	static char room[65536];
	static long total;
	int fd = *(int *)context;
	ssize_t got;

	total = 0;
	while ((got = read(fd, room, sizeof(room))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			total += room[i] == (char)((total + i) % 251) ? 0 : 1;
		total += got;
	}
	return &total;
}

/* A blocking stream takes all, whoever reads slowly. */
static void
streams(void)
{
	static char much[3000000];
	int port, fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), other;
	int listener = sockets_listener(SOCK_STREAM, &port);
	struct sockaddr_in in = sockets_at("127.0.0.1", port);
	struct iovec iov[2] = { { much, 1000001 },
		{ much + 1000001, 1999999 } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2 };
	pthread_t thread;
	void *total;

	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)(i % 251);
	SAY(sendto(fd, "x", 1, MSG_NOSIGNAL, (void *)&in, sizeof(in)));
	MUST(connect(fd, (void *)&in, sizeof(in)));
	other = MUST(accept(listener, NULL, NULL));
	MUST(pthread_create(&thread, NULL, drain, &other));
	SAY(sendmsg(fd, &message, 0));
	SAY(sendto(fd, "x", 0, 0, (void *)&in, sizeof(in)));
	shutdown(fd, SHUT_WR);
	MUST(pthread_join(thread, &total));
	printf("drained %ld\n", *(long *)total);
	pipes = 0;
	SAY(sendmsg(fd, &message, 0));
	printf("pipes %d\n", pipes);
	close(fd);
	close(other);
	close(listener);
}

/* Who has a name is answered by it. */
static void
replies(void)
{
	struct sockaddr_un name, from;
	socklen_t length = sizeof(from), named;
	char text[16];
	int server = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	int client = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));

	named = sockets_named(&name, "client", 7);
	MUST(bind(client, (void *)&name, named));
	named = sockets_named(&name, "/tmp/server", 12);
	MUST(bind(server, (void *)&name, named));
	SAY(sendto(client, "ask", 3, 0, (void *)&name, named));
	SAY(recvfrom(server, text, sizeof(text), 0, (void *)&from, &length));
	SAY(sendto(server, "answer", 6, 0, (void *)&from, length));
	SAY(recv(client, text, sizeof(text), 0));
	close(server);
	close(client);
}

int
sockets_messages(char **argv)
{
	(void)argv;
	signal(SIGPIPE, count_pipes);
	rights(SOCK_STREAM);
	rights(SOCK_DGRAM);
	rights(SOCK_SEQPACKET);
	broken(SOCK_STREAM);
	broken(SOCK_DGRAM);
	broken(SOCK_SEQPACKET);
	fill(SOCK_STREAM);
	fill(SOCK_DGRAM);
	datagrams();
	streams();
	replies();
	return 0;
}
