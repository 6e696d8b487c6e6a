/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/text.h"
#include "cli.h"

/* One descriptor of the caller's, that can be written to. */
static int
read_descriptor(const char *text, int *out, struct error *e)
{
	uint64_t number;

	if (text == NULL)
		return 0;
	if (!text_parse_u64(text, INT32_MAX, &number))
		return error_set(e, EINVAL, "--status-fd: \"%s\" is no number",
		    text);
	int flags = fcntl((int)number, F_GETFL);
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return error_errno(e, EBADF, "--status-fd %s", text);
	*out = (int)number;
	return 0;
}

static int
check_page_server(const char *text, struct error *e)
{
	const char *colon = text;
	uint64_t port;

	for (const char *at = text; text != NULL && *at != '\0'; at++) {
		if (*at == ':')
			colon = at;
	}
	if (text == NULL ||
	    (colon > text && text_parse_u64(colon + 1, UINT16_MAX, &port) &&
		port > 0))
		return 0;
	return error_set(e, EINVAL, "--page-server: \"%s\" is no ADDRESS:PORT",
	    text);
}

int
cli_checkpoint(struct cli_call *call, struct error *e)
{
	struct container_images images = { .status_fd = -1 };
	struct cli_images shared = { .images = &images };
	const char *status_fd = NULL;
	struct cli_option options[CLI_IMAGES_OPTIONS + 9] = {
		{ "leave-running", 0, NULL, "let the container go on",
		    .flag = &images.leave_running },
		{ "pre-dump", 0, NULL,
		    "its memory alone, for a later --parent-path",
		    .flag = &images.pre_dump },
		{ "status-fd", 0, "FD", "gets a NUL when lazy pages can be had",
		    .value = &status_fd },
		{ "page-server", 0, "ADDRESS:PORT", "where the memory goes",
		    .value = &images.page_server },
	};

	cli_images_options(&shared, options + 4);
	TRY(cli_one_id(call, options, e));
	TRY(read_descriptor(status_fd, &images.status_fd, e));
	TRY(check_page_server(images.page_server, e));
	cli_images_finish(&shared);
	return container_checkpoint(call->cli->root, call->id, &images,
	    cli_takes_warnings(call->cli) ? cli_warn : NULL,
	    (void *)(uintptr_t)call->cli, e);
}
