/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_events - in place of an interception layer: its socket, and who listens
 * gets each line of the standard input as a packet.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0)
		return -1;
	return fd;
}

int
probe_events(const char *path)
{
	static char line[65536];
	int fd = listen_at(path);

	if (fd < 0) {
		perror(path);
		return EXIT_FAILURE;
	}
	int listener = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	ssize_t got = read(listener, line, sizeof(line));
	/* With the NUL. */
	if (got != 8 || memcmp(line, "events\n", 8) != 0)
		return 2;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (write(listener, line, strlen(line)) < 0)
			return 3;
	}
	return unlink(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
