/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/profile.h"

#define HOME    "\"env\":[\"HOME=/home/a\",\"A=b\"]"
#define OWN_NET "\"namespaces\":[{\"type\":\"network\"}]"
#define ROOT    "\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"}"

/* What is left of a configuration; or the error's text. */
static char *
narrow(const char *profile, const char *config, const char **more,
    struct json_arena *arena)
{
	struct sandbox_profile parsed;
	struct sandbox_narrowed left = { .name = "c.json" };
	struct error e = { 0 };

	*more = "";
	cr_assert(zero(int, sandbox_profile_parse(arena, profile,
				strlen(profile), &parsed, &e)));
	if (sandbox_profile_narrow(arena, &parsed.options, config,
		strlen(config), &left, &e) < 0) {
		left.text = malloc(256);
		error_format(&e, left.text, 256);
		return left.text;
	}
	*more = left.more;
	return left.text;
}

static void
expect_part(const char *profile, const char *config, const char *part)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const char *more;
	AUTO_FREE char *got = narrow(profile, config, &more, arena);

	cr_expect(strstr(got, part) != NULL, "%s over %s: %s", profile, config,
	    got);
}

Test(sandbox_bundle, what_it_has_is_narrowed)
{
	static const struct {
		const char *profile;
		const char *process; /* beside its directory */
		const char *rest;    /* of the configuration */
		const char *part;    /* of what is left, or of the error */
	} rows[] = {
		{ "{\"hide\":[\"~/x\",\"?y\"]}", HOME,
		    "\"linux\":{\"maskedPaths\":[\"/a\"]}",
		    "\"maskedPaths\":[\"/a\",\"/home/a/x\",\"/here/y\"]" },
		{ "{\"ro\":[\"/data\"]}", HOME,
		    "\"linux\":{\"readonlyPaths\":[\"/a\"]}",
		    "\"readonlyPaths\":[\"/a\",\"/data\"]" },
		{ "{\"hide\":[\"/\"]}", HOME, "\"linux\":{}",
		    "hide: /: not the root" },
		{ "{\"env\":[\"A=c\"]}", HOME, "\"linux\":{}",
		    "\"env\":[\"HOME=/home/a\",\"A=c\"]" },
		{ "{\"tmpfs\":[\"~\"]}", HOME, "\"linux\":{}",
		    "\"destination\":\"/home/a\",\"type\":\"tmpfs\","
		    "\"source\":\"tmpfs\",\"options\":[\"mode=1777\"" },
		{ "{\"tmpfs\":[\"?/y\"]}", HOME, "\"linux\":{}",
		    "\"maskedPaths\":[\"/y\"]" },
		/* Nobody says what the home is: it becomes what is meant. */
		{ "{\"hide\":[\"~/x\"]}", "\"env\":[]", "\"linux\":{}",
		    "\"env\":[\"HOME=/root\"]" },
		{ "{\"hide\":[\"~/x\"]}", "\"user\":{\"uid\":5,\"gid\":5}",
		    "\"linux\":{}", "hide: ~/x: there is no home directory" },
		{ "{\"hide\":[\"~foo\"]}", "\"user\":{\"uid\":5,\"gid\":5}",
		    "\"linux\":{}",
		    "\"gid\":5}},\"linux\":{\"maskedPaths\":[\"/here/~foo\"]" },
		{ "{\"hide\":[\"~/x\"],\"env\":[\"HOME=/a\"]}", "\"env\":[]",
		    "\"linux\":{}", "\"env\":[\"HOME=/a\"]" },
		{ "{\"env\":[\"A=c\",\"D=1\",\"A=d\"]}", HOME, "\"linux\":{}",
		    "\"env\":[\"HOME=/home/a\",\"D=1\",\"A=d\"]" },
		/* A network. */
		{ "{\"net\":\"none\"}", HOME,
		    "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}",
		    "[{\"type\":\"mount\"},{\"type\":\"network\"}]" },
		{ "{\"net\":\"none\"}", HOME,
		    "\"linux\":{\"namespaces\":[{\"type\":\"network\","
		    "\"path\":\"/x\"}]}",
		    "\"namespaces\":[{\"type\":\"network\"}]" },
		{ "{\"net\":\"a.test:1\"}", HOME,
		    "\"linux\":{\"namespaces\":[{\"type\":\"network\","
		    "\"path\":\"/x\"}]}",
		    "net: a list is for the machine's network, and "
		    "linux.namespaces has another" },
		{ "{\"net\":\"none\"}", HOME,
		    "\"linux\":{" OWN_NET ",\"netDevices\":{\"eth0\":{}}}",
		    "net: linux.netDevices gives a network" },
		{ "{\"net\":\"a.test:1\"}", HOME,
		    "\"annotations\":{\"dev.lorica.net\":\"b.test:1\"}",
		    "\"annotations\":{\"dev.lorica.net\":\"a.test:1\"" },
		{ "{\"net\":\"a.test:1\"}", HOME,
		    "\"linux\":{" OWN_NET ",\"netDevices\":{\"eth0\":{}}}",
		    "net: linux.netDevices gives a network" },
		{ "{\"net\":\"host\"}", HOME,
		    "\"linux\":{" OWN_NET ",\"netDevices\":{\"eth0\":{}}}",
		    "\"netDevices\":{\"eth0\":{}}" },
		/* Limits, of which the lower counts. */
		{ "{\"memory\":\"1k\",\"cpus\":\"0.5\",\"pids\":7}", HOME,
		    "\"linux\":{}",
		    "\"resources\":{\"memory\":{\"limit\":1024,\"swap\":1024},"
		    "\"cpu\":{\"quota\":50000,\"period\":100000},"
		    "\"pids\":{\"limit\":7}}" },
		{ "{\"memory\":\"1k\",\"pids\":7}", HOME,
		    "\"linux\":{\"resources\":{\"memory\":{\"limit\":512},"
		    "\"pids\":{\"limit\":6}}}",
		    "\"resources\":{\"memory\":{\"limit\":512,\"swap\":1024},"
		    "\"pids\":{\"limit\":6}}" },
		/* Of memory and swap together. */
		{ "{\"memory\":\"1k\"}", HOME,
		    "\"linux\":{\"resources\":{\"memory\":{\"limit\":512,"
		    "\"swap\":-1}}}",
		    "\"memory\":{\"limit\":512,\"swap\":1024}" },
		{ "{\"memory\":\"1k\"}", HOME,
		    "\"linux\":{\"resources\":{\"memory\":{\"limit\":512,"
		    "\"swap\":4096}}}",
		    "\"memory\":{\"limit\":512,\"swap\":1024}" },
		{ "{\"memory\":\"1k\"}", HOME,
		    "\"linux\":{\"resources\":{\"memory\":{\"limit\":512,"
		    "\"swap\":600}}}",
		    "\"memory\":{\"limit\":512,\"swap\":600}" },
		{ "{\"memory\":\"1k\"}", HOME,
		    "\"linux\":{\"resources\":{\"memory\":{\"limit\":2048,"
		    "\"swap\":2048}}}",
		    "\"memory\":{\"limit\":1024,\"swap\":1024}" },
		/* A limit that lets none come, which is lower than any. */
		{ "{\"pids\":7}", HOME,
		    "\"linux\":{\"resources\":{\"pids\":{\"limit\":0}}}",
		    "\"pids\":{\"limit\":0}" },
		{ "{\"cpus\":\"0.5\"}", HOME,
		    "\"linux\":{\"resources\":{\"cpu\":{\"quota\":1000,"
		    "\"period\":200000}}}",
		    "{\"quota\":1000,\"period\":200000}" },
		{ "{\"pids\":7}", HOME,
		    "\"linux\":{\"resources\":{\"pids\":{\"limit\":-1}}}",
		    "\"pids\":{\"limit\":7}" },
		{ "{\"time\":9}", HOME,
		    "\"linux\":{\"namespaces\":[{\"type\":\"pid\"}]}",
		    "\"dev.lorica.init\":\"true\",\"dev.lorica.time\":\"9\"" },
		{ "{\"time\":9}", HOME, "\"linux\":{}",
		    "time: needs a new pid namespace" },
		{ "{\"time\":9}", HOME,
		    "\"annotations\":{\"dev.lorica.init\":\"true\","
		    "\"dev.lorica.time\":\"8\"}",
		    "\"dev.lorica.time\":\"8\"" },
		/* The layer, of which the stricter mode counts. */
		{ "{\"intercept\":\"sealed\"}", HOME,
		    "\"annotations\":{\"dev.lorica.intercept\":\"guard\"}",
		    "\"dev.lorica.intercept\":\"sealed\"" },
		{ "{\"intercept\":\"guard\"}", HOME,
		    "\"annotations\":{\"dev.lorica.intercept\":\"sealed\"}",
		    "\"dev.lorica.intercept\":\"sealed\"" },
		{ "{\"intercept\":\"x\"}", HOME, "\"linux\":{}",
		    "intercept: unknown value \"x\"" },
		/* What closes something elsewhere is an error. */
		{ "{\"user\":\"5\"}", HOME, "\"linux\":{}",
		    "user: a bundle's is process.user of its configuration" },
		{ "{\"policy\":\"p\"}", HOME,
		    "\"annotations\":{\"dev.lorica.policy\":\"q\"}",
		    "policy: the annotation dev.lorica.policy names another" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char config[512];

		(void)snprintf(config, sizeof(config),
		    "{" ROOT ",\"process\":{\"cwd\":\"/here\",\"args\":[\"a\"],"
		    "%s},%s}",
		    rows[i].process, rows[i].rest);
		expect_part(rows[i].profile, config, rows[i].part);
	}
}

Test(sandbox_bundle, a_limit_that_would_be_undone_is_an_error)
{
	static const struct {
		const char *profile;
		const char *key;
		const char *part;
	} rows[] = {
		{ "{\"memory\":\"1k\"}", "memory.max", "memory: linux." },
		{ "{\"memory\":\"1k\"}", "memory.swap.max", "memory: linux." },
		{ "{\"cpus\":\"1\"}", "cpu.max", "cpus: linux." },
		{ "{\"pids\":1}", "pids.max", "pids: linux." },
		{ "{\"pids\":1}", "memory.max", "\"pids\":{\"limit\":1}" },
		{ "{\"memory\":\"1k\"}", "org.systemd.property.MemoryMax",
		    "memory: annotations.org.systemd.property.MemoryMax gives "
		    "such a limit as well" },
		{ "{\"memory\":\"1k\"}", "org.systemd.property.MemoryLimit",
		    "memory: annotations." },
		{ "{\"memory\":\"1k\"}", "org.systemd.property.MemorySwapMax",
		    "memory: annotations." },
		{ "{\"cpus\":\"1\"}", "org.systemd.property.CPUQuotaPerSecUSec",
		    "cpus: annotations." },
		{ "{\"pids\":1}", "org.systemd.property.TasksMax",
		    "pids: annotations." },
		{ "{\"pids\":1}", "org.systemd.property.MemoryMax",
		    "\"pids\":{\"limit\":1}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_property = strncmp(rows[i].key, "org.", 4) == 0;
		char config[512];

		(void)snprintf(config, sizeof(config),
		    "{" ROOT ",\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]},"
		    "%s{\"%s\":\"max\"}%s}",
		    is_property ? "\"annotations\":"
				: "\"linux\":{\"resources\":{\"unified\":",
		    rows[i].key, is_property ? "" : "}}");
		expect_part(rows[i].profile, config, rows[i].part);
	}
}

Test(sandbox_bundle, a_mistake_is_said_with_the_file)
{
	expect_part("{}", "{\"process\":5}", "c.json: process: ");
	expect_part("{}", "{" ROOT "}", "c.json: process is required");
}

Test(sandbox_bundle, where_nothing_is_written_an_empty_directory_is_not_either)
{
	static const char config[] =
	    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\","
	    "\"readonly\":true},\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]}}";

	expect_part("{\"tmpfs\":[\"/x\"]}", config, "\"options\":[\"ro\",");
}

Test(sandbox_bundle, an_empty_directory_is_no_more_than_what_was_there)
{
#define EMPTY "\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":["
	static const char readonly[] = EMPTY "\"ro\",\"nosuid\",\"nodev\"]";
	static const struct {
		const char *mounts;
		const char *part;
	} rows[] = {
		{ "", EMPTY "\"mode=1777\",\"size=64m\",\"noexec\",\"nosuid\","
			    "\"nodev\"]" },
		/* The last one there is what counts. */
		{ "{\"destination\":\"/a/../x/\",\"type\":\"tmpfs\","
		  "\"options\":[\"noexec\",\"tmpcopyup\",\"size=9\"]}",
		    EMPTY "\"noexec\",\"size=9\",\"nosuid\",\"nodev\"]" },
		{ "{\"destination\":\"/x\",\"type\":\"tmpfs\"},"
		  "{\"destination\":\"/x\",\"source\":\"/a\","
		  "\"type\":\"bind\",\"options\":[\"bind\"]}",
		    readonly },
		{ "{\"destination\":\"/x\",\"source\":\"/a\","
		  "\"type\":\"tmpfs\",\"options\":[\"rbind\"]}",
		    readonly },
		{ "{\"destination\":\"/\",\"type\":\"bind\","
		  "\"options\":[\"bind\",\"remount\",\"ro\"]}",
		    readonly },
		{ "{\"destination\":\"/xx\",\"type\":\"tmpfs\"}",
		    EMPTY "\"mode=1777\"," },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char config[512];

		(void)snprintf(config, sizeof(config),
		    "{" ROOT ",\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]},"
		    "\"mounts\":[%s]}",
		    rows[i].mounts);
		expect_part("{\"tmpfs\":[\"/x\"]}", config, rows[i].part);
	}
#undef EMPTY
}

Test(sandbox_bundle, what_would_give_more_is_told_and_not_given)
{
	static const char config[] =
	    "{" ROOT ",\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]},"
	    "\"linux\":{\"namespaces\":[{\"type\":\"network\"}]}}";
	static const char profile[] =
	    "{\"rw\":[\"/a\"],\"bind\":[\"/b:/c\"],\"net\":\"a.test:1\","
	    "\"env\":[\"NAME\"],\"root\":true,\"gui\":true}";
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const char *more;
	AUTO_FREE char *got = narrow(profile, config, &more, arena);

	cr_expect(eq(str, (char *)(uintptr_t)more,
	    "rw /a, bind /b:/c, net a.test:1, env NAME, root true, gui true"));
	cr_expect(zero(ptr, strstr(got, "/c")), "%s", got);
	cr_expect(zero(ptr, strstr(got, "NAME")), "%s", got);
	cr_expect(zero(ptr, strstr(got, "a.test")), "%s", got);
	cr_expect(zero(ptr, strstr(got, "fakeroot")), "%s", got);
}
