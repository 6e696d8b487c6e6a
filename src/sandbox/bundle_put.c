/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle_put - what is laid over a configuration: each list as it is, and what
 * a profile adds behind it.
 */
#include "bundle.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "helper/helper.h"

static const struct json *
find(const struct json *object, const char *name)
{
	return object == NULL ? NULL : json_find(object, name);
}

static bool
is_not_replaced(const struct bundle *bundle, const struct json *variable)
{
	const struct spec_strings *env = &bundle->left.env;
	const char *text = variable->text != NULL ? variable->text : "";
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->items[i], text, length + 1) == 0)
			return false;
	}
	return true;
}

static bool
is_no_network(const struct bundle *bundle, const struct json *ns)
{
	const struct json *type = json_find(ns, "type");

	(void)bundle;
	return type == NULL || type->kind != JSON_STRING ||
	       strcmp(type->text, "network") != 0;
}

/* Those that are there and stay; returns what comes before the next. */
static const char *
begin_list(FILE *out, const char *name, const struct json *list,
    bool (*stays)(const struct bundle *bundle, const struct json *item),
    const struct bundle *bundle)
{
	const char *separator = "";

	fprintf(out, "\"%s\":[", name);
	for (const struct json *at = list == NULL ? NULL : list->first;
	     at != NULL; at = at->next) {
		if (stays != NULL && !stays(bundle, at))
			continue;
		fputs(separator, out);
		json_put(out, at);
		separator = ",";
	}
	return separator;
}

static int
resolve(struct bundle *bundle, const char *text, const char **out,
    struct error *e)
{
	text += text[0] == '?';
	TRY(path_absolute(&bundle->box, text, out, e));
	bundle->uses_home = bundle->uses_home || text[0] == '~';
	return strcmp(*out, "/") == 0
		   ? error_set(e, EINVAL, "%s: not the root", text)
		   : 0;
}

static int
put_paths(FILE *out, struct bundle *bundle, const char *name,
    const struct spec_strings *more, struct error *e)
{
	const struct json *lnx = find(bundle->config, "linux");
	const char *path;
	const char *separator =
	    begin_list(out, name, find(lnx, name), NULL, bundle);

	for (size_t i = 0; i < more->count; i++) {
		TRY(resolve(bundle, more->items[i], &path, e));
		fputs(separator, out);
		json_put_string(out, path);
		separator = ",";
	}
	fputs("],", out);
	return 0;
}

/* Not more than its root: no place to write where there was none. */
static int
put_mounts(FILE *out, struct bundle *bundle, struct error *e)
{
	const struct spec_strings *tmpfs = &bundle->left.tmpfs;
	const struct spec_root *root = bundle->spec->root;
	const char *path;
	const char *separator = begin_list(out, "mounts",
	    find(bundle->config, "mounts"), NULL, bundle);

	for (size_t i = 0; i < tmpfs->count; i++) {
		TRY(resolve(bundle, tmpfs->items[i], &path, e));
		fprintf(out, "%s{\"destination\":", separator);
		json_put_string(out, path);
		fprintf(out,
		    ",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":["
		    "%s\"nosuid\",\"nodev\",\"mode=1777\"]}",
		    root != NULL && root->readonly ? "\"ro\"," : "");
		separator = ",";
	}
	/* Where names are asked for: places.c. */
	if (bundle->box.net != NULL) {
		char names[PATH_MAX];

		TRY(helper_find("resolv.conf", names, sizeof(names)));
		fprintf(out,
		    "%s{\"destination\":\"/etc/resolv.conf\","
		    "\"type\":\"bind\",\"options\":[\"bind\",\"ro\","
		    "\"nosuid\",\"nodev\"],\"source\":",
		    separator);
		json_put_string(out, names);
		fputc('}', out);
	}
	fputs("],", out);
	return 0;
}

static void
put_env(FILE *out, const struct bundle *bundle)
{
	const struct spec_strings *env = &bundle->left.env;
	const char *separator =
	    begin_list(out, "env", find(find(bundle->config, "process"), "env"),
		is_not_replaced, bundle);

	for (size_t i = 0; i < env->count; i++) {
		fputs(separator, out);
		json_put_string(out, env->items[i]);
		separator = ",";
	}
	/* Else init asks the image, and that may be another "~". */
	if (bundle->uses_home && !bundle->has_home)
		fprintf(out, "%s\"HOME=%s\"", separator, bundle->box.homes[0]);
	fputs("]}", out);
}

static void
put_annotations(FILE *out, const struct bundle *bundle)
{
	const char *separator = "";

	fputs("\"annotations\":{", out);
	if (bundle->lower.seconds > 0) {
		fprintf(out,
		    "\"" SPEC_INIT_ANNOTATION
		    "\":\"true\",\"" SPEC_TIME_ANNOTATION "\":\"%" PRIu64 "\"",
		    bundle->lower.seconds);
		separator = ",";
	}
	if (bundle->mode != NULL)
		fprintf(out, "%s\"" BUNDLE_INTERCEPT "\":\"%s\"", separator,
		    bundle->mode);
	fputs("},", out);
}

static int
put_linux(FILE *out, struct bundle *bundle, struct error *e)
{
	const struct json *lnx = find(bundle->config, "linux");

	fputs("\"linux\":{", out);
	if (put_paths(out, bundle, "maskedPaths", &bundle->left.hide, e) < 0)
		return error_wrap(e, "hide");
	if (put_paths(out, bundle, "readonlyPaths", &bundle->asked.ro, e) < 0)
		return error_wrap(e, "ro");
	if (bundle->is_cut_off)
		fprintf(out, "%s{\"type\":\"network\"}],",
		    begin_list(out, "namespaces", find(lnx, "namespaces"),
			is_no_network, bundle));
	fputs("\"resources\":{", out);
	limits_put_resources(out, &bundle->lower);
	fputs("}},", out);
	return 0;
}

int
bundle_put(FILE *out, struct bundle *bundle, struct error *e)
{
	fputc('{', out);
	if (put_mounts(out, bundle, e) < 0)
		return error_wrap(e, "tmpfs");
	TRY(put_linux(out, bundle, e));
	put_annotations(out, bundle);
	fputs("\"process\":{", out);
	put_env(out, bundle);
	fputc('}', out);
	return 0;
}
