/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forward - ask the host's servers: each question by a socket and a number of
 * its own, so that nobody can guess the answer into it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "net.h"

#define PORT     53
#define WAIT_MS  2500
#define TRIES_OF 2 /* each server */

uint64_t
forward_now_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static socklen_t
length_of(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(struct sockaddr_in6);
}

static void
add_server(struct forwarder *forwarder, const char *word)
{
	struct sockaddr_storage *server =
	    &forwarder->servers[forwarder->servers_count];
	struct sockaddr_in *in = (struct sockaddr_in *)server;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)server;

	if (forwarder->servers_count == FORWARD_SERVERS)
		return;
	memset(server, 0, sizeof(*server));
	if (inet_pton(AF_INET, word, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(PORT);
	} else if (inet_pton(AF_INET6, word, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(PORT);
	} else {
		return;
	}
	forwarder->servers_count++;
}

void
forward_read_servers(struct forwarder *forwarder, char *text)
{
	static const char blank[] = " \t\r";
	char *lines, *words;

	for (size_t i = 0; i < FORWARD_MAX; i++)
		forwarder->items[i].fd = -1;
	for (char *line = strtok_r(text, "\n", &lines); line != NULL;
	     line = strtok_r(NULL, "\n", &lines)) {
		const char *word = strtok_r(line, blank, &words);

		if (word == NULL || strcmp(word, "nameserver") != 0)
			continue;
		word = strtok_r(NULL, blank, &words);
		if (word != NULL)
			add_server(forwarder, word);
	}
	if (forwarder->servers_count == 0)
		add_server(forwarder, "127.0.0.1");
}

/* The next server, or the first again. */
static bool
ask_next(const struct forwarder *forwarder, struct forward *item)
{
	uint8_t bytes[DNS_BYTES];

	while (item->tries < TRIES_OF * forwarder->servers_count) {
		const struct sockaddr_storage *server =
		    &forwarder
			 ->servers[item->tries++ % forwarder->servers_count];
		AUTO_FD int fd = socket(server->ss_family,
		    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		auto_close(&item->fd);
		item->fd = -1;
		if (fd < 0 ||
		    getrandom(&item->id, sizeof(item->id), 0) !=
			(ssize_t)sizeof(item->id) ||
		    connect(fd, (const struct sockaddr *)server,
			length_of(server)) < 0)
			continue;
		size_t length =
		    dns_write_question(&item->question, item->id, bytes);
		if (send(fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
			continue;
		item->fd = take_fd(&fd);
		item->until_ms = forward_now_ms() + WAIT_MS;
		return true;
	}
	return false;
}

bool
forward_ask(struct forwarder *forwarder, const struct dns_question *question,
    const struct forward_client *client)
{
	for (size_t i = 0; i < FORWARD_MAX; i++) {
		struct forward *item = &forwarder->items[i];

		if (item->fd >= 0)
			continue;
		*item = (struct forward){ .fd = -1,
			.question = *question,
			.client = *client };
		return ask_next(forwarder, item);
	}
	return false;
}

bool
forward_hear(struct forwarder *forwarder, struct forward *item, bool is_late,
    struct dns_answer *out)
{
	uint8_t bytes[DNS_READ];
	ssize_t got =
	    is_late ? -1 : recv(item->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	/* Somebody else's, which is nothing to go by: wait on. */
	if (got >= 0 && !dns_read_answer(bytes, (size_t)got, item->id,
			    &item->question, out))
		return false;
	if (got < 0 && !is_late && errno == EAGAIN)
		return false;
	if (got >= 0 && out->code != DNS_FAILED) {
		auto_close(&item->fd);
		item->fd = -1;
		return true;
	}
	if (ask_next(forwarder, item))
		return false;
	auto_close(&item->fd);
	item->fd = -1;
	*out = (struct dns_answer){ .code = DNS_FAILED };
	return true;
}
