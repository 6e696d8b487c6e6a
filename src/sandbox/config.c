/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config - config.json of a sandbox.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "box.h"
#include "os/os.h"

static void
put_strings(FILE *out, const char *name, const char *const *items, size_t count)
{
	fprintf(out, "\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, items[i]);
	}
	fputc(']', out);
}

/* What is no text is given to the runtime as it is, beside this. */
static void
put_args(FILE *out, const struct spec_strings *args)
{
	fputs("\"args\":[", out);
	for (size_t i = 0; i < args->count; i++) {
		char shown[4096];
		struct text_out text = text_out(shown, sizeof(shown));
		const char *at = args->items[i];

		while (*at != '\0' && text_utf8_length(at) > 0)
			at += text_utf8_length(at);
		if (i > 0)
			fputc(',', out);
		if (*at != '\0')
			text_put_escaped(&text, args->items[i]);
		json_put_string(out, *at != '\0' ? shown : args->items[i]);
	}
	fputs("],", out);
}

/* ---- process ------------------------------------------------------------- */

bool
box_performs(const struct sandbox *sandbox)
{
	const struct sandbox_options *options = &sandbox->request->options;
	const char *mode = options->intercept;

	return mode != NULL
		   ? strcmp(mode, "observe") != 0 && strcmp(mode, "off") != 0
		   : options->root || sandbox->net != NULL;
}

/* Those of the image's user, where there are others than the caller's. */
static void
put_groups(FILE *out, const struct sandbox_request *request)
{
	const struct spec_user *user =
	    request->image != NULL ? &request->image->process->user : NULL;

	if (user == NULL || geteuid() != 0 || request->options.user != NULL ||
	    user->additional_gids_count == 0)
		return;
	fputs(",\"additionalGids\":[", out);
	for (size_t i = 0; i < user->additional_gids_count; i++)
		fprintf(out, "%s%" PRIu32, i > 0 ? "," : "",
		    user->additional_gids[i]);
	fputc(']', out);
}

static void
put_process(FILE *out, const struct sandbox *sandbox,
    const struct limits *limits)
{
	const struct sandbox_request *request = sandbox->request;

	fprintf(out, "\"process\":{\"terminal\":%s,",
	    request->terminal ? "true" : "false");
	put_args(out, request->args.count > 0 || request->image == NULL
			  ? &request->args
			  : &request->image->process->args);
	put_strings(out, "env", sandbox->env.items, sandbox->env.count);
	fputs(",\"cwd\":", out);
	/* The image's own command works where the image says. */
	json_put_string(out, request->image != NULL &&
				     request->args.count == 0 &&
				     request->options.cwd == NULL
				 ? request->image->process->cwd
				 : sandbox->cwd);
	fprintf(out, ",\"user\":{\"uid\":%" PRIu32 ",\"gid\":%" PRIu32,
	    (uint32_t)sandbox->uid, (uint32_t)sandbox->gid);
	put_groups(out, request);
	fputc('}', out);
	fputs(",\"capabilities\":{},\"noNewPrivileges\":true,\"rlimits\":[",
	    out);
	limits_put_rlimits(out, limits, request->has_cgroup);
	fputs("]},", out);
}

/* ---- mounts -------------------------------------------------------------- */

/* A directory of an overlay, by its whole path; ends in mid-text. */
static void
put_overlay_dir(FILE *out, const char *name, const char *top, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *option = open_memstream(&text, &length);

	if (option == NULL)
		return;
	fprintf(option, "%s=", name);
	for (const char *const parts[] = { top, path }, *const *part = parts;
	     part < parts + ARRAY_SIZE(parts); part++) {
		/* As overlayfs reads it. */
		for (const char *at = *part; *at != '\0'; at++) {
			if (strchr("\\:,", *at) != NULL)
				fputc('\\', option);
			fputc(*at, option);
		}
	}
	if (fclose(option) == 0) {
		json_put_string(out, text);
		fputc(',', out);
	}
}

static void
put_overlay(FILE *out, const struct sandbox *sandbox, const struct place *place,
    size_t number)
{
	const char *layer = sandbox->request->layer->path;
	char work[LAYER_WORK_NAME];

	fputs(",{\"destination\":", out);
	json_put_string(out, place->path);
	fputs(",\"type\":\"overlay\",\"source\":\"overlay\",\"options\":[",
	    out);
	put_overlay_dir(out, "lowerdir", "", place->path);
	put_overlay_dir(out, "upperdir", layer,
	    path_format(sandbox->arena, "/upper%s", place->path));
	layer_work_name(work, number);
	put_overlay_dir(out, "workdir", layer,
	    path_format(sandbox->arena, "/%s", work));
	fputs("\"userxattr\",\"nosuid\",\"nodev\"]}", out);
}

static void
put_place(FILE *out, const struct place *place)
{
	static const struct {
		const char *type;
		const char *options;
	} rows[] = {
		[PLACE_RO] = { "bind", "\"rbind\",\"ro\",\"nosuid\",\"nodev\","
				       "\"rro\",\"rnosuid\",\"rnodev\"" },
		[PLACE_RW] = { "bind",
		    "\"rbind\",\"nosuid\",\"nodev\",\"rnosuid\",\"rnodev\"" },
		[PLACE_TMPFS] = { "tmpfs",
		    "\"nosuid\",\"nodev\",\"mode=1777\"" },
	};
	bool is_tmpfs = place->kind == PLACE_TMPFS;

	fputs(",{\"destination\":", out);
	json_put_string(out, place->path);
	fprintf(out, ",\"type\":\"%s\",\"source\":", rows[place->kind].type);
	json_put_string(out, is_tmpfs ? "tmpfs" : place->source);
	fprintf(out, ",\"options\":[%s]}",
	    place->options != NULL ? place->options
				   : rows[place->kind].options);
}

static void
put_root(FILE *out, const struct sandbox *sandbox)
{
	const char *bundle = sandbox->request->bundle;
	const char *path =
	    bundle == NULL ? "/"
			   : path_format(sandbox->arena, "%s/rootfs", bundle);

	fputs("\"root\":{\"path\":", out);
	json_put_string(out, path != NULL ? path : "");
	/* Before all else, so that no mount point is made in the machine's. */
	fprintf(out,
	    ",\"readonly\":%s},\"mounts\":[{\"destination\":\"/\","
	    "\"type\":\"bind\",\"source\":\"/\",\"options\":[\"remount\","
	    "\"rbind\",%s\"nosuid\",\"nodev\",\"rnosuid\",\"rnodev\"]},",
	    bundle == NULL ? "true" : "false",
	    bundle == NULL ? "\"ro\",\"rro\"," : "");
}

static void
put_mounts(FILE *out, const struct sandbox *sandbox)
{
	put_root(out, sandbox);
	fputs("{\"destination\":\"/proc\",\"type\":\"proc\","
	      "\"source\":\"proc\",\"options\":[\"nosuid\",\"noexec\","
	      "\"nodev\"]},"
	      "{\"destination\":\"/dev\",\"type\":\"tmpfs\","
	      "\"source\":\"tmpfs\",\"options\":[\"nosuid\",\"noexec\","
	      "\"strictatime\",\"mode=755\",\"size=64k\"]},"
	      "{\"destination\":\"/dev/pts\",\"type\":\"devpts\","
	      "\"source\":\"devpts\",\"options\":[\"nosuid\",\"noexec\","
	      "\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]},"
	      "{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\","
	      "\"source\":\"shm\",\"options\":[\"nosuid\",\"nodev\","
	      "\"mode=1777\"]},"
	      "{\"destination\":\"/dev/mqueue\",\"type\":\"mqueue\","
	      "\"source\":\"mqueue\",\"options\":[\"nosuid\",\"noexec\","
	      "\"nodev\"]}",
	    out);
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *place = &sandbox->places[i];

		if (place->kind == PLACE_OVERLAY)
			put_overlay(out, sandbox, place, i);
		else if (place->kind != PLACE_LAYERED)
			put_place(out, place);
	}
	fputs("],", out);
}

/* ---- linux --------------------------------------------------------------- */

static void
put_map(FILE *out, const char *name, uint32_t inside, uint32_t outside)
{
	fprintf(out,
	    "\"%s\":[{\"containerID\":%" PRIu32 ",\"hostID\":%" PRIu32
	    ",\"size\":1}],",
	    name, inside, outside);
}

/* Root's images have the ids that they say. */
static void
put_own_ids(FILE *out, const char *name)
{
	fprintf(out,
	    "\"%s\":[{\"containerID\":0,\"hostID\":0,\"size\":65536}],", name);
}

static void
put_linux(FILE *out, const struct sandbox *sandbox, const struct limits *limits)
{
	static const char *const always[] = { "pid", "ipc", "uts", "cgroup" };
	const struct sandbox_request *request = sandbox->request;

	fputs("\"linux\":{", out);
	if (request->no_user_namespace) {
		/* None, and no ids of it. */
	} else if (request->image != NULL && geteuid() == 0) {
		put_own_ids(out, "uidMappings");
		put_own_ids(out, "gidMappings");
	} else {
		put_map(out, "uidMappings", (uint32_t)sandbox->uid,
		    (uint32_t)getuid());
		put_map(out, "gidMappings", (uint32_t)sandbox->gid,
		    (uint32_t)getgid());
	}
	fputs("\"namespaces\":[{\"type\":\"mount\"}", out);
	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		fprintf(out, ",{\"type\":\"%s\"}", always[i]);
	if (!sandbox->has_network)
		fputs(",{\"type\":\"network\"}", out);
	if (!request->no_user_namespace)
		fputs(",{\"type\":\"user\"}", out);
	fputs("],", out);
	if (request->has_cgroup) {
		fputs("\"resources\":{", out);
		limits_put_resources(out, limits);
		fputs("},", out);
	}
	put_strings(out, "maskedPaths", sandbox->masked.items,
	    sandbox->masked.count);
	fputc(',', out);
	put_strings(out, "readonlyPaths", sandbox->readonly.items,
	    sandbox->readonly.count);
	fputc('}', out);
}

int
config_put(FILE *out, const struct sandbox *sandbox,
    const struct limits *limits)
{
	fputs("{\"ociVersion\":\"1.3.0\",", out);
	put_process(out, sandbox, limits);
	fputs("\"hostname\":\"sandbox\",", out);
	put_mounts(out, sandbox);
	fprintf(out,
	    "\"annotations\":{\"%s\":\"build\",\"%s\":\"true\","
	    "\"%s\":\"true\",\"%s\":\"true\"",
	    SPEC_PROFILE_ANNOTATION, SPEC_INIT_ANNOTATION,
	    SPEC_NO_LINKS_ANNOTATION, SPEC_APART_ANNOTATION);
	if (sandbox->request->options.root)
		fprintf(out, ",\"%s\":\"true\"", SPEC_PRETEND_ANNOTATION);
	if (limits->seconds > 0)
		fprintf(out, ",\"%s\":\"%" PRIu64 "\"", SPEC_TIME_ANNOTATION,
		    limits->seconds);
	if (sandbox->net != NULL) {
		fputs(",\"dev.lorica.net\":", out);
		json_put_string(out, sandbox->net);
	}
	if (config_put_landlock(out, sandbox) < 0)
		return -1;
	fputs("},", out);
	put_linux(out, sandbox, limits);
	fputs("}\n", out);
	return 0;
}
