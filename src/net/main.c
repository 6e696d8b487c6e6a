/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-net: read the list, say that it is there, serve, and tell at
 * the end what was refused.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "net.h"
#include "os/os.h"

#define FILE_BYTES (256u << 10)

/* Of a file of the host's; "" when it cannot be read. */
static int
read_file(const char *path, char **out, struct error *e)
{
	AUTO_FREE char *text = calloc(1, FILE_BYTES);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (text == NULL)
		return error_sys(e, "memory");
	for (size_t used = 0; fd >= 0 && used < FILE_BYTES - 1;) {
		ssize_t got = read(fd, text + used, FILE_BYTES - 1 - used);

		if (got <= 0)
			break;
		used += (size_t)got;
	}
	*out = take(&text);
	return 0;
}

static int
read_list(struct outlet *outlet, struct error *e)
{
	char text[GUARD_ALLOW_BYTES + 1];
	size_t used = 0;
	ssize_t got;

	while (used < sizeof(text) - 1 &&
	       (got = read(0, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	return outlet_read_list(outlet, text, e);
}

static int
prepare(struct outlet *outlet, struct forwarder *forwarder, struct error *e)
{
	AUTO_FREE char *hosts = NULL;
	AUTO_FREE char *servers = NULL;

	/* A terminal's signals are for who runs there; it ends with the sentry,
	 * or with lorica. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTSTP, SIG_IGN);
	TRY(read_list(outlet, e));
	TRY(read_file("/etc/hosts", &hosts, e));
	TRY(read_file("/etc/resolv.conf", &servers, e));
	outlet_read_hosts(outlet, hosts);
	forward_read_servers(forwarder, servers);
	return net_confine(e);
}

static int
say(const void *bytes, size_t length)
{
	return os_send(1, bytes, length, MSG_NOSIGNAL) == (ssize_t)length ? 0
									  : -1;
}

static int
report(const struct outlet *outlet)
{
	char line[sizeof(outlet->refusals[0]) + 64];
	size_t length;

	for (size_t i = 0;
	     (length = outlet_report(outlet, i, line, sizeof(line))) > 0; i++) {
		if (say(line, length) < 0)
			return -1;
	}
	return 0;
}

static void
outlet_free(struct outlet **outlet)
{
	if (*outlet != NULL)
		guard_allow_free(&(*outlet)->allow);
	free(*outlet);
}

static int
run(struct outlet *outlet, struct forwarder *forwarder)
{
	struct error e = { 0 };

	(void)prepare(outlet, forwarder, &e);
	if (say(&e, sizeof(e)) < 0 || e.code != 0)
		return 1;
	int failed = net_serve(outlet, forwarder, &e);
	return report(outlet) < 0 || failed < 0 ? 1 : 0;
}

int
main(void)
{
	AUTO(outlet_free)
	struct outlet *outlet = calloc(1, sizeof(*outlet));
	AUTO_FREE struct forwarder *forwarder = calloc(1, sizeof(*forwarder));

	return outlet == NULL || forwarder == NULL ? 1 : run(outlet, forwarder);
}
