/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "filter/filter.h"
#include "os/os.h"

/* config-linux.md, "The Container Process State". */
static char *
process_state(const struct spec_seccomp *profile, int pid, const char *state,
    size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (out == NULL)
		return NULL;
	fprintf(out,
	    "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],"
	    "\"pid\":%d,\"metadata\":",
	    pid);
	json_put_string(out, profile->listener_metadata != NULL
				 ? profile->listener_metadata
				 : "");
	fprintf(out, ",\"state\":%s}", state);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int
filter_notify_send(const struct spec_seccomp *profile, int listener, int pid,
    const char *state, struct error *e)
{
	const char *path = profile->listener_path;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = 0;
	AUTO_FREE char *text = process_state(profile, pid, state, &length);

	if (text == NULL)
		return error_errno(e, ENOMEM, "seccomp state");
	if (path == NULL || strlen(path) >= sizeof(address.sun_path))
		return error_set(e, EINVAL,
		    "linux.seccomp.listenerPath: cannot be connected to");
	memcpy(address.sun_path, path, strlen(path) + 1);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e,
		    "linux.seccomp.listenerPath: connect to "
		    "%s",
		    path);

	if (os_send_fd(fd, text, length, listener) < 0)
		return error_sys(e, "linux.seccomp.listenerPath: send to %s",
		    path);
	return 0;
}
