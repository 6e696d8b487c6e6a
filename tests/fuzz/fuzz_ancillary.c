/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ancillary - control messages: a byte of which bits say what kind of
 * socket they are for and who sends them, and the messages.
 *
 * What is taken is whole, for the kernel too: descriptors that are the sentry's
 * own, and no other's word for who the sender is. Nothing is left open.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "fuzz.h"
#include "os/os.h"
#include "sentry/ancillary.h"
#include "sentry/fetch.h"
#include "sentry/flight.h"

static const int families[] = { AF_UNIX, AF_NETLINK, AF_INET, AF_INET6 };

static struct creds creds = { .uid = 13,
	.gid = 23,
	.uids = { 10, 11, 12 },
	.gids = { 20, 21, 22 } };
static const struct guard_policy *const any_policy = (const void *)&creds;
static struct monitor monitor = { .proc = -1 };
static struct worker worker = { .monitor = &monitor, .listener = -1 };

static void
set_up(unsigned bits)
{
	if (monitor.flight == NULL) {
		monitor.flight = flight_new();
		monitor.proc = os_proc_root();
		monitor.pid = getpid();
		worker.task = (struct task){ .tid = gettid(),
			.pid = getpid(),
			.vtid = 70,
			.vpid = 70,
			.creds = &creds };
		assert(monitor.flight != NULL && monitor.proc >= 0);
	}
	monitor.may_vouch = (bits & 4) != 0;
	/* Of which nothing but that it is there is looked at. */
	monitor.policy = (bits & 8) != 0 ? any_policy : NULL;
	creds.capabilities = (bits & 16) != 0 ? UINT64_C(1) << CAP_SETUID : 0;
}

/* How many descriptors are in it. */
static size_t
check_descriptors(struct cmsghdr *header, const struct ancillary *made,
    size_t before)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		assert(before + i < made->fds_count);
		assert(fd == made->fds[before + i] && fd > 2);
		assert((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	}
	return count;
}

static void
check_credentials(struct cmsghdr *header)
{
	struct ucred said;

	assert(header->cmsg_len == CMSG_LEN(sizeof(said)));
	memcpy(&said, CMSG_DATA(header), sizeof(said));
	assert(said.pid == getpid());
	assert(creds.capabilities != 0 || (said.uid >= 10 && said.uid <= 13));
	assert(said.gid >= 20 && said.gid <= 23);
}

/* As the kernel goes through them: CMSG_OK, CMSG_NXTHDR. */
static void
check(const struct socket *socket, const struct ancillary *made)
{
	bool is_unix = socket->family == AF_UNIX;
	bool has_sender = is_unix || socket->family == AF_NETLINK;
	size_t fds = 0, said = 0, at = 0;

	while (made->length - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr *header = (void *)(made->bytes + at);
		size_t length = header->cmsg_len;
		bool is_sockets = header->cmsg_level == SOL_SOCKET;

		assert(
		    length >= sizeof(*header) && length <= made->length - at);
		if (is_sockets && header->cmsg_type == SCM_RIGHTS && is_unix)
			fds += check_descriptors(header, made, fds);
		if (is_sockets && header->cmsg_type == SCM_CREDENTIALS &&
		    has_sender) {
			check_credentials(header);
			said++;
		}
		if (monitor.policy != NULL)
			assert(header->cmsg_level != IPPROTO_IP ||
			       header->cmsg_type != IP_RETOPTS);
		length = CMSG_ALIGN(length);
		at = length < made->length - at ? at + length : made->length;
	}
	assert(at == made->length);
	assert(fds == made->fds_count && made->vouches == (said > 0));
	assert(said > 0 || !has_sender);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	set_up(data[0]);
	const struct socket socket = { .fd = -1,
		.family = families[data[0] & 3],
		.is_outside = (data[0] & 32) != 0 };
	/* Where a struct may lie, as a copy does. */
	AUTO_FREE char *bytes = size > 1 ? malloc(size - 1) : NULL;
	if (size > 1)
		memcpy(bytes, data + 1, size - 1);
	const struct event_copy control = { .bytes = bytes,
		.length = size - 1 };
	struct ancillary made = { .is_rest = (data[0] & 64) != 0 };
	int least = dup(0);
	close(least);
	if (ancillary_make(&worker, &socket, &control, &made) == 0) {
		check(&socket, &made);
		ancillary_continue(&made);
		check(&socket, &made);
	}
	ancillary_free(&made);
	fetch_end(&worker.fetch);
	int again = dup(0);
	close(again);
	assert(again == least);
	return 0;
}
