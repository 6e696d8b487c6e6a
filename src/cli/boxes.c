/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "boxes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"
#include "os/os.h"
#include "unpack/unpack.h"

#define BUNDLE "bundle"
#define SOURCE "image" /* a file of the layer's: what the bundle is of */

static void
tell(const struct unpack_result *result)
{
	if (result->devices > 0 || result->attributes > 0)
		fprintf(stderr,
		    "lorica: sandbox: note: left out of the image: %llu device "
		    "nodes, %llu extended attributes\n",
		    (unsigned long long)result->devices,
		    (unsigned long long)result->attributes);
	if (result->user > 0)
		fprintf(stderr,
		    "lorica: sandbox: note: the image's user %u is 0 here: "
		    "there is one id only\n",
		    result->user);
}

static int
unpack(const struct sandbox_layer *layer, const char *source,
    const char *bundle, struct error *e)
{
	const struct unpack_request request = {
		.source = source,
		.limit_bytes = UNPACK_LIMIT_BYTES,
		.limit_files = UNPACK_LIMIT_FILES,
		/* What is made in the directory that is worked in is the
		 * caller's. */
		.rootless = geteuid() != 0,
	};
	struct unpack_result result;

	if (unpack_bundle(&request, bundle, &result, e) < 0)
		return error_wrap(e, "--image %s", source);
	tell(&result);
	return store_file_keep(layer->dir, SOURCE, source, strlen(source), e);
}

/* One that is there is of that image, or the name is taken. */
static int
check_source(const struct sandbox_layer *layer, const char *source,
    struct error *e)
{
	AUTO_FREE char *own = NULL;
	size_t length;

	if (store_file_read(layer->dir, SOURCE, &own, &length, e) < 0)
		return error_wrap(e, "%s", layer->path);
	if (strcmp(own, source) == 0)
		return 0;
	return error_set(e, EEXIST, "--image: the sandbox %s is of %s",
	    layer->name, own);
}

int
boxed_open(const struct sandbox_layer *layer, const char *source,
    struct boxed *out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	if (snprintf(out->bundle, sizeof(out->bundle), "%s/" BUNDLE,
		layer->path) >= (int)sizeof(out->bundle))
		return error_errno(e, ENAMETOOLONG, "%s", layer->path);
	if (faccessat(layer->dir, BUNDLE, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		TRY(unpack(layer, source, out->bundle, e));
	else
		TRY(check_source(layer, source, e));
	AUTO_FD int dir = os_openat2(layer->dir, BUNDLE, O_RDONLY | O_DIRECTORY,
	    0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	if (dir < 0)
		return error_sys(e, "open %s", out->bundle);
	TRY(store_file_read(dir, "config.json", &text, &length, e));
	if (spec_parse(text, length, NULL, NULL, &out->spec, e) < 0 ||
	    spec_validate(out->spec, e) < 0)
		return error_wrap(e, "%s/config.json", out->bundle);
	return out->spec->process != NULL
		   ? 0
		   : error_set(e, EINVAL, "%s/config.json: no process",
			 out->bundle);
}

void
boxed_close(struct boxed *boxed)
{
	spec_free(&boxed->spec);
}
