/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images - the options that checkpoint and restore share.
 */
#include <string.h>

#include "base/auto.h"
#include "cli.h"

/* All that criu can leave empty. */
static const char *const empty_words[] = { "network", NULL };

void
cli_images_options(struct cli_images *shared, struct cli_option *out)
{
	struct container_images *images = shared->images;
	const struct cli_option options[] = {
		{ "image-path", 0, "DIR", "of the images; else \"checkpoint\"",
		    .value = &images->image_path },
		{ "work-path", 0, "DIR", "of criu's log; else --image-path",
		    .value = &images->work_path },
		{ "parent-path", 0, "DIR",
		    "of an earlier --pre-dump, seen from --image-path",
		    .value = &images->parent_path },
		{ "tcp-established", 0, NULL, "connections too",
		    .flag = &images->tcp_established },
		{ "tcp-skip-in-flight", 0, NULL,
		    "not connections that are being made",
		    .flag = &images->tcp_skip_in_flight },
		{ "tcp-close", 0, NULL, "connections come back closed",
		    .flag = &images->tcp_close },
		{ "link-remap", 0, NULL, "files without a name too",
		    .flag = &images->link_remap },
		{ "ext-unix-sk", 0, NULL, "UNIX sockets to others too",
		    .flag = &images->ext_unix_sk },
		{ "shell-job", 0, NULL, "with a terminal of the caller's",
		    .flag = &images->shell_job },
		{ "lazy-pages", 0, NULL, "memory when it is asked for",
		    .flag = &images->lazy_pages },
		{ "file-locks", 0, NULL, "file locks too",
		    .flag = &images->file_locks },
		{ "manage-cgroups-mode", 0, NULL,
		    "how criu makes cgroups; else soft",
		    .words = container_cgroup_modes,
		    .value = &images->manage_cgroups },
		{ "empty-ns", 0, NULL, "a namespace without what is in it",
		    .words = empty_words, .value = &shared->empty },
		{ "auto-dedup", 0, NULL, "no page twice in the images",
		    .flag = &images->auto_dedup },
		{ NULL },
	};

	_Static_assert(ARRAY_SIZE(options) == CLI_IMAGES_OPTIONS,
	    "CLI_IMAGES_OPTIONS");
	memcpy(out, options, sizeof(options));
}

void
cli_images_finish(const struct cli_images *shared)
{
	shared->images->empty_network = shared->empty != NULL;
}
