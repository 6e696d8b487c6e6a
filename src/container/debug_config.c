/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug_config - config.json of a debugging container.
 *
 * Of what confines the target it has all but Landlock: the paths of those rules
 * are in another root, and who is restricted by them can trace nobody else, so
 * that the target has nothing of the process then.
 */
#include <inttypes.h>
#include <string.h>

#include "base/auto.h"
#include "debug.h"
#include "put.h"

/* Members of the target's configuration as they are, if it has them. */
static void
put_copies(FILE *out, const struct json *object, const char *const *names)
{
	for (; object != NULL && *names != NULL; names++) {
		const struct json *value = json_find(object, *names);

		if (value == NULL)
			continue;
		fprintf(out, ",\"%s\":", *names);
		json_put(out, value);
	}
}

static void
put_strings(FILE *out, const char *name, const struct spec_strings *list)
{
	fprintf(out, "\"%s\":[", name);
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, list->items[i]);
	}
	fputs("],", out);
}

/* What the target may have, and what is added; nothing to inherit. */
static void
put_capabilities(FILE *out, const struct debug_config *config)
{
	static const struct spec_capabilities all = {
		.bounding = UINT64_MAX,
		.effective = UINT64_MAX,
		.permitted = UINT64_MAX,
	};
	const struct spec_capabilities *given =
	    config->spec->process->capabilities;
	const struct spec_capabilities *caps = given != NULL ? given : &all;
	const struct {
		const char *name;
		uint64_t set;
	} sets[] = {
		{ "bounding", caps->bounding },
		{ "effective", caps->effective },
		{ "permitted", caps->permitted },
	};

	fputs(",\"capabilities\":{", out);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct json_word *at =
		    spec_words(SPEC_WORDS_CAPABILITIES);
		uint64_t set = sets[i].set | config->caps;
		const char *separator = "";

		fprintf(out, "%s\"%s\":[", i > 0 ? "," : "", sets[i].name);
		for (; at->word != NULL; at++) {
			if ((set & UINT64_C(1) << at->number) == 0)
				continue;
			fprintf(out, "%s\"%s\"", separator, at->word);
			separator = ",";
		}
		fputc(']', out);
	}
	fputc('}', out);
}

static void
put_user(FILE *out, const struct spec_user *user)
{
	fprintf(out, ",\"user\":{\"uid\":%" PRIu32 ",\"gid\":%" PRIu32,
	    user->uid, user->gid);
	if (user->umask.is_set)
		fprintf(out, ",\"umask\":%" PRIu32, user->umask.value);
	fputs(",\"additionalGids\":[", out);
	for (size_t i = 0; i < user->additional_gids_count; i++)
		fprintf(out, "%s%" PRIu32, i > 0 ? "," : "",
		    user->additional_gids[i]);
	fputs("]}", out);
}

static void
put_process(FILE *out, const struct debug_config *config)
{
	static const char *const copied[] = { "noNewPrivileges", "rlimits",
		"apparmorProfile", "selinuxLabel", NULL };
	static const char *const score[] = { "oomScoreAdj", NULL };
	const struct json *process = json_find(config->target, "process");

	fprintf(out, "\"process\":{\"terminal\":%s,",
	    config->tty ? "true" : "false");
	put_strings(out, "args", &config->root->args);
	put_strings(out, "env", &config->root->env);
	fputs("\"cwd\":", out);
	json_put_string(out, config->root->cwd);
	put_user(out, &config->user);
	put_capabilities(out, config);
	put_copies(out, process, copied);
	/* The host's root's to set, whom a user namespace does not map. */
	if (config->join[SPEC_NS_USER] < 0)
		put_copies(out, process, score);
	fputs("},", out);
}

static bool
says(const struct json *object, const char *name, const char *wanted)
{
	const struct json *value = json_find(object, name);

	return value != NULL && value->kind == JSON_STRING &&
	       strcmp(value->text, wanted) == 0;
}

/*
 * The procfs is what a target that gets hold of the process could use: it is
 * mounted as the target's own is (ro, subset=pid), and there is none where the
 * target was given none, with no masks for it perhaps.
 */
static void
put_proc(FILE *out, const struct json *mounts)
{
	for (const struct json *at = mounts == NULL ? NULL : mounts->first;
	     at != NULL; at = at->next) {
		if (!says(at, "destination", "/proc") ||
		    !says(at, "type", "proc"))
			continue;
		json_put(out, at);
		fputc(',', out);
	}
}

static void
put_mounts(FILE *out, const struct debug_config *config)
{
	fputs("\"mounts\":[", out);
	put_proc(out, json_find(config->target, "mounts"));
	fputs("{\"destination\":\"/dev\",\"type\":\"tmpfs\","
	      "\"source\":\"tmpfs\",\"options\":[\"nosuid\","
	      "\"strictatime\",\"mode=755\",\"size=64k\"]},"
	      "{\"destination\":\"/dev/pts\",\"type\":\"devpts\","
	      "\"source\":\"devpts\",\"options\":[\"nosuid\",\"noexec\","
	      "\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]},"
	      "{\"destination\":\"/tmp\",\"type\":\"tmpfs\","
	      "\"source\":\"tmpfs\",\"options\":[\"nosuid\",\"nodev\","
	      "\"mode=1777\"]}",
	    out);
	if (config->root->tools != NULL) {
		fputs(",{\"destination\":\"/bin/busybox\",\"type\":\"bind\","
		      "\"options\":[\"bind\",\"ro\",\"nosuid\",\"nodev\"],"
		      "\"source\":",
		    out);
		json_put_string(out, config->root->tools);
		fputc('}', out);
	}
	fputs("],", out);
}

static void
put_linux(FILE *out, const struct debug_config *config)
{
	static const char *const copied[] = { "maskedPaths", "readonlyPaths",
		"mountLabel", NULL };
	/* A limit is of the cgroup that it is written to. */
	static const char *const limits[] = { "resources", NULL };
	const struct json *lnx = json_find(config->target, "linux");

	fputs("\"linux\":{\"namespaces\":[{\"type\":\"mount\"}", out);
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		if (config->join[kind] >= 0)
			fprintf(out,
			    ",{\"type\":\"%s\",\"path\":\"/proc/self/fd/%d\"}",
			    spec_namespace_name((enum spec_namespace_kind)kind),
			    config->join[kind]);
	}
	fputc(']', out);
	if (config->cgroup != NULL) {
		fputs(",\"cgroupsPath\":", out);
		json_put_string(out, config->cgroup);
	}
	put_copies(out, lnx, limits);
	put_copies(out, lnx, copied);
	/* As it is in force: an annotation may have chosen it, and which rules
	 * count may depend on the target's capabilities. */
	if (config->spec->lnx.seccomp != NULL) {
		fputs(",\"seccomp\":", out);
		spec_print_profile(out, config->spec->lnx.seccomp, 0);
	}
	fputc('}', out);
}

void
debug_config_put(FILE *out, const struct debug_config *config)
{
	fputc('{', out);
	put_string_member(out, "ociVersion", config->spec->oci_version);
	put_process(out, config);
	fputs("\"root\":{\"readonly\":true,\"path\":", out);
	json_put_string(out, config->root->path);
	fputs("},", out);
	put_mounts(out, config);
	put_linux(out, config);
	fputs("}\n", out);
}
