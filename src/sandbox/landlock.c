/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock - what config.json of a sandbox asks of Landlock.
 */
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "box.h"
#include "os/os.h"

/* What is in another that is the same of the host's needs no rule of its own,
 * and whoever else writes there could have renamed it. */
static bool
is_in_another(const struct sandbox *sandbox, const struct place *place)
{
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at != place && at->kind == PLACE_RW &&
		    place->kind == PLACE_RW &&
		    strcmp(at->source, at->path) == 0 &&
		    strcmp(place->source, place->path) == 0 &&
		    path_is_in(place->path, at->path))
			return true;
	}
	return false;
}

static void
put_landlock_paths(FILE *out, const struct sandbox *sandbox)
{
	bool is_image = sandbox->request->image != NULL;
	const char *separator = is_image ? "," : "";

	/* An image may be written everywhere: its root is not the machine's. */
	fprintf(out, "\"paths\":[%s", is_image ? "\"/\"" : "");
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *place = &sandbox->places[i];

		if (place->kind == PLACE_RO || place->kind == PLACE_LAYERED ||
		    is_in_another(sandbox, place))
			continue;
		fputs(separator, out);
		json_put_string(out, place->path);
		separator = ",";
	}
	fputs("]}", out);
}

/*
 * Beneath the mounts: writing where no place is for it. With a kernel whose
 * Landlock cannot allow to move files between directories it is left out, as
 * nothing could be built.
 */
static void
put_landlock(FILE *out, const struct sandbox *sandbox)
{
	static const char all[] =
	    "\"write_file\",\"truncate\",\"remove_dir\",\"remove_file\","
	    "\"make_dir\",\"make_reg\",\"make_sock\",\"make_fifo\","
	    "\"make_sym\",\"make_char\",\"make_block\",\"refer\"";
	bool has_files = os_landlock_abi() != 1;
	/* In a network namespace of its own there are none of the host's. */
	bool has_sockets = !sandbox->has_network;

	if (!has_files && has_sockets)
		return;
	fputs("{\"ruleset\":{", out);
	if (has_files)
		fprintf(out, "\"handledAccessFS\":[%s]%s", all,
		    has_sockets ? "" : ",");
	if (!has_sockets)
		fputs("\"scoped\":[\"abstract_unix_socket\"]", out);
	fputs("},\"rules\":{\"pathBeneath\":[", out);
	if (has_files) {
		fprintf(out, "{\"allowedAccess\":[%s],", all);
		put_landlock_paths(out, sandbox);
		fputs(",{\"allowedAccess\":[\"write_file\",\"truncate\"],"
		      "\"paths\":[\"/dev\",\"/proc\"]},",
		    out);
		fprintf(out,
		    "{\"allowedAccess\":[%s],"
		    "\"paths\":[\"/dev/shm\",\"/dev/mqueue\"]}",
		    all);
	}
	fputs("]}}", out);
}

/* The draft for the specification has a member for it, and no version yet. */
int
config_put_landlock(FILE *out, const struct sandbox *sandbox)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *landlock = open_memstream(&text, &length);

	if (landlock == NULL)
		return -1;
	put_landlock(landlock, sandbox);
	if (fclose(landlock) != 0)
		return -1;
	if (length > 0) {
		fputs(",\"dev.lorica.landlock\":", out);
		json_put_string(out, text);
	}
	return 0;
}
