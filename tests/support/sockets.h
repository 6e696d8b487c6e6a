/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets - what the parts of tests/support/sockets share.
 *
 * A program that talks over sockets with itself, so that it says the same
 * wherever it runs, attacks on who decides about that, and waits.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Print what a call gave: its result, or the name of its error. */
#define SAY(call) sockets_say(#call, (long)(call))
void sockets_say(const char *what, long result);

/* End with a message when it is below 0; else the same. */
#define MUST(call) sockets_must(#call, (int)(call))
int sockets_must(const char *what, int result);

struct sockaddr_in sockets_at(const char *address, int port);

/* The length of a name, of which the first byte may be a NUL. */
socklen_t
sockets_named(struct sockaddr_un *out, const char *name, size_t length);

/* A socket that listens on the loopback; its port. */
int sockets_listener(int type, int *port);

/* The subcommands: argv[0] is their name. */
int sockets_calls(char **argv);
int sockets_messages(char **argv);
int sockets_peers(char **argv);
int sockets_to(char **argv);
int sockets_unsaid(char **argv);
int sockets_race(char **argv);
int sockets_wait(char **argv);
int sockets_hold(char **argv);
int sockets_long(char **argv);

#endif
