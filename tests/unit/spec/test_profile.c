/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "spec/spec.h"

#define CAP(name) (1ull << CAP_##name)

/* Docker's, as far as its profile asks. */
static const uint64_t docker_caps =
    CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) | CAP(MKNOD) |
    CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) | CAP(SETFCAP) | CAP(SETPCAP) |
    CAP(NET_BIND_SERVICE) | CAP(SYS_CHROOT) | CAP(KILL) | CAP(AUDIT_WRITE);

static struct spec *
parse(const char *json, uint64_t bounding)
{
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int, spec_parse_profile(json, strlen(json), bounding,
				&spec, &e)),
	    "%s", e.text);
	return spec;
}

static char *
read_file(const char *name)
{
	AUTO_FREE char *path = NULL;

	cr_assert(gt(int, asprintf(&path, TEST_DATA "/%s", name), 0));
	FILE *file = fopen(path, "r");
	char *text = calloc(1, LIMIT_JSON_BYTES);
	cr_assert(file != NULL && text != NULL);
	cr_assert(gt(sz, fread(text, 1, LIMIT_JSON_BYTES - 1, file), 0));
	fclose(file);
	return text;
}

static char *
print(const struct spec *spec)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert(out != NULL);
	spec_print_profile(out, spec->lnx.seccomp, 0);
	cr_assert(zero(int, fclose(out)));
	return text;
}

/* Is a call named by a rule that is left? */
static bool
names(const struct spec *spec, const char *name)
{
	const struct spec_seccomp *profile = spec->lnx.seccomp;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		for (size_t j = 0; j < profile->syscalls[i].names.count; j++) {
			if (strcmp(profile->syscalls[i].names.items[j], name) ==
			    0)
				return true;
		}
	}
	return false;
}

#if defined(__x86_64__)
Test(spec_profile, dockers_file_is_resolved_as_docker_does)
{
	AUTO_FREE char *theirs = read_file("seccomp-moby.json");
	AUTO_FREE char *wanted = read_file("seccomp-docker.json");
	AUTO(spec_free) struct spec *resolved = parse(theirs, docker_caps);
	AUTO(spec_free) struct spec *plain = parse(wanted, 0);
	AUTO_FREE char *a = print(resolved);
	AUTO_FREE char *b = print(plain);

	cr_expect(eq(str, a, b));
}
#endif

Test(spec_profile, capabilities_bring_their_calls_and_take_their_limits_away)
{
	AUTO_FREE char *text = read_file("seccomp-moby.json");
	static const struct {
		uint64_t bounding;
		const char *name;
		bool wanted;
	} rows[] = {
		{ 0, "mount", false },
		{ CAP(SYS_ADMIN), "mount", true },
		{ CAP(SYS_MODULE), "finit_module", true },
		{ CAP(SYS_MODULE), "mount", false },
		{ CAP(BPF), "bpf", true },
		{ CAP(SYS_TIME), "clock_settime", true },
		{ ~0ull, "perf_event_open", true },
		{ 0, "clone", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free)
		struct spec *spec = parse(text, rows[i].bounding);

		cr_expect(eq(int, names(spec, rows[i].name), rows[i].wanted),
		    "row %zu", i);
	}
}

#define RULE(when)                                                             \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "  \
	"[\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", " when "}]}"

Test(spec_profile, every_condition_counts)
{
	static const struct {
		const char *json;
		uint64_t bounding;
		bool kept;
	} rows[] = {
		{ RULE("\"includes\": {}"), 0, true },
		{ RULE("\"excludes\": {}"), 0, true },
		{ RULE("\"includes\": null, \"comment\": \"\""), 0, true },
		{ RULE("\"includes\": {\"caps\": [\"CAP_KILL\"]}"), 0, false },
		{ RULE("\"includes\": {\"caps\": [\"CAP_KILL\"]}"), CAP(KILL),
		    true },
		/* All of them. */
		{ RULE("\"includes\": {\"caps\": [\"CAP_KILL\", "
		       "\"CAP_CHOWN\"]}"),
		    CAP(KILL), false },
		{ RULE("\"includes\": {\"caps\": [\"CAP_NEWEST\"]}"), ~0ull,
		    false },
		{ RULE("\"excludes\": {\"caps\": [\"CAP_NEWEST\"]}"), ~0ull,
		    true },
		/* Any of them. */
		{ RULE("\"excludes\": {\"caps\": [\"CAP_KILL\", "
		       "\"CAP_CHOWN\"]}"),
		    CAP(KILL), false },
		{ RULE("\"excludes\": {\"caps\": [\"CAP_KILL\"]}"), CAP(CHOWN),
		    true },
		{ RULE("\"includes\": {\"arches\": [\"amd64\", \"arm64\"]}"), 0,
		    true },
		{ RULE("\"includes\": {\"arches\": [\"s390x\"]}"), 0, false },
		{ RULE("\"excludes\": {\"arches\": [\"s390x\"]}"), 0, true },
		{ RULE("\"excludes\": {\"arches\": [\"amd64\", \"arm64\"]}"), 0,
		    false },
		{ RULE("\"includes\": {\"minKernel\": \"4.8\"}"), 0, true },
		{ RULE("\"includes\": {\"minKernel\": \"9999.0\"}"), 0, false },
		{ RULE("\"excludes\": {\"minKernel\": \"4.8\"}"), 0, false },
		{ RULE("\"excludes\": {\"minKernel\": \"9999.0\"}"), 0, true },
		{ RULE("\"includes\": {\"caps\": [\"CAP_KILL\"]}, "
		       "\"excludes\": {\"arches\": [\"amd64\", \"arm64\"]}"),
		    CAP(KILL), false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free)
		struct spec *spec = parse(rows[i].json, rows[i].bounding);

		cr_expect(eq(int, names(spec, "mount"), rows[i].kept),
		    "row %zu", i);
	}
}

Test(spec_profile, the_map_gives_the_abis_of_this_machine_alone)
{
#if defined(__x86_64__)
	const uint32_t native = AUDIT_ARCH_X86_64;
#else
	const uint32_t native = AUDIT_ARCH_AARCH64;
#endif
	AUTO(spec_free)
	struct spec *spec = parse(
	    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": ["
	    "{\"architecture\": \"SCMP_ARCH_UNHEARD\", \"subArchitectures\": "
	    "[\"SCMP_ARCH_OF\"]}, "
	    "{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": "
	    "[\"SCMP_ARCH_X86\"]}, "
	    "{\"architecture\": \"SCMP_ARCH_AARCH64\", \"subArchitectures\": "
	    "[\"SCMP_ARCH_ARM\"]}]}",
	    0);

	cr_assert(eq(sz, spec->lnx.seccomp->architectures_count, 2));
	cr_expect(eq(u32, spec->lnx.seccomp->architectures[0], native));
	AUTO(spec_free)
	struct spec *none = parse("{\"defaultAction\": \"SCMP_ACT_ERRNO\", "
				  "\"archMap\": [{\"architecture\": \"SCMP_"
				  "ARCH_RISCV64\"}]}",
	    0);
	cr_expect(eq(sz, none->lnx.seccomp->architectures_count, 0));
}

Test(spec_profile, what_cannot_be_resolved_is_refused_by_its_place)
{
#define MAP(rest)                                                              \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": "                \
	"[{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": "     \
	"[\"SCMP_ARCH_OF\"]}, {\"architecture\": \"SCMP_ARCH_AARCH64\", "      \
	"\"subArchitectures\": [\"SCMP_ARCH_OF\"]}]" rest "}"
	static const struct {
		const char *json, *line;
	} rows[] = {
		{ MAP(""), "archMap: unknown value \"SCMP_ARCH_OF\"" },
		{ MAP(", \"architectures\": [\"SCMP_ARCH_X86\"]"),
		    "archMap: there is architectures as well" },
		{ RULE("\"includes\": {\"minKernel\": \"4\"}"),
		    "syscalls[0]: minKernel: \"4\" is no version" },
		{ RULE("\"includes\": {\"minKernel\": \"4.8.1\"}"),
		    "syscalls[0]: minKernel: \"4.8.1\" is no version" },
		{ RULE("\"excludes\": {\"minKernel\": \"-4.8\"}"),
		    "syscalls[0]: minKernel: \"-4.8\" is no version" },
		{ RULE("\"includes\": {\"minKernel\": \"4. 8\"}"),
		    "syscalls[0]: minKernel: \"4. 8\" is no version" },
		{ RULE("\"includes\": []"),
		    "syscalls[0].includes: expected an object" },
		{ "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}",
		    "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY would stop "
		    "the runtime itself" },
		{ "[]", "expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec *spec = NULL;
		struct error e = { 0 };
		char line[512];

		cr_expect(lt(int,
			      spec_parse_profile(rows[i].json,
				  strlen(rows[i].json), 0, &spec, &e),
			      0),
		    "row %zu", i);
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)(uintptr_t)rows[i].line),
		    "row %zu", i);
	}
}

/* ---- in a configuration -------------------------------------------------- */

static int
parse_config(const char *rest, struct spec **out, struct error *e)
{
	char text[4096];
	int length = snprintf(text, sizeof(text),
	    "{\"ociVersion\": \"1.3.0\", \"process\": {\"cwd\": \"/\", "
	    "\"args\": [\"x\"], \"user\": {\"uid\": 0, \"gid\": 0}, "
	    "\"capabilities\": {\"bounding\": [\"CAP_KILL\"]}}%s}",
	    rest);

	return spec_parse(text, (size_t)length, NULL, NULL, out, e);
}

Test(spec_profile, a_configurations_rules_are_resolved_for_its_process)
{
	static const struct {
		const char *capability;
		bool kept;
	} rows[] = {
		{ "CAP_KILL", true },
		{ "CAP_SYS_ADMIN", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free) struct spec *spec = NULL;
		struct error e = { 0 };
		char rest[1024];

		(void)snprintf(rest, sizeof(rest),
		    ", \"linux\": {\"seccomp\": {\"defaultAction\": "
		    "\"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "
		    "[\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", "
		    "\"includes\": {\"caps\": [\"%s\"]}}]}}",
		    rows[i].capability);
		cr_assert(zero(int, parse_config(rest, &spec, &e)), "%s",
		    e.text);
		cr_expect(eq(int, names(spec, "mount"), rows[i].kept),
		    "row %zu", i);
	}
}

Test(spec_profile, the_annotation_names_one_of_our_own)
{
	for (size_t i = 0; spec_profile_names[i] != NULL; i++) {
		AUTO(spec_free) struct spec *spec = NULL;
		struct error e = { 0 };
		char rest[256];

		(void)snprintf(rest, sizeof(rest),
		    ", \"annotations\": {\"dev.lorica.seccomp\": \"%s\"}",
		    spec_profile_names[i]);
		cr_assert(zero(int, parse_config(rest, &spec, &e)), "%s",
		    e.text);
		AUTO(spec_free)
		struct spec *wanted =
		    parse(spec_profile_find(spec_profile_names[i]), 0);
		AUTO_FREE char *a = print(spec);
		AUTO_FREE char *b = print(wanted);
		cr_expect(eq(str, a, b));
	}
}

Test(spec_profile, the_annotation_names_no_file_and_replaces_nothing)
{
	static const struct {
		const char *rest, *line;
	} rows[] = {
		{ ", \"annotations\": {\"dev.lorica.seccomp\": \"/etc/x\"}",
		    "annotations.dev.lorica.seccomp: no profile is called "
		    "\"/etc/x\"" },
		{ ", \"annotations\": {\"dev.lorica.seccomp\": "
		  "\"default.json\"}",
		    "annotations.dev.lorica.seccomp: no profile is called "
		    "\"default.json\"" },
		{ ", \"annotations\": {\"dev.lorica.seccomp\": \"\"}",
		    "annotations.dev.lorica.seccomp: no profile is called "
		    "\"\"" },
		{ ", \"annotations\": {\"dev.lorica.seccomp\": \"strict\"}, "
		  "\"linux\": {\"seccomp\": {\"defaultAction\": "
		  "\"SCMP_ACT_ALLOW\"}}",
		    "annotations.dev.lorica.seccomp: there is linux.seccomp "
		    "as well: remove one" },
		{ ", \"linux\": {\"seccomp\": {\"defaultAction\": "
		  "\"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], "
		  "\"action\": \"SCMP_ACT_LOG\", \"includes\": "
		  "{\"minKernel\": \"new\"}}]}}",
		    "linux.seccomp: syscalls[0]: minKernel: \"new\" is no "
		    "version" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec *spec = NULL;
		struct error e = { 0 };
		char line[512];

		cr_expect(lt(int, parse_config(rows[i].rest, &spec, &e), 0),
		    "row %zu", i);
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)(uintptr_t)rows[i].line),
		    "row %zu", i);
	}
}

/* ---- written ------------------------------------------------------------- */

Test(spec_profile, what_is_printed_is_read_back_the_same)
{
	static const char *const profiles[] = {
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
		"{\"defaultAction\": \"SCMP_ACT_TRACE\", \"defaultErrnoRet\": "
		"7, \"architectures\": [\"SCMP_ARCH_X86_64\", "
		"\"SCMP_ARCH_X32\"], \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\", "
		"\"SECCOMP_FILTER_FLAG_TSYNC\"], \"listenerPath\": \"/a\\\"b\","
		" \"listenerMetadata\": \"m\", \"syscalls\": [{\"names\": "
		"[\"a\", \"b\\\"\"], \"action\": \"SCMP_ACT_NOTIFY\"}, "
		"{\"names\": [\"c\"], \"action\": \"SCMP_ACT_ERRNO\", "
		"\"errnoRet\": 0, \"args\": [{\"index\": 5, \"value\": "
		"18446744073709551615, \"valueTwo\": 9223372036854775809, "
		"\"op\": \"SCMP_CMP_MASKED_EQ\"}, {\"index\": 0, \"value\": 1, "
		"\"op\": \"SCMP_CMP_NE\"}]}]}",
		"{\"defaultAction\": \"SCMP_ACT_KILL\", \"flags\": []}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		AUTO(spec_free) struct spec *first = parse(profiles[i], 0);
		AUTO_FREE char *text = print(first);
		AUTO(spec_free) struct spec *second = parse(text, 0);
		AUTO_FREE char *again = print(second);
		const struct spec_seccomp *a = first->lnx.seccomp;
		const struct spec_seccomp *b = second->lnx.seccomp;

		cr_expect(eq(str, text, again));
		cr_expect(eq(u32, a->default_action, b->default_action));
		cr_expect(eq(u32, a->default_errno_ret.value,
		    b->default_errno_ret.value));
		cr_expect(eq(uint, a->flags, b->flags));
		cr_expect(eq(int, a->has_flags, b->has_flags));
		cr_expect(
		    eq(sz, a->architectures_count, b->architectures_count));
		cr_assert(eq(sz, a->syscalls_count, b->syscalls_count));
		for (size_t j = 0; j < a->syscalls_count; j++) {
			cr_expect(eq(u32, a->syscalls[j].action,
			    b->syscalls[j].action));
			cr_expect(eq(int, a->syscalls[j].errno_ret.is_set,
			    b->syscalls[j].errno_ret.is_set));
			cr_assert(eq(sz, a->syscalls[j].args_count,
			    b->syscalls[j].args_count));
			cr_expect(zero(int,
			    a->syscalls[j].args_count == 0
				? 0
				: memcmp(a->syscalls[j].args,
				      b->syscalls[j].args,
				      a->syscalls[j].args_count *
					  sizeof(*a->syscalls[j].args))));
		}
	}
}
