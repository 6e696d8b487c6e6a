/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow - a list of destinations that may be reached: names, networks, ports.
 *
 * Layer 1. Part of guard, and as pure. "pypi.org:443", "*.example.com",
 * "10.1.0.0/16:5432", "[2001:db8::/32]:8000-8010", separated by commas; without
 * a port it is any. A name without a dot needs one, as it may be a mistake.
 *
 * Some addresses are special: the loopback, private and link-local networks,
 * multicast, where clouds hand out credentials. No name speaks for them, as
 * whoever owns a name says what it is: only an address or a network does that
 * lies wholly in that range. So "0.0.0.0/0" names none of them, and
 * "169.254.0.0/16" not the one with the credentials.
 *
 * An address is an IPv6 one here; 1.2.3.4 is ::ffff:1.2.3.4.
 */
#ifndef GUARD_ALLOW_H
#define GUARD_ALLOW_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/error.h"

#define GUARD_ALLOW_BYTES 8192
#define GUARD_NAME_BYTES  254 /* with its NUL */

struct guard_allow;

/* Errors name the word. */
int guard_allow_parse(const char *text, struct guard_allow **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A list that has nothing in it. */
int guard_allow_none(struct guard_allow **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void guard_allow_free(struct guard_allow **allow) __attribute__((nonnull));

/* A name in lower case, without its last dot. False: it is none. */
bool guard_name_read(const char *text, size_t length,
    char out[GUARD_NAME_BYTES]) __attribute__((nonnull));

/* Is the name, as guard_name_read() has it, listed for that port? 0: for any.
 */
bool guard_allow_name(const struct guard_allow *allow, const char *name,
    unsigned port) __attribute__((nonnull));

/* Is the address listed for that port, by itself or its network? */
bool guard_allow_address(const struct guard_allow *allow,
    const struct in6_addr *address, unsigned port) __attribute__((nonnull));

/* The network or the address, for any port. */
bool guard_allow_names(const struct guard_allow *allow,
    const struct in6_addr *address) __attribute__((nonnull));

/* Is the address listed for that port by itself, not by a network? */
bool guard_allow_itself(const struct guard_allow *allow,
    const struct in6_addr *address, unsigned port) __attribute__((nonnull));

/* Does no name speak for it? */
bool guard_allow_is_special(const struct guard_allow *allow,
    const struct in6_addr *address) __attribute__((nonnull));

/* 127.0.0.0/8, ::1 */
bool guard_is_loopback(const struct in6_addr *address) __attribute__((nonnull));

/* An address of IPv4 or IPv6 as that; false: of another family, too short. */
bool guard_address_read(const struct sockaddr *address, socklen_t length,
    struct in6_addr *out, unsigned *port) __attribute__((nonnull));

/* "1.2.3.4", "2001:db8::1" */
#define GUARD_ADDRESS_TEXT 48
void guard_address_text(const struct in6_addr *address,
    char out[GUARD_ADDRESS_TEXT]) __attribute__((nonnull));

/*
 * What both lists allow, in out; of "over", what "there" has not, in more.
 * Words, separated by commas; "" is none. Both lists were parsed before.
 * Returns 0, or -1 when there is no room.
 */
int guard_allow_narrow(const char *over, const char *there,
    char out[GUARD_ALLOW_BYTES], char more[GUARD_ALLOW_BYTES])
    __attribute__((nonnull, warn_unused_result));

#endif
