/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <seccomp.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "support.h"

#define X32 0x40000000u

/* The three ABIs of a PC and of an ARM machine; any machine compiles both. */
#define PC  "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\"]"
#define ARM "[\"SCMP_ARCH_AARCH64\", \"SCMP_ARCH_ARM\"]"

static struct filter
plain(const struct spec *spec)
{
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_compile(spec->lnx.seccomp, 1, &filter, &e)),
	    "%s", e.text);
	return filter;
}

/* Numbers where anything could change. */
static const struct {
	uint32_t first;
	uint32_t last;
} ranges[] = {
	{ 0, 2048 },
	{ X32 - 64, X32 + 2048 },
	{ 0x7fffffc0, 0x80000040 },
	{ 0xbfffffc0, 0xc0000800 },
	{ 0xffffd000, 0xffffffff },
};

/*
 * Every number of an ABI: the same as without the instructions in front up to
 * the last that is named, ENOSYS behind it.
 */
static void
compare(const struct spec *spec, uint32_t arch, uint32_t last,
    uint32_t last_x32)
{
	AUTO(filter_free) struct filter with = support_filter(spec, -1);
	AUTO(filter_free) struct filter without = plain(spec);

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (uint64_t n = ranges[i].first; n <= ranges[i].last; n++) {
			uint32_t number = (uint32_t)n;
			bool x32 =
			    (number & X32) != 0 && arch == AUDIT_ARCH_X86_64;
			bool newer = number > (x32 ? last_x32 : last);

			cr_assert(eq(u32,
				      support_answer(&with, arch, number, 2),
				      newer ? SECCOMP_RET_ERRNO | ENOSYS
					    : support_answer(&without, arch,
						  number, 2)),
			    "arch %x number %x", arch, number);
		}
	}
}

static uint32_t
last_of(const struct spec *spec, uint32_t token)
{
	int last = -1;

	for (size_t i = 0; i < spec->lnx.seccomp->syscalls_count; i++) {
		struct spec_strings names =
		    spec->lnx.seccomp->syscalls[i].names;

		for (size_t j = 0; j < names.count; j++) {
			int number = seccomp_syscall_resolve_name_arch(token,
			    names.items[j]);

			last = number > last ? number : last;
		}
	}
	return (uint32_t)last;
}

Test(filter_enosys, dockers_profile)
{
	AUTO(spec_free)
	struct spec *spec = support_profile_file(DOCKER_PROFILE);

	/* removexattrat, which libseccomp may be too old to know. */
	compare(spec, AUDIT_ARCH_X86_64, 466, last_of(spec, SCMP_ARCH_X32));
	compare(spec, AUDIT_ARCH_I386, last_of(spec, SCMP_ARCH_X86), 0);
}

Test(filter_enosys, each_abi_has_its_own_limit)
{
	/* close_range 436, openat2 437 everywhere; _llseek is a 32-bit call */
	static const char rule[] =
	    "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", "
	    "\"architectures\": %s, \"syscalls\": [{\"names\": "
	    "[\"close_range\", \"openat2\", "
	    "\"read\", \"_llseek\"], \"action\": \"SCMP_ACT_ALLOW\"}]}";
	static const struct {
		const char *architectures;
		uint32_t arch;
		uint32_t last_x32;
	} rows[] = {
		{ PC, AUDIT_ARCH_X86_64, X32 + 437 },
		{ PC, AUDIT_ARCH_I386, 0 },
		{ ARM, AUDIT_ARCH_AARCH64, 0 },
		{ ARM, AUDIT_ARCH_ARM, 0 },
		/* Without x32 its numbers are foreign, not new. */
		{ "[\"SCMP_ARCH_X86_64\"]", AUDIT_ARCH_X86_64, UINT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[512];

		snprintf(text, sizeof(text), rule, rows[i].architectures);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		compare(spec, rows[i].arch, 437, rows[i].last_x32);
	}
}

Test(filter_enosys, native_without_a_list_of_architectures)
{
	AUTO(spec_free)
	struct spec *spec = support_profile(
	    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 13, "
	    "\"syscalls\": [{\"names\": [\"openat2\"], \"action\": "
	    "\"SCMP_ACT_ALLOW\"}]}");

	compare(spec, FILTER_NATIVE_ARCH, 437, UINT32_MAX);
}

/* Whatever the rule says: its author knew the call. */
Test(filter_enosys, a_denied_call_is_known)
{
	AUTO(spec_free)
	struct spec *spec = support_profile(
	    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\":"
	    " [\"openat2\"], \"action\": \"SCMP_ACT_ERRNO\"}, {\"names\": "
	    "[\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");

	compare(spec, FILTER_NATIVE_ARCH, 437, UINT32_MAX);
}

Test(filter_enosys, nothing_is_added_where_calls_happen)
{
	static const char *const defaults[] = {
		"\"SCMP_ACT_ALLOW\"",
		"\"SCMP_ACT_LOG\"",
		"\"SCMP_ACT_TRACE\"",
		"\"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38",
	};

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    "{\"defaultAction\": %s, \"syscalls\": [{\"names\": "
		    "[\"read\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}]}",
		    defaults[i]);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free) struct filter filter = plain(spec);
		struct error e = { 0 };
		int before = filter.count;

		cr_assert(zero(int,
		    filter_add_enosys(spec->lnx.seccomp, &filter, &e)));
		cr_expect(eq(int, filter.count, before), "row %zu", i);
	}
}

Test(filter_enosys, other_defaults_are_told_enosys)
{
	static const char *const defaults[] = { "KILL", "KILL_THREAD",
		"KILL_PROCESS", "TRAP", "ERRNO" };

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_%s\", \"syscalls\": "
		    "[{\"names\": [\"openat2\"], \"action\": "
		    "\"SCMP_ACT_ALLOW\"}]}",
		    defaults[i]);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		cr_expect(eq(u32,
			      support_answer(&filter, FILTER_NATIVE_ARCH, 438,
				  0),
			      SECCOMP_RET_ERRNO | ENOSYS),
		    "%s", defaults[i]);
	}
}

/* No rule: nothing is known to be newer than anything. */
Test(filter_enosys, a_profile_without_rules_keeps_its_default)
{
	AUTO(spec_free)
	struct spec *spec =
	    support_profile("{\"defaultAction\": \"SCMP_ACT_ERRNO\"}");
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	cr_expect(
	    eq(u32, support_answer(&filter, FILTER_NATIVE_ARCH, 100000, 0),
		SECCOMP_RET_ERRNO | EPERM));
}
