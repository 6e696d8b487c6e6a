/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve - one thread that waits for all: the sentry, who asks for names, and
 * the host's servers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "net.h"
#include "os/os.h"

struct server {
	struct outlet *outlet;
	struct forwarder *forwarder;
	int dns;
};

/* ---- the sentry ---------------------------------------------------------- */

static int
answer(int result, int fd)
{
	const struct relay_answer answer = { .result = result };

	return os_send_fd(NET_FD_RELAY, &answer, sizeof(answer), fd);
}

/* What a firewall keeps from others, no name and no network opens. */
static int
refuse_own(struct outlet *outlet, const struct relay_question *question)
{
	if (guard_allow_itself(outlet->allow, &question->address,
		question->port))
		return 0;
	int is_own = hand_is_own(&question->address);
	if (is_own <= 0)
		return is_own;
	outlet_note_own(outlet, &question->address, question->port);
	return -EACCES;
}

static int
ask(struct server *server, const struct relay_question *question, int like)
{
	switch (
	    outlet_decide(server->outlet, &question->address, question->port)) {
	case OUTLET_OUT:
		break;
	case OUTLET_OWN:
		return answer(RELAY_OWN, -1);
	case OUTLET_REFUSED:
	default:
		return answer(-EACCES, -1);
	}
	int failed = refuse_own(server->outlet, question);
	if (failed < 0)
		return answer(failed, -1);
	AUTO_FD int fd = hand_make(question, like);
	return fd < 0 ? answer(fd, -1) : answer(RELAY_OUTSIDE, fd);
}

/* Returns 1 when there is nobody any more. */
static int
hear_sentry(struct server *server, struct error *e)
{
	struct relay_question question;
	AUTO_FD int fd = -1;
	ssize_t got =
	    os_receive_fd(NET_FD_RELAY, &question, sizeof(question), &fd);

	if (got == 0)
		return 1;
	if (got != (ssize_t)sizeof(question))
		return error_set(e, EPROTO, "a malformed question");
	int failed;
	if (question.kind == RELAY_BEGIN && server->dns < 0 && fd >= 0) {
		server->dns = take_fd(&fd);
		failed = answer(RELAY_OWN, -1);
	} else if (question.kind == RELAY_ASK && fd >= 0) {
		failed = ask(server, &question, fd);
	} else {
		return error_set(e, EPROTO, "a question that has no answer");
	}
	return failed < 0 ? 1 : 0;
}

/* ---- names --------------------------------------------------------------- */

static void
send_answer(const struct server *server, const struct forward_client *client,
    const struct dns_question *question, const struct dns_answer *answer)
{
	uint8_t bytes[DNS_BYTES];
	size_t length = dns_write_answer(question, answer, bytes);

	/* Who does not take it asks again. */
	(void)sendto(server->dns, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&client->address, client->length);
}

static void
send_addresses(const struct server *server, const struct forward_client *client,
    const struct dns_question *question, struct dns_answer *answer)
{
	outlet_pin(server->outlet, question->name, answer);
	send_answer(server, client, question, answer);
}

static bool
is_address(const struct dns_question *question)
{
	return question->type == DNS_TYPE_A || question->type == DNS_TYPE_AAAA;
}

static void
look_up(const struct server *server, const struct forward_client *client,
    const struct dns_question *question)
{
	struct dns_answer answer = { .code = DNS_NO_NAME };

	if (!question->is_name ||
	    !outlet_may_ask(server->outlet, question->name)) {
		send_answer(server, client, question, &answer);
		return;
	}
	/* Of what is no address nothing is known, or told. */
	answer.code = DNS_FINE;
	if (!is_address(question) ||
	    outlet_known(server->outlet, question, &answer)) {
		send_addresses(server, client, question, &answer);
		return;
	}
	answer = (struct dns_answer){ .code = DNS_FAILED };
	if (!forward_ask(server->forwarder, question, client))
		send_answer(server, client, question, &answer);
}

static void
hear_client(const struct server *server)
{
	uint8_t bytes[DNS_READ];
	struct forward_client client = { .length = sizeof(client.address) };
	struct dns_question question;
	struct dns_answer answer = { .code = DNS_FINE };
	ssize_t got = recvfrom(server->dns, bytes, sizeof(bytes), MSG_DONTWAIT,
	    (struct sockaddr *)&client.address, &client.length);

	if (got < 0 ||
	    !dns_read_question(bytes, (size_t)got, &question, &answer.code))
		return;
	if (answer.code != DNS_FINE)
		send_answer(server, &client, &question, &answer);
	else
		look_up(server, &client, &question);
}

static void
hear_server(const struct server *server, struct forward *item, bool is_late)
{
	const struct dns_question question = item->question;
	const struct forward_client client = item->client;
	struct dns_answer answer;

	if (forward_hear(server->forwarder, item, is_late, &answer))
		send_addresses(server, &client, &question, &answer);
}

/* ---- the loop ------------------------------------------------------------ */

#define FIRST_FORWARD 2

static int
wait_time(const struct forwarder *forwarder)
{
	uint64_t now = forward_now_ms(), least = UINT64_MAX;

	for (size_t i = 0; i < FORWARD_MAX; i++) {
		const struct forward *item = &forwarder->items[i];

		if (item->fd >= 0 && item->until_ms < least)
			least = item->until_ms;
	}
	if (least == UINT64_MAX)
		return -1;
	return least <= now ? 0 : (int)(least - now);
}

static int
turn(struct server *server, struct error *e)
{
	struct pollfd polled[FIRST_FORWARD + FORWARD_MAX];
	struct forward *items = server->forwarder->items;

	polled[0] = (struct pollfd){ NET_FD_RELAY, POLLIN, 0 };
	polled[1] = (struct pollfd){ server->dns, POLLIN, 0 };
	for (size_t i = 0; i < FORWARD_MAX; i++)
		polled[FIRST_FORWARD + i] =
		    (struct pollfd){ items[i].fd, POLLIN, 0 };
	if (poll(polled, ARRAY_SIZE(polled), wait_time(server->forwarder)) <
		0 &&
	    errno != EINTR)
		return error_sys(e, "poll");
	uint64_t now = forward_now_ms();
	for (size_t i = 0; i < FORWARD_MAX; i++) {
		bool is_late = items[i].fd >= 0 && items[i].until_ms <= now;

		if (items[i].fd >= 0 &&
		    (polled[FIRST_FORWARD + i].revents != 0 || is_late))
			hear_server(server, &items[i],
			    polled[FIRST_FORWARD + i].revents == 0);
	}
	if (polled[1].revents != 0)
		hear_client(server);
	return polled[0].revents != 0 ? hear_sentry(server, e) : 0;
}

int
net_serve(struct outlet *outlet, struct forwarder *forwarder, struct error *e)
{
	struct server server = { outlet, forwarder, -1 };
	int over = 0;

	while (over == 0)
		over = turn(&server, e);
	auto_close(&server.dns);
	return over < 0 ? over : 0;
}
