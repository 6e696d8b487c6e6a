/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "control.h"
#include "os/os.h"
#include "sentry/sentry.h"

static int
take_program(const char *packet, size_t length, struct sentry_program *out,
    struct error *e)
{
	struct control_program head;

	if (length < sizeof(head))
		return error_set(e, EPROTO, "the sentry: a malformed answer");
	memcpy(&head, packet, sizeof(head));
	size_t size = head.count * sizeof(struct sock_filter);
	if (length != sizeof(head) + size || size == 0)
		return error_set(e, EPROTO, "the sentry: a malformed answer");
	struct sock_filter *insns = malloc(size);
	if (insns == NULL)
		return error_sys(e, "memory");
	memcpy(insns, packet + sizeof(head), size);
	*out = (struct sentry_program){ insns, head.count, head.flags,
		head.no_cores };
	return 0;
}

int
sentry_program(int control, struct sentry_program *out, struct error *e)
{
	const size_t size = sizeof(struct control_program) +
			    LIMIT_FILTER_INSNS * sizeof(struct sock_filter);
	AUTO_FREE char *packet = malloc(size);

	if (packet == NULL)
		return error_sys(e, "memory");
	if (os_send_fd(control, CONTROL_PROGRAM, sizeof(CONTROL_PROGRAM), -1) <
	    0)
		return error_sys(e, "ask the sentry");
	ssize_t length = recv(control, packet, size, 0);
	if (length <= 0)
		return error_set(e, ECHILD, "the sentry does not answer");
	return take_program(packet, (size_t)length, out, e);
}

int
sentry_join(int control, pid_t pid, int channel, struct error *e)
{
	struct control_attach request = { .word = CONTROL_ATTACH, .pid = pid };
	int failed = 0;

	if (os_send_fd(control, &request, sizeof(request), channel) < 0)
		return error_sys(e, "ask the sentry");
	if (recv(control, &failed, sizeof(failed), 0) !=
	    (ssize_t)sizeof(failed))
		return error_set(e, ECHILD, "the sentry does not answer");
	return failed == 0 ? 0
			   : error_errno(e, failed < 0 ? -failed : failed,
				 "have the sentry attach");
}
