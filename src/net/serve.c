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

/* Who has asked for a name that somebody is asked about. */
struct held {
	bool is_there;
	struct forward_client client;
	struct dns_question question;
};

#define HELD_MAX 32

struct server {
	struct outlet *outlet;
	struct forwarder *forwarder;
	int dns;
	bool is_alone; /* lorica has gone */
	struct held held[HELD_MAX];
};

/* ---- the sentry ---------------------------------------------------------- */

static int
answer(int result, int fd)
{
	const struct relay_answer answer = { .result = result };

	return os_send_fd(NET_FD_RELAY, &answer, sizeof(answer), fd);
}

/* What becomes of it: RELAY_*, or -errno; with RELAY_OUTSIDE a socket. */
static int
decide(struct server *server, const struct relay_question *question, int like,
    int *fd)
{
	struct outlet_call call = { question->address, question->port,
		.ticket = question->ticket, .pid = question->pid };
	int is_own = hand_is_own(&call.address);

	call.is_own = is_own > 0;
	switch (outlet_decide(server->outlet, &call)) {
	case OUTLET_OUT:
		break;
	case OUTLET_OWN:
		return RELAY_OWN;
	case OUTLET_WAIT:
		return RELAY_WAIT;
	case OUTLET_REFUSED:
	default:
		return -EACCES;
	}
	if (is_own < 0 && !guard_allow_itself(server->outlet->allow,
			      &call.address, call.port))
		return is_own;
	*fd = hand_make(question, like);
	return *fd < 0 ? *fd : RELAY_OUTSIDE;
}

/* The task's socket is closed while the sentry still has it: to close the last
 * may wait, socket(7). */
static int
ask(struct server *server, const struct relay_question *question, int *like)
{
	AUTO_FD int fd = -1;
	int result = decide(server, question, *like, &fd);

	auto_close(like);
	*like = -1;
	return answer(result, fd);
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
		failed = ask(server, &question, &fd);
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

/* Who finds no room asks again. */
static void
hold(struct server *server, const struct forward_client *client,
    const struct dns_question *question)
{
	for (size_t i = 0; i < HELD_MAX; i++) {
		if (server->held[i].is_there)
			continue;
		server->held[i] = (struct held){ true, *client, *question };
		return;
	}
}

static void
look_up(struct server *server, const struct forward_client *client,
    const struct dns_question *question)
{
	struct dns_answer answer = { .code = DNS_NO_NAME };
	enum outlet_decision decision =
	    question->is_name ? outlet_may_ask(server->outlet, question->name)
			      : OUTLET_REFUSED;

	if (decision == OUTLET_WAIT) {
		hold(server, client, question);
		return;
	}
	if (decision != OUTLET_OUT) {
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
hear_client(struct server *server)
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

/* ---- lorica, which asks somebody ----------------------------------------- */

/* Those that still wait are held again. */
static void
look_up_held(struct server *server)
{
	for (size_t i = 0; i < HELD_MAX; i++) {
		const struct held held = server->held[i];

		server->held[i].is_there = false;
		if (held.is_there)
			look_up(server, &held.client, &held.question);
	}
}

static void
ask_somebody(struct server *server)
{
	struct inquiries *inquiries = &server->outlet->inquiries;
	const struct inquiry *next = inquiry_next(inquiries);

	if (next == NULL)
		return;
	struct relay_inquiry inquiry = { .pid = next->pid,
		.id = next->id,
		.until_ms =
		    next->asked_ms + RELAY_INQUIRY_SECONDS * UINT64_C(1000) };
	memcpy(inquiry.item, next->item, sizeof(inquiry.item));
	memcpy(inquiry.note, next->note, sizeof(inquiry.note));
	/* Who is not there does not answer in time. */
	(void)os_send(NET_FD_LORICA, &inquiry, sizeof(inquiry),
	    MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
hear_lorica(struct server *server)
{
	struct relay_verdict verdict;
	ssize_t got =
	    recv(NET_FD_LORICA, &verdict, sizeof(verdict), MSG_DONTWAIT);

	/* It will not say anything any more. */
	if (got == 0)
		server->is_alone = true;
	if (got == (ssize_t)sizeof(verdict))
		outlet_answer(server->outlet, &verdict);
}

/* ---- the loop ------------------------------------------------------------ */

#define FIRST_FORWARD 3

/* How often inquiries are looked at, while there are some. */
#define INQUIRY_MS 200

static int
wait_time(const struct server *server)
{
	const struct forwarder *forwarder = server->forwarder;
	uint64_t now = forward_now_ms(), least = UINT64_MAX;

	if (inquiry_is_open(&server->outlet->inquiries))
		least = now + INQUIRY_MS;

	for (size_t i = 0; i < FORWARD_MAX; i++) {
		const struct forward *item = &forwarder->items[i];

		if (item->fd >= 0 && item->until_ms < least)
			least = item->until_ms;
	}
	if (least == UINT64_MAX)
		return -1;
	return least <= now ? 0 : (int)(least - now);
}

static void
hear_servers(struct server *server, const struct pollfd *polled, uint64_t now)
{
	struct forward *items = server->forwarder->items;

	for (size_t i = 0; i < FORWARD_MAX; i++) {
		bool is_late = items[i].fd >= 0 && items[i].until_ms <= now;

		if (items[i].fd >= 0 && (polled[i].revents != 0 || is_late))
			hear_server(server, &items[i], polled[i].revents == 0);
	}
}

static void
see_to_inquiries(struct server *server)
{
	if (!server->outlet->inquiries.is_on)
		return;
	look_up_held(server);
	ask_somebody(server);
}

static int
turn(struct server *server, struct error *e)
{
	struct pollfd polled[FIRST_FORWARD + FORWARD_MAX];
	struct inquiries *inquiries = &server->outlet->inquiries;
	bool hears = inquiries->is_on && !server->is_alone;

	polled[0] = (struct pollfd){ NET_FD_RELAY, POLLIN, 0 };
	polled[1] = (struct pollfd){ server->dns, POLLIN, 0 };
	polled[2] = (struct pollfd){ hears ? NET_FD_LORICA : -1, POLLIN, 0 };
	for (size_t i = 0; i < FORWARD_MAX; i++)
		polled[FIRST_FORWARD + i] =
		    (struct pollfd){ server->forwarder->items[i].fd, POLLIN,
			    0 };
	if (poll(polled, ARRAY_SIZE(polled), wait_time(server)) < 0 &&
	    errno != EINTR)
		return error_sys(e, "poll");
	uint64_t now = forward_now_ms();
	inquiry_tick(inquiries, now);
	hear_servers(server, polled + FIRST_FORWARD, now);
	if (polled[1].revents != 0)
		hear_client(server);
	if (polled[2].revents != 0)
		hear_lorica(server);
	int over = polled[0].revents != 0 ? hear_sentry(server, e) : 0;
	see_to_inquiries(server);
	return over;
}

int
net_serve(struct outlet *outlet, struct forwarder *forwarder, struct error *e)
{
	struct server server = { .outlet = outlet,
		.forwarder = forwarder,
		.dns = -1 };
	int over = 0;

	while (over == 0)
		over = turn(&server, e);
	auto_close(&server.dns);
	return over < 0 ? over : 0;
}
