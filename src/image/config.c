/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config - config.json, from that of "lorica spec" and what an image says:
 * opencontainers/image-spec, conversion.md.
 *
 * The image's part is written as an object of its own, with every text of the
 * image escaped, and laid over the other; what comes of it is read again by the
 * rules for every config.json.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "image/image.h"

#define PREFIX "org.opencontainers.image."

bool
image_label_is_harmless(const char *name)
{
	/* lorica's, and those of gVisor, Kata, CRI-O, crun, criu, systemd. */
	static const char *const prefixes[] = {
		"dev.gvisor.",
		"dev.lorica.",
		"io.katacontainers.",
		"io.kubernetes.cri-o.",
		"module.wasm.",
		"org.criu.",
		"org.systemd.property.",
		"run.oci.",
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return false;
	}
	return name[0] != '\0';
}

/* ---- lists ----------------------------------------------------------------
 */

static void
put_items(FILE *out, const struct spec_strings *list, const char **separator)
{
	for (size_t i = 0; i < list->count; i++) {
		fputs(*separator, out);
		json_put_string(out, list->items[i]);
		*separator = ",";
	}
}

static bool
sets(const struct spec_strings *env, const char *variable)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->items[i], variable, length + 1) == 0)
			return true;
	}
	return false;
}

/* The image's, and what it does not set of what a program expects. */
static void
put_env(FILE *out, const struct spec_strings *env)
{
	static const char *const usual[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
		"/bin",
		"TERM=xterm",
	};
	const char *separator = "";

	fputs("\"env\":[", out);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		if (sets(env, usual[i]))
			continue;
		fputs(separator, out);
		json_put_string(out, usual[i]);
		separator = ",";
	}
	put_items(out, env, &separator);
	fputs("],", out);
}

/* ---- annotations ----------------------------------------------------------
 */

struct notes {
	FILE *out;
	const struct image_config *config;
	const char *separator;
};

static bool
is_labelled(const struct image_config *config, const char *name)
{
	for (size_t i = 0; i < config->labels.count; i++) {
		if (strcmp(config->labels.items[i].key, name) == 0)
			return true;
	}
	return false;
}

static void
put_note(struct notes *notes, const char *name, const char *value)
{
	fputs(notes->separator, notes->out);
	json_put_string(notes->out, name);
	fputc(':', notes->out);
	json_put_string(notes->out, value);
	notes->separator = ",";
}

/* One that the image implies; a label of that name is stronger. */
static void
put_implied(struct notes *notes, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0' &&
	    !is_labelled(notes->config, name))
		put_note(notes, name, value);
}

/* A text of several, with commas; owned by the caller, NULL without memory. */
static char *
join(const char *const *items, size_t count)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "%s%s", i > 0 ? "," : "", items[i]);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int
put_annotations(FILE *out, const struct image_config *config, size_t *left_out,
    struct error *e)
{
	struct notes notes = { out, config, "" };
	_Static_assert(sizeof(struct image_key) == sizeof(char *),
	    "a list of texts");
	AUTO_FREE char *ports =
	    join((const char *const *)config->ports.items, config->ports.count);
	AUTO_FREE char *features =
	    join((const char *const *)config->os_features.items,
		config->os_features.count);
	const struct {
		const char *key, *value;
	} implied[] = {
		{ PREFIX "os", config->platform.os },
		{ PREFIX "architecture", config->platform.architecture },
		{ PREFIX "variant", config->platform.variant },
		{ PREFIX "os.version", config->os_version },
		{ PREFIX "os.features", features },
		{ PREFIX "author", config->author },
		{ PREFIX "created", config->created },
		{ PREFIX "stopSignal", config->stop_signal },
		{ PREFIX "exposedPorts", ports },
	};

	if (ports == NULL || features == NULL)
		return error_sys(e, "memory");
	fputs("\"annotations\":{", out);
	for (size_t i = 0; i < ARRAY_SIZE(implied); i++)
		put_implied(&notes, implied[i].key, implied[i].value);
	for (size_t i = 0; i < config->labels.count; i++) {
		const struct spec_pair *label = &config->labels.items[i];

		if (image_label_is_harmless(label->key))
			put_note(&notes, label->key, label->value);
		else
			(*left_out)++;
	}
	fputs("},", out);
	return 0;
}

/* ---- the rest -------------------------------------------------------------
 */

static void
put_process(FILE *out, const struct image_bundle *bundle)
{
	const struct image_config *config = bundle->config;
	const char *cwd = config->cwd != NULL ? config->cwd : "";
	const char *separator = "";
	AUTO_FREE char *absolute = NULL;

	fputs("\"process\":{\"args\":[", out);
	put_items(out, &config->entrypoint, &separator);
	put_items(out, &config->cmd, &separator);
	fputs("],", out);
	put_env(out, &config->env);
	if (cwd[0] != '/' && asprintf(&absolute, "/%s", cwd) >= 0)
		cwd = absolute;
	fputs("\"cwd\":", out);
	json_put_string(out, cwd);
	(void)fprintf(out, ",\"user\":{\"uid\":%u,\"gid\":%u",
	    bundle->user->uid, bundle->user->gid);
	separator = ",\"additionalGids\":[";
	for (size_t i = 0; i < bundle->user->gids_count; i++) {
		(void)fprintf(out, "%s%u", separator, bundle->user->gids[i]);
		separator = ",";
	}
	fputs(bundle->user->gids_count > 0 ? "]}}," : "}},", out);
}

static void
put_maps(FILE *out, const char *name, const struct spec_idmaps *maps)
{
	(void)fprintf(out, "\"%s\":[", name);
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *map = &maps->items[i];

		(void)fprintf(out,
		    "%s{\"containerID\":%u,\"hostID\":%u,\"size\":%u}",
		    i > 0 ? "," : "", map->container_id, map->host_id,
		    map->size);
	}
	fputs("]", out);
}

/* What the image says, as an object. */
static int
put_over(FILE *out, const struct image_bundle *bundle, size_t *left_out,
    struct error *e)
{
	fputs("{\"root\":{\"readonly\":false},", out);
	put_process(out, bundle);
	TRY(put_annotations(out, bundle->config, left_out, e));
	fputs("\"linux\":{", out);
	if (bundle->rootless) {
		put_maps(out, "uidMappings", bundle->uids);
		fputs(",", out);
		put_maps(out, "gidMappings", bundle->gids);
	}
	fputs("}}", out);
	return 0;
}

struct text {
	char *bytes;
	size_t length;
	FILE *out;
};

static void
text_free(struct text *text)
{
	if (text->out != NULL)
		fclose(text->out);
	free(text->bytes);
}

static int
text_begin(struct text *text, struct error *e)
{
	text->out = open_memstream(&text->bytes, &text->length);
	return text->out == NULL ? error_sys(e, "memory") : 0;
}

static int
text_end(struct text *text, struct error *e)
{
	return fclose(take(&text->out)) != 0 ? error_sys(e, "memory") : 0;
}

/* What is written must be what any other config.json has to be. */
static int
check(const struct text *text, struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;

	TRY(spec_parse(text->bytes, text->length, NULL, NULL, &spec, e));
	return spec_validate(spec, e);
}

static int
merge(const struct text *base, const struct text *over, struct text *merged,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *lower = NULL, *upper = NULL;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(json_parse(arena, base->bytes, base->length, &lower, e));
	TRY(json_parse(arena, over->bytes, over->length, &upper, e));
	TRY(text_begin(merged, e));
	json_put_merged(merged->out, lower, upper, NULL);
	fputc('\n', merged->out);
	return text_end(merged, e);
}

int
image_print_config(FILE *out, const struct image_bundle *bundle,
    size_t *left_out, struct error *e)
{
	AUTO(text_free) struct text base = { 0 };
	AUTO(text_free) struct text over = { 0 };
	AUTO(text_free) struct text merged = { 0 };

	*left_out = 0;
	TRY(text_begin(&base, e));
	if (spec_print_default(base.out, bundle->rootless, bundle->uid,
		bundle->gid, NULL) < 0)
		return error_sys(e, "memory");
	TRY(text_end(&base, e));
	TRY(text_begin(&over, e));
	TRY(put_over(over.out, bundle, left_out, e));
	TRY(text_end(&over, e));
	if (merge(&base, &over, &merged, e) < 0 || check(&merged, e) < 0)
		return error_wrap(e, "config.json, as the image asks for it");
	if (fwrite(merged.bytes, 1, merged.length, out) != merged.length)
		return error_sys(e, "write config.json");
	return 0;
}
