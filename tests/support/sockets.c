/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets calls            connect, bind, names and their errors, all printed
 * sockets messages         the same of all that sends
 * sockets to HOW ADDRESS PORT
 *                          reach it in that way, and print what came of it
 * sockets unsaid ADDRESS
 *                          the same where nothing says an address or its family
 * sockets race HOW ALLOWED FORBIDDEN TRIES
 *                          exchange one for the other between check and use;
 *                          prints how often the forbidden one was reached
 * sockets wait HOW
 *                          be killed, signalled or many while a call waits
 * sockets hold HOW
 *                          have many wait with much
 * sockets long
 *                          send long messages, and see who they are from
 */
#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
sockets_say(const char *what, long result)
{
	const char *error = strerrorname_np(errno);

	if (result < 0)
		printf("%s = %s\n", what, error != NULL ? error : "?");
	else
		printf("%s = %ld\n", what, result);
}

int
sockets_must(const char *what, int result)
{
	if (result >= 0)
		return result;
	perror(what);
	fflush(stdout);
	_exit(3);
}

struct sockaddr_in
sockets_at(const char *address, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((in_port_t)port) };

	inet_pton(AF_INET, address, &in.sin_addr);
	return in;
}

socklen_t
sockets_named(struct sockaddr_un *out, const char *name, size_t length)
{
	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	memcpy(out->sun_path, name, length);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

int
sockets_listener(int type, int *port)
{
	struct sockaddr_in in = sockets_at("127.0.0.1", 0);
	socklen_t length = sizeof(in);
	int fd = MUST(socket(AF_INET, type | SOCK_CLOEXEC, 0));

	MUST(bind(fd, (void *)&in, sizeof(in)));
	if (type == SOCK_STREAM)
		MUST(listen(fd, 64));
	MUST(getsockname(fd, (void *)&in, &length));
	*port = ntohs(in.sin_port);
	return fd;
}

/* ---- calls --------------------------------------------------------------- */

static void
say_name(const char *what, int fd,
    int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage name = { 0 };
	socklen_t length = sizeof(name);
	const struct sockaddr_in *in = (const void *)&name;
	const struct sockaddr_un *un = (const void *)&name;
	char text[64];

	if (get(fd, (void *)&name, &length) < 0) {
		printf("%s: %s\n", what, strerrorname_np(errno));
		return;
	}
	if (name.ss_family == AF_INET)
		printf("%s: inet %s length %u\n", what,
		    inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)),
		    length);
	else if (length > 2 && un->sun_path[0] == '\0')
		printf("%s: unix @%s length %u\n", what, un->sun_path + 1,
		    length);
	else
		printf("%s: family %d %s length %u\n", what, name.ss_family,
		    length > 2 ? un->sun_path : "", length);
}

static void
tcp(void)
{
	int port, fd, other;
	int listener = sockets_listener(SOCK_STREAM, &port);
	struct sockaddr_in in = sockets_at("127.0.0.1", port);
	struct sockaddr_in any = sockets_at("0.0.0.0", port);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	socklen_t small = 4;
	char room[128];

	fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	say_name("unbound", fd, getsockname);
	say_name("unconnected", fd, getpeername);
	SAY(connect(fd, (void *)&in, 1));
	SAY(connect(fd, (void *)&in, 0));
	SAY(connect(fd, (void *)&in, 4096));
	SAY(connect(fd, NULL, sizeof(in)));
	SAY(connect(fd, (void *)8, sizeof(in)));
	SAY(connect(-1, (void *)&in, sizeof(in)));
	SAY(connect(0, (void *)&in, sizeof(in)));
	SAY(connect(fd, (void *)&in, sizeof(in)));
	SAY(connect(fd, (void *)&in, sizeof(in)));
	other = (int)accept(listener, NULL, NULL);
	say_name("peer", fd, getpeername);
	say_name("name", other, getsockname);
	SAY(getsockname(fd, (void *)room, &small));
	printf("small: %u\n", small);
	SAY(getsockname(fd, NULL, &small));
	SAY(shutdown(fd, SHUT_WR));
	SAY(read(other, room, sizeof(room)));
	SAY(shutdown(fd, 77));
	SAY(connect(fd, &none, sizeof(none)));
	SAY(shutdown(fd, SHUT_WR));
	close(fd);
	close(other);
	fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	SAY(connect(fd, (void *)&any, sizeof(any)));
	say_name("any", fd, getpeername);
	close(fd);
	close(listener);
	fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	SAY(connect(fd, (void *)&in, sizeof(in)));
	SAY(bind(fd, (void *)&in, sizeof(in)));
	SAY(bind(fd, (void *)&in, sizeof(in)));
	SAY(listen(fd, 3));
	SAY(listen(0, 3));
	SAY(getsockname(fd, (void *)room, NULL));
	other = MUST(socket(AF_INET, SOCK_STREAM, 0));
	SAY(bind(other, (void *)&in, sizeof(in)));
	SAY(shutdown(other, SHUT_RD));
	close(fd);
	close(other);
}

static void
udp(void)
{
	int port, fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	int server = sockets_listener(SOCK_DGRAM, &port);
	struct sockaddr_in in = sockets_at("127.0.0.1", port);
	struct sockaddr_in out = sockets_at("192.0.2.1", 9);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

	SAY(connect(fd, (void *)&in, sizeof(in)));
	say_name("udp peer", fd, getpeername);
	SAY(connect(fd, &none, sizeof(none)));
	say_name("udp none", fd, getpeername);
	SAY(connect(fd, (void *)&six, sizeof(six)));
	SAY(listen(fd, 1));
	SAY(bind(fd, (void *)&out, sizeof(out)));
	close(fd);
	close(server);
}

/* In the current directory, where link1, link2 ... lead to here1, here2. */
static void
local(int type)
{
	char here[] = "here0", linked[] = "link0",
	     dots[] = "/tmp/../tmp/./here0", whole[] = "/tmp//whole0";
	struct sockaddr_un name;
	struct stat st;
	socklen_t length;
	int fd, other, kept = MUST(socket(AF_UNIX, type, 0));

	here[4] = linked[4] = dots[18] = whole[11] = (char)('0' + type);
	(void)umask(027);
	length = sockets_named(&name, here, sizeof(here));
	SAY(bind(kept, (void *)&name, length));
	say_name("relative", kept, getsockname);
	SAY(stat(here, &st));
	printf("mode %o uid %d\n", st.st_mode, (int)st.st_uid);
	SAY(bind(kept, (void *)&name, length));
	if (type != SOCK_DGRAM)
		SAY(listen(kept, 2));
	other = MUST(socket(AF_UNIX, type, 0));
	SAY(bind(other, (void *)&name, length));
	length = sockets_named(&name, "/tmp/missing/x", 15);
	SAY(bind(other, (void *)&name, length));
	SAY(connect(other, (void *)&name, length));
	length = sockets_named(&name, "/tmp", 5);
	SAY(connect(other, (void *)&name, length));
	SAY(bind(other, (void *)&name, length));
	length = sockets_named(&name, "/tmp/", 6);
	SAY(bind(other, (void *)&name, length));
	length = sockets_named(&name, "/", 2);
	SAY(bind(other, (void *)&name, length));
	fd = MUST(socket(AF_UNIX, type, 0));
	length = sockets_named(&name, whole, sizeof(whole) - 1);
	SAY(bind(fd, (void *)&name, length));
	say_name("whole", fd, getsockname);
	close(fd);
	length = sockets_named(&name, dots, sizeof(dots));
	SAY(connect(other, (void *)&name, length));
	say_name("its peer", other, getpeername);
	fd = MUST(socket(AF_UNIX, type, 0));
	SAY(bind(fd, (void *)&name, 2));
	say_name("autobound is there", fd, getpeername);
	close(fd);
	close(other);
	fd = MUST(socket(AF_UNIX, type, 0));
	length = sockets_named(&name, "\0abstract", 9);
	SAY(bind(fd, (void *)&name, length));
	say_name("abstract", fd, getsockname);
	other = MUST(socket(AF_UNIX, type, 0));
	SAY(connect(other, (void *)&name, length));
	length = sockets_named(&name, "\0nobody", 7);
	SAY(connect(other, (void *)&name, length));
	length = sockets_named(&name, linked, sizeof(linked));
	SAY(bind(other, (void *)&name, length));
	SAY(connect(other, (void *)&name, length));
	close(fd);
	close(other);
	close(kept);
}

int
sockets_calls(char **argv)
{
	(void)argv;
	tcp();
	udp();
	local(SOCK_STREAM);
	local(SOCK_DGRAM);
	local(SOCK_SEQPACKET);
	return 0;
}

static void
say_peer(const char *what, int fd)
{
	struct ucred who;
	socklen_t length = sizeof(who);

	MUST(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length));
	printf("%s: %s ids, process %s\n", what,
	    who.uid == getuid() && who.gid == getgid() ? "own" : "other",
	    who.pid == getpid() ? "right"
	    : who.pid == 0      ? "0"
				: "other");
}

/* Who is at the other end, that this process holds itself. */
int
sockets_peers(char **argv)
{
	struct sockaddr_un name;
	socklen_t length = sockets_named(&name, "\0peer", 5);
	int pair[2];
	int listening = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	(void)argv;
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	say_peer("of a pair", pair[0]);
	MUST(bind(listening, (void *)&name, length));
	MUST(listen(listening, 1));
	MUST(connect(fd, (void *)&name, length));
	say_peer("who listens", fd);
	say_peer("who connects", MUST(accept(listening, NULL, NULL)));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
	int arguments;
} commands[] = {
	{ "calls", sockets_calls, 0 },
	{ "messages", sockets_messages, 0 },
	{ "peers", sockets_peers, 0 },
	{ "to", sockets_to, 3 },
	{ "unsaid", sockets_unsaid, 1 },
	{ "race", sockets_race, 4 },
	{ "wait", sockets_wait, 1 },
	{ "hold", sockets_hold, 1 },
	{ "long", sockets_long, 0 },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (argc == 2 + commands[i].arguments &&
		    strcmp(argv[1], commands[i].name) == 0) {
			int status = commands[i].run(argv + 1);

			return fflush(stdout) == 0 ? status : 3;
		}
	}
	fprintf(stderr, "sockets: see sockets.c\n");
	return 2;
}
