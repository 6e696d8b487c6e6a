/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ancillary.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/in6.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "flight.h"

/* The kernel's SCM_MAX_FD. */
#define FDS_MAX 253

#define CAPABILITY(name) (UINT64_C(1) << (name))

/* Packets go by these, and not to the address that was decided on. */
static const struct {
	int level;
	int type;
} routes[] = {
	{ IPPROTO_IP, IP_RETOPTS },
	{ IPPROTO_IPV6, IPV6_RTHDR },
	{ IPPROTO_IPV6, IPV6_RTHDRDSTOPTS },
	{ IPPROTO_IPV6, 5 /* IPV6_2292RTHDR */ },
	{ IPPROTO_IPV6, 6 /* IPV6_2292PKTOPTIONS */ },
};

static bool
is_route(const struct cmsghdr *header)
{
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		if (header->cmsg_level == routes[i].level &&
		    header->cmsg_type == routes[i].type)
			return true;
	}
	return false;
}

/* Which interface it is to leave by. */
static const struct {
	int level;
	int type;
	size_t at;
} interfaces[] = {
	{ IPPROTO_IP, IP_PKTINFO, offsetof(struct in_pktinfo, ipi_ifindex) },
	{ IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_addr) },
	{ IPPROTO_IPV6, 2 /* IPV6_2292PKTINFO */, sizeof(struct in6_addr) },
};

/* The kernel refuses those that are too short. */
static bool
has_interface(struct cmsghdr *header)
{
	int index = 0;

	for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++) {
		if (header->cmsg_level == interfaces[i].level &&
		    header->cmsg_type == interfaces[i].type &&
		    header->cmsg_len >=
			CMSG_LEN(interfaces[i].at + sizeof(index)))
			memcpy(&index, CMSG_DATA(header) + interfaces[i].at,
			    sizeof(index));
	}
	return index != 0;
}

/* ---- descriptors --------------------------------------------------------- */

static int
take_descriptors(struct worker *worker, struct cmsghdr *header,
    struct ancillary *out)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	if (out->fds_count + count > FDS_MAX)
		return -EINVAL;
	int *fds =
	    realloc(out->fds, (out->fds_count + count + 1) * sizeof(int));
	if (fds == NULL)
		return -ENOBUFS;
	out->fds = fds;
	for (size_t i = 0; i < count; i++) {
		unsigned char *at = CMSG_DATA(header) + i * sizeof(int);
		int number;

		memcpy(&number, at, sizeof(number));
		int fd = number < 0 ? -EBADF : fetch(worker, number);
		if (fd < 0)
			return fd;
		out->fds[out->fds_count++] = fd;
		memcpy(at, &fd, sizeof(fd));
	}
	return 0;
}

/* ---- credentials --------------------------------------------------------- */

static bool
is_one_of(unsigned id, const unsigned ids[3])
{
	return id == ids[0] || id == ids[1] || id == ids[2];
}

/* What the kernel would let the task say: unix(7). */
static int
check_credentials(const struct worker *worker, const struct ucred *said)
{
	const struct creds *creds = worker->task.creds;
	uint64_t has = creds->capabilities;

	if (said->pid != worker->task.vpid &&
	    (has & CAPABILITY(CAP_SYS_ADMIN)) == 0)
		return -EPERM;
	if (!is_one_of(said->uid, creds->uids) &&
	    (has & CAPABILITY(CAP_SETUID)) == 0)
		return -EPERM;
	if (!is_one_of(said->gid, creds->gids) &&
	    (has & CAPABILITY(CAP_SETGID)) == 0)
		return -EPERM;
	return 0;
}

/* As the sentry numbers processes, and is allowed to name them. */
static pid_t
sender(const struct worker *worker, const struct socket *socket)
{
	return worker->monitor->may_vouch && socket->family == AF_UNIX
		   ? worker->task.pid
		   : worker->monitor->pid;
}

static int
change_credentials(struct worker *worker, const struct socket *socket,
    struct cmsghdr *header, struct ancillary *out)
{
	struct ucred said;

	if (header->cmsg_len != CMSG_LEN(sizeof(said)))
		return -EINVAL;
	memcpy(&said, CMSG_DATA(header), sizeof(said));
	int failed = check_credentials(worker, &said);
	if (failed < 0)
		return failed;
	/* What another process is called outside is not known here. */
	said.pid = sender(worker, socket);
	memcpy(CMSG_DATA(header), &said, sizeof(said));
	out->said = said;
	out->vouches = true;
	return 0;
}

static void
put_credentials(struct ancillary *out, size_t at)
{
	struct cmsghdr *header = (void *)(out->bytes + at);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_CREDENTIALS;
	header->cmsg_len = CMSG_LEN(sizeof(out->said));
	memcpy(CMSG_DATA(header), &out->said, sizeof(out->said));
	out->length = at + CMSG_SPACE(sizeof(out->said));
}

/* What the kernel would put in: unix(7) has the real ids; netlink(7) gets what
 * may be told without more. */
static void
add_credentials(struct worker *worker, const struct socket *socket,
    struct ancillary *out)
{
	const struct creds *creds = worker->task.creds;
	bool is_unix = socket->family == AF_UNIX;
	struct ucred own = { sender(worker, socket),
		is_unix ? creds->uids[0] : creds->uid,
		is_unix ? creds->gids[0] : creds->gid };

	out->said = own;
	out->vouches = true;
	put_credentials(out, CMSG_ALIGN(out->length));
}

/* ---- all of them --------------------------------------------------------- */

static int
change(struct worker *worker, const struct socket *socket,
    struct cmsghdr *header, struct ancillary *out)
{
	bool is_unix = socket->family == AF_UNIX;
	bool decides =
	    worker->monitor->policy != NULL || worker->monitor->outside != NULL;

	if (decides && is_route(header))
		return -EPERM;
	if (socket->is_outside && has_interface(header))
		return -EPERM;
	if (header->cmsg_level != SOL_SOCKET)
		return 0;
	if (header->cmsg_type == SCM_RIGHTS && is_unix)
		return out->is_rest ? 0 : take_descriptors(worker, header, out);
	if (header->cmsg_type == SCM_CREDENTIALS &&
	    (is_unix || socket->family == AF_NETLINK))
		return change_credentials(worker, socket, header, out);
	return 0;
}

static int
change_all(struct worker *worker, const struct socket *socket,
    struct ancillary *out)
{
	size_t at = 0;

	/* Less than a head is none. */
	while (out->length - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr *header = (void *)(out->bytes + at);
		size_t length = header->cmsg_len;

		if (length < sizeof(*header) || length > out->length - at)
			return -EINVAL;
		int failed = change(worker, socket, header, out);
		if (failed < 0)
			return failed;
		length = CMSG_ALIGN(length);
		at = length < out->length - at ? at + length : out->length;
	}
	/* What is left would be read as the head of another. */
	out->length = at;
	return 0;
}

int
ancillary_make(struct worker *worker, const struct socket *socket,
    const struct event_copy *control, struct ancillary *out)
{
	size_t length = control != NULL ? control->length : 0;
	bool has_sender =
	    socket->family == AF_UNIX || socket->family == AF_NETLINK;

	if (length == 0 && !has_sender)
		return 0;
	out->bytes =
	    calloc(1, CMSG_ALIGN(length) + CMSG_SPACE(sizeof(struct ucred)));
	if (out->bytes == NULL)
		return -ENOBUFS;
	if (length > 0)
		memcpy(out->bytes, control->bytes, length);
	out->length = length;
	int failed = change_all(worker, socket, out);
	if (failed < 0)
		return failed;
	if (has_sender && !out->vouches)
		add_credentials(worker, socket, out);
	if (out->is_rest)
		ancillary_continue(out);
	/* By worker_vouch() the kernel would ask no more. */
	return out->fds_count == 0 ? 0
				   : flight_check(worker->monitor->flight,
					 worker->monitor->proc);
}

static void
close_descriptors(struct ancillary *ancillary)
{
	for (size_t i = 0; i < ancillary->fds_count; i++)
		auto_close(&ancillary->fds[i]);
	ancillary->fds_count = 0;
}

void
ancillary_continue(struct ancillary *ancillary)
{
	close_descriptors(ancillary);
	ancillary->length = 0;
	if (ancillary->vouches)
		put_credentials(ancillary, 0);
}

void
ancillary_free(struct ancillary *ancillary)
{
	close_descriptors(ancillary);
	free(ancillary->fds);
	free(ancillary->bytes);
	*ancillary = (struct ancillary){ 0 };
}

bool
ancillary_may_vouch(pid_t pid)
{
	struct ucred other = { pid, geteuid(), getegid() };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control = { 0 };
	struct msghdr message = { .msg_control = &control,
		.msg_controllen = sizeof(control) };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_CREDENTIALS;
	control.header.cmsg_len = CMSG_LEN(sizeof(other));
	memcpy(CMSG_DATA(&control.header), &other, sizeof(other));
	bool may = sendmsg(pair[0], &message, MSG_DONTWAIT) == 0;
	close(pair[0]);
	close(pair[1]);
	return may;
}
