/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "support.h"

static const struct syscall_entry *
entry(const char *id)
{
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		if (strcmp(at->id, id) == 0)
			return at;
	}
	cr_assert(false, "%s", id);
	return NULL;
}

/* "ABI door", or "" when it is shut. */
static void
opened(const char *json, const char *id, char *out, size_t size)
{
	AUTO(spec_free) struct spec *spec = support_profile(json);
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	const char *door = NULL;
	const struct filter_abi *abi =
	    filter_entry_open(&filter, entry(id), &door);

	(void)snprintf(out, size, "%s%s%s", abi == NULL ? "" : abi->name,
	    abi == NULL ? "" : " ", abi == NULL ? "" : door);
}

#define PROFILE(architectures, names, args)                                    \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": "          \
	"[" architectures "], \"syscalls\": [{\"names\": [" names              \
	"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [" args "]}]}"
#define FAMILY(number)                                                         \
	"{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": " #number "}"

Test(filter_surface, an_entry_is_open_by_the_arguments_that_enter_it)
{
	static const struct {
		const char *json, *id, *wanted;
	} rows[] = {
		{ PROFILE("", "\"socket\"", FAMILY(38)), "af-alg", "socket" },
		{ PROFILE("", "\"socket\"", FAMILY(1)), "af-alg", "" },
		{ PROFILE("", "\"socketpair\"", ""), "af-tipc", "socketpair" },
		{ PROFILE("", "\"bpf\"", ""), "bpf", "bpf" },
		{ PROFILE("", "\"bpf\"", FAMILY(1)), "bpf", "bpf" },
		{ PROFILE("", "\"read\"", ""), "bpf", "" },
		/* Another family of its own by an old type. */
		{ PROFILE("", "\"socket\"", FAMILY(2)), "af-packet", "socket" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[64];
		char wanted[64];

		opened(rows[i].json, rows[i].id, got, sizeof(got));
		(void)snprintf(wanted, sizeof(wanted), "%s%s%s",
		    rows[i].wanted[0] == '\0' ? "" : filter_abis[0].name,
		    rows[i].wanted[0] == '\0' ? "" : " ", rows[i].wanted);
		cr_expect(eq(str, got, wanted), "row %zu", i);
	}
}

#if defined(__x86_64__)
Test(filter_surface, foreign_calls_are_found)
{
	static const struct {
		const char *json, *id, *wanted;
	} rows[] = {
		{ PROFILE("\"SCMP_ARCH_X86\"", "\"socketcall\"", ""), "af-alg",
		    "i386 socketcall" },
		{ PROFILE("\"SCMP_ARCH_X86\"", "\"ipc\"", ""), "sysv-queues",
		    "i386 ipc" },
		/* libseccomp allows the multiplexer with the call. */
		{ PROFILE("\"SCMP_ARCH_X86\"", "\"read\"", ""), "af-alg", "" },
		{ PROFILE("\"SCMP_ARCH_X32\"", "\"keyctl\"", ""), "keyring",
		    "x86-64 keyctl" },
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": "
		  "[\"SCMP_ARCH_X32\"], \"syscalls\": [{\"names\": "
		  "[\"keyctl\", \"add_key\", \"request_key\"], \"action\": "
		  "\"SCMP_ACT_ERRNO\"}]}",
		    "keyring", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[64];

		opened(rows[i].json, rows[i].id, got, sizeof(got));
		cr_expect(eq(str, got, (char *)(uintptr_t)rows[i].wanted),
		    "row %zu", i);
	}
}

Test(filter_surface, calls_of_each_abi_are_counted)
{
	AUTO(spec_free)
	struct spec *spec = support_profile(
	    PROFILE("\"SCMP_ARCH_X86\"", "\"read\", \"write\"", ""));
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	const struct filter none = { 0 };

	cr_expect(eq(uint, filter_count(&filter, &filter_abis[0]), 2));
	cr_expect(eq(uint, filter_count(&filter, &filter_abis[1]), 2));
	cr_expect(eq(uint, filter_count(&filter, &filter_abis[2]), 0));
	cr_expect(eq(uint, filter_count(&none, &filter_abis[2]), 1024));
}
#endif

Test(filter_surface, without_a_program_every_entry_is_open)
{
	const struct filter none = { 0 };

	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++)
		cr_expect(filter_entry_open(&none, at, NULL) != NULL, "%s",
		    at->id);
}

Test(filter_surface, fates_are_told_apart)
{
	static const struct {
		const char *action;
		unsigned fate;
	} rows[] = {
		{ "ALLOW", FILTER_HAPPENS },
		{ "LOG", FILTER_HAPPENS },
		{ "TRACE", FILTER_ASKS },
		{ "ERRNO", FILTER_FAILS },
		{ "TRAP", FILTER_FAILS },
		{ "KILL_THREAD", FILTER_KILLS },
		{ "KILL_PROCESS", FILTER_KILLS },
	};
	const struct seccomp_data call = {
		.nr = filter_abi_number(&filter_abis[0], "getpid"),
		.arch = filter_abis[0].arch,
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_%s\", \"syscalls\": "
		    "[{\"names\": [\"getpid\"], \"action\": \"SCMP_ACT_%s\"}]}",
		    i == 0 ? "ERRNO" : "ALLOW", rows[i].action);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		cr_expect(eq(uint, filter_fates(&filter, &call), rows[i].fate),
		    "%s", rows[i].action);
		cr_expect(eq(uint, filter_fate_of(&filter, &call),
			      rows[i].fate),
		    "%s", rows[i].action);
	}
}
