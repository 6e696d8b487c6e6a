/* SPDX-License-Identifier: Apache-2.0 */
/*
 * features - runtime-spec features.md: what engines may ask of this runtime.
 *
 * Says what the runtime can do on any machine, as the document wants it; only
 * supportedFlags asks the kernel.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli.h"
#include "config.h"
#include "criu/criu.h"
#include "filter/filter.h"
#include "os/os.h"
#include "rootfs/rootfs.h"
#include "scope/scope.h"
#include "spec/spec.h"

struct word_list {
	const char *name;
	const struct json_word *words;
	bool (*is_wanted)(uint64_t number); /* NULL: all */
};

static void
put_words(const struct word_list *list)
{
	const char *separator = "";

	printf("\"%s\":[", list->name);
	for (const struct json_word *at = list->words; at->word != NULL; at++) {
		if (list->is_wanted != NULL && !list->is_wanted(at->number))
			continue;
		printf("%s\"%s\"", separator, at->word);
		separator = ",";
	}
	printf("]");
}

static void
put_list(const char *name, const char *const *list)
{
	printf("\"%s\":[", name);
	for (size_t i = 0; list[i] != NULL; i++) {
		if (i > 0)
			putchar(',');
		json_put_string(stdout, list[i]);
	}
	printf("],");
}

static bool
is_known_flag(uint64_t number)
{
	return os_seccomp_knows_flag((unsigned)number);
}

static void
put_seccomp(void)
{
	const struct word_list lists[] = {
		{ "actions", spec_words(SPEC_WORDS_ACTIONS) },
		{ "operators", spec_words(SPEC_WORDS_OPERATORS) },
		{ "archs", spec_words(SPEC_WORDS_ARCHITECTURES) },
		{ "knownFlags", spec_words(SPEC_WORDS_FILTER_FLAGS) },
		{ "supportedFlags", spec_words(SPEC_WORDS_FILTER_FLAGS),
		    is_known_flag },
	};

	printf("\"seccomp\":{\"enabled\":true");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		putchar(',');
		put_words(&lists[i]);
	}
	printf("},");
}

static void
put_linux(void)
{
	const struct word_list namespaces = { "namespaces",
		spec_words(SPEC_WORDS_NAMESPACES) };
	const struct word_list capabilities = { "capabilities",
		spec_words(SPEC_WORDS_CAPABILITIES) };
	const struct word_list modes = { "modes",
		spec_words(SPEC_WORDS_MEMORY_MODES) };
	const struct word_list flags = { "flags",
		spec_words(SPEC_WORDS_MEMORY_FLAGS) };

	printf("\"linux\":{");
	put_words(&namespaces);
	putchar(',');
	put_words(&capabilities);
	const char *systemd = scope_is_built() ? "true" : "false";
	printf(",\"cgroup\":{\"v1\":false,\"v2\":true,\"systemd\":%s,"
	       "\"systemdUser\":%s,\"rdma\":true},",
	    systemd, systemd);
	put_seccomp();
	printf("\"apparmor\":{\"enabled\":true},"
	       "\"selinux\":{\"enabled\":true},"
	       "\"intelRdt\":{\"enabled\":true,\"schemata\":true,"
	       "\"monitoring\":true},"
	       "\"memoryPolicy\":{");
	put_words(&modes);
	putchar(',');
	put_words(&flags);
	printf("},\"mountExtensions\":{\"idmap\":{\"enabled\":true}},"
	       "\"netDevices\":{\"enabled\":true}},");
}

/*
 * What of config.json's annotations changes what is done: our own; where criu
 * can be asked, a file of its options; with the systemd driver, properties of
 * units.
 */
static void
put_annotations(void)
{
	bool criu = criu_is_installed();
	char library[32];

	filter_library_version(library, sizeof(library));
	printf("\"annotations\":{\"lorica.version\":\"%s\","
	       "\"dev.lorica.intercept\":\"observe,guard,sealed\","
	       "\"io.github.seccomp.libseccomp.version\":\"%s\","
	       "\"org.opencontainers.runc.checkpoint.enabled\":\"%s\"},"
	       "\"potentiallyUnsafeConfigAnnotations\":[\"dev.lorica.\"%s%s]",
	    PACKAGE_VERSION, library, criu ? "true" : "false",
	    criu ? ",\"org.criu.config\"" : "",
	    scope_is_built() ? ",\"" UNIT_VARIANTS "\"" : "");
}

int
cli_features(struct cli_call *call, struct error *e)
{
	static const struct cli_option options[] = { { NULL } };
	const char *hooks[SPEC_HOOK_KINDS + 1] = { NULL };
	int at = cli_words(call, options, 0, 0, e);

	if (at < 0)
		return at;
	for (int i = 0; i < SPEC_HOOK_KINDS; i++)
		hooks[i] = spec_hook_name((enum spec_hook_kind)i);
	printf("{\"ociVersionMin\":\"1.0.0\",\"ociVersionMax\":\"1.3.0\",");
	put_list("hooks", hooks);
	put_list("mountOptions", rootfs_option_names());
	put_linux();
	put_annotations();
	printf("}\n");
	return 0;
}
