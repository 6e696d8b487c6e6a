/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach - the parts of reach.c.
 */
#ifndef REACH_H
#define REACH_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct reach_address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t length;
};

/* "yes", or the errno's name. */
const char *reach_word(long result);

/* Exits where it is none. */
struct reach_address reach_address(const char *host, const char *port);

/* Like the address, with a limit for receiving. */
int reach_socket(const struct reach_address *like, int type);

/* What nobody may do with a socket that is connected outside: a line each. */
void reach_misuse(int tcp_fd, int udp_fd, const struct reach_address *bad);

/* reach_serve.c */
int reach_serve(int argc, char **argv);
int reach_name(const char *name, const char *type);

#endif
