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

/* Does one of the profile's variables, from that on, have its name? */
static bool
is_replaced(const struct bundle *bundle, size_t first, const char *text)
{
	const struct spec_strings *env = &bundle->left.env;
	size_t length = strcspn(text, "=");

	for (size_t i = first; i < env->count; i++) {
		if (strncmp(env->items[i], text, length + 1) == 0)
			return true;
	}
	return false;
}

static bool
is_not_replaced(const struct bundle *bundle, const struct json *variable)
{
	return !is_replaced(bundle, 0,
	    variable->text != NULL ? variable->text : "");
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
	/* As path_absolute() has it: "~name" is relative. */
	bundle->uses_home =
	    bundle->uses_home ||
	    (text[0] == '~' && (text[1] == '/' || text[1] == '\0'));
	return strcmp(*out, "/") == 0
		   ? error_set(e, EINVAL, "%s: not the root", text)
		   : 0;
}

/* Behind those that are there: separator is what comes before the next. */
static int
put_paths(FILE *out, struct bundle *bundle, const struct spec_strings *more,
    bool (*is_one)(const char *path), const char **separator, struct error *e)
{
	const char *path;

	for (size_t i = 0; i < more->count; i++) {
		if (!is_one(more->items[i]))
			continue;
		TRY(resolve(bundle, more->items[i], &path, e));
		fputs(*separator, out);
		json_put_string(out, path);
		*separator = ",";
	}
	return 0;
}

static bool
is_any(const char *path)
{
	(void)path;
	return true;
}

static bool
is_if_there(const char *path)
{
	return path[0] == '?';
}

/* The mount of the configuration's that has the path; NULL: its root has. */
static int
find_mount(const struct bundle *bundle, const char *path,
    const struct spec_mount **out, bool *is_there, struct error *e)
{
	const struct spec *spec = bundle->spec;

	*out = NULL;
	for (size_t i = 0; i < spec->mounts_count; i++) {
		const char *at = path_format(bundle->box.arena, "/%s",
		    spec->mounts[i].destination);

		if (at == NULL)
			return error_sys(e, "memory");
		TRY(path_absolute(&bundle->box, at, &at, e));
		if (!path_is_in(path, at))
			continue;
		*out = &spec->mounts[i];
		*is_there = strcmp(path, at) == 0;
	}
	return 0;
}

static bool
has_option(const struct spec_mount *mount, const char *name)
{
	for (size_t i = 0; i < mount->options.count; i++) {
		if (strcmp(mount->options.items[i], name) == 0)
			return true;
	}
	return false;
}

/*
 * No place to write or execute where there was none: one like that which was
 * there, or else a small one for files if the root may be written.
 */
static int
put_tmpfs(FILE *out, const struct bundle *bundle, const char *path,
    struct error *e)
{
	const struct spec_root *root = bundle->spec->root;
	const struct spec_mount *mount;
	bool is_there = false;

	TRY(find_mount(bundle, path, &mount, &is_there, e));
	bool is_like =
	    mount != NULL && is_there && mount->type != NULL &&
	    strcmp(mount->type, "tmpfs") == 0 && !has_option(mount, "bind") &&
	    !has_option(mount, "rbind") && !has_option(mount, "remount");
	bool is_readonly = mount != NULL || (root != NULL && root->readonly);

	fputs("{\"destination\":", out);
	json_put_string(out, path);
	fputs(",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[", out);
	for (size_t i = 0; is_like && i < mount->options.count; i++) {
		/* It would not be empty. */
		if (strcmp(mount->options.items[i], "tmpcopyup") == 0)
			continue;
		json_put_string(out, mount->options.items[i]);
		fputc(',', out);
	}
	fprintf(out, "%s\"nosuid\",\"nodev\"]}",
	    is_like       ? ""
	    : is_readonly ? "\"ro\","
			  : "\"mode=1777\",\"size=64m\",\"noexec\",");
	return 0;
}

static int
put_mounts(FILE *out, struct bundle *bundle, struct error *e)
{
	const struct spec_strings *tmpfs = &bundle->left.tmpfs;
	const char *path;
	const char *separator = begin_list(out, "mounts",
	    find(bundle->config, "mounts"), NULL, bundle);

	for (size_t i = 0; i < tmpfs->count; i++) {
		/* Masked, as that makes nothing where it is not there. */
		if (is_if_there(tmpfs->items[i]))
			continue;
		TRY(resolve(bundle, tmpfs->items[i], &path, e));
		fputs(separator, out);
		TRY(put_tmpfs(out, bundle, path, e));
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
		/* The last one counts. */
		if (is_replaced(bundle, i + 1, env->items[i]))
			continue;
		fputs(separator, out);
		json_put_string(out, env->items[i]);
		separator = ",";
	}
	/* Else init asks the image, and that may be another "~". */
	if (bundle->uses_home && !bundle->has_home &&
	    !is_replaced(bundle, 0, "HOME="))
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
	if (bundle->mode != NULL) {
		fprintf(out, "%s\"" BUNDLE_INTERCEPT "\":\"%s\"", separator,
		    bundle->mode);
		separator = ",";
	}
	/* To be looked at: what holds, whatever was there. */
	if (bundle->box.net != NULL) {
		fprintf(out, "%s\"" BUNDLE_NET "\":", separator);
		json_put_string(out, bundle->box.net);
	}
	fputs("},", out);
}

static int
put_linux(FILE *out, struct bundle *bundle, struct error *e)
{
	const struct json *lnx = find(bundle->config, "linux");
	const char *separator;

	fputs("\"linux\":{", out);
	separator = begin_list(out, "maskedPaths", find(lnx, "maskedPaths"),
	    NULL, bundle);
	if (put_paths(out, bundle, &bundle->left.hide, is_any, &separator, e) <
	    0)
		return error_wrap(e, "hide");
	if (put_paths(out, bundle, &bundle->left.tmpfs, is_if_there, &separator,
		e) < 0)
		return error_wrap(e, "tmpfs");
	fputs("],", out);
	separator = begin_list(out, "readonlyPaths", find(lnx, "readonlyPaths"),
	    NULL, bundle);
	if (put_paths(out, bundle, &bundle->asked.ro, is_any, &separator, e) <
	    0)
		return error_wrap(e, "ro");
	fputs("],", out);
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
