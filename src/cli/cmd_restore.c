/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "cli.h"

int
cli_restore(struct cli_call *call, struct error *e)
{
	struct container_create request = { .bundle = "." };
	struct container_images images = { .status_fd = -1 };
	struct cli_images shared = { .images = &images };
	const struct container_intercept intercept = {
		.mode_by_name = call->cli->mode_by_name
	};
	bool ignored = false;
	struct cli_option options[CLI_IMAGES_OPTIONS + 14] = {
		{ "bundle", 'b', "DIR", "of config.json; else the working one",
		    .value = &request.bundle },
		{ "config", 'f', "FILE", "in the bundle, for config.json",
		    .value = &request.config },
		{ "console-socket", 0, "PATH", "gets the terminal's master",
		    .value = &request.console_socket },
		{ "pid-file", 0, "PATH", "gets init's pid",
		    .value = &request.pid_file },
		{ "pidfd-socket", 0, "PATH", "gets a pidfd of init",
		    .value = &request.pidfd_socket },
		{ "detach", 'd', NULL, "return once it runs",
		    .flag = &request.detach },
		{ "keep", 0, NULL, "do not delete it when it has ended",
		    .flag = &request.keep },
		{ "lsm-profile", 0, "TYPE:NAME", "a label in place of its own",
		    .value = &images.lsm_profile },
		{ "lsm-mount-context", 0, "CONTEXT",
		    "the label of its mounts, in place of theirs",
		    .value = &images.lsm_mount_context },
		/* criu makes the root, and no keyring. */
		{ "no-pivot", .flag = &ignored },
		{ "no-new-keyring", .flag = &ignored },
		{ "no-subreaper", .flag = &ignored },
	};

	cli_images_options(&shared, options + 12);
	TRY(cli_one_id(call, options, e));
	cli_images_finish(&shared);
	request.id = call->id;
	request.held = -1;
	request.intercept = &intercept;
	cli_request_globals(call->cli, &request);
	return container_restore(call->cli->root, &request, &images,
	    &call->status, e);
}
