/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "filter/explain.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "support.h"

static const char text[] =
    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 1,"
    "\"syscalls\": ["
    "{\"names\": [\"mount\", \"umount2\"], \"action\": \"SCMP_ACT_ERRNO\","
    " \"errnoRet\": 13},"
    "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
    "{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
    "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_KILL_PROCESS\", "
    "\"args\": [{\"index\": 0, \"value\": 255, \"valueTwo\": 16, \"op\": "
    "\"SCMP_CMP_MASKED_EQ\"}]},"
    "{\"names\": [\"mseal\", \"pidfd_open\"], \"action\": "
    "\"SCMP_ACT_ALLOW\"}]}";

static const struct {
	struct seccomp_data call;
	struct filter_reason reason;
	const char *says;
} rows[] = {
	{ { .nr = SYS_mount, .arch = FILTER_NATIVE_ARCH },
	    { FILTER_REASON_RULE, 0 },
	    "denied: mount(0, 0, 0, ...) by \"a\\x1b\" (pid 7): errno EACCES: "
	    "syscalls[0], for mount and 1 more\n    in its place: {\"names\": "
	    "[\"mount\"], \"action\": \"SCMP_ACT_ALLOW\"}\n" },
	{ { .nr = SYS_ptrace, .arch = FILTER_NATIVE_ARCH, .args = { 0x110 } },
	    { FILTER_REASON_RULE, 2 },
	    "denied: ptrace(0x110, 0, 0, ...) by \"a\\x1b\" (pid 7): the "
	    "process is killed: syscalls[2], for ptrace\n    in its place: "
	    "{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\"}\n" },
	{ { .nr = SYS_socket,
	      .arch = FILTER_NATIVE_ARCH,
	      .args = { AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0 } },
	    { FILTER_REASON_DEFAULT, 0 },
	    "denied: socket(AF_VSOCK, SOCK_STREAM, 0) by \"a\\x1b\" (pid 7): "
	    "errno EPERM: defaultAction; allowed with other arguments by "
	    "syscalls[1]\n    to allow it: {\"names\": [\"socket\"], "
	    "\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	    "\"value\": 4294967295, \"valueTwo\": 40, \"op\": "
	    "\"SCMP_CMP_MASKED_EQ\"}, {\"index\": 1, \"value\": 4294440959, "
	    "\"valueTwo\": 1, \"op\": \"SCMP_CMP_MASKED_EQ\"}, {\"index\": 2, "
	    "\"value\": 4294967295, \"valueTwo\": 0, \"op\": "
	    "\"SCMP_CMP_MASKED_EQ\"}]}\n" },
	{ { .nr = 1000, .arch = FILTER_NATIVE_ARCH },
	    { FILTER_REASON_NEWER, 0 },
	    "denied: call 1000(0, 0, 0, ...) by \"a\\x1b\" (pid 7): errno "
	    "ENOSYS: newer than all that the profile names\n    no name is "
	    "known "
	    "for it\n" },
	/* libseccomp may be older than the call. */
	{ { .nr = 457, .arch = FILTER_NATIVE_ARCH },
	    { FILTER_REASON_DEFAULT, 0 },
	    "denied: statmount(0, 0, 0, ...) by \"a\\x1b\" (pid 7): errno "
	    "EPERM: defaultAction\n    to allow it: {\"names\": "
	    "[\"statmount\"], \"action\": \"SCMP_ACT_ALLOW\"}\n" },
	{ { .nr = 20, .arch = AUDIT_ARCH_I386 }, { FILTER_REASON_ABI, 0 },
	    "denied: getpid(0, 0, 0, ...) by \"a\\x1b\" (pid 7): the process "
	    "is killed: an ABI that architectures does not have\n    in "
	    "architectures: \"SCMP_ARCH_X86\"\n" },
};

Test(filter_explain, the_reason_is_the_rule_that_the_program_was_made_of)
{
	AUTO(spec_free) struct spec *spec = support_profile(text);
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *said = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&said, &length);
		const struct filter_denial denial = { spec->lnx.seccomp,
			&rows[i].call,
			filter_run(filter.insns, filter.count, &rows[i].call),
			7, "a\x1b" };
		struct filter_reason reason = filter_reason(&denial);

		cr_expect(eq(int, (int)reason.kind, (int)rows[i].reason.kind),
		    "row %zu", i);
		cr_expect(eq(u64, reason.rule, rows[i].reason.rule), "row %zu",
		    i);
		filter_explain(out, &denial);
		cr_assert(zero(int, fclose(out)));
		cr_expect(eq(str, said, (char *)(uintptr_t)rows[i].says));
	}
}

Test(filter_explain, the_same_is_told_once_and_never_without_end)
{
	AUTO(spec_free) struct spec *spec = support_profile(text);
	static struct filter_told told;
	struct seccomp_data call = { .nr = SYS_socket,
		.arch = FILTER_NATIVE_ARCH,
		.args = { AF_ALG, 5, 0, 99 } };
	const struct filter_denial denial = { spec->lnx.seccomp, &call,
		SECCOMP_RET_ERRNO | EPERM, 7, "a" };
	size_t count = 1;

	cr_expect(filter_told_add(&told, &denial));
	cr_expect(not(filter_told_add(&told, &denial)));
	/* What it is not about changes nothing. */
	call.args[3] = 7;
	cr_expect(not(filter_told_add(&told, &denial)));
	for (call.args[2] = 1; call.args[2] < 1000; call.args[2]++)
		count += filter_told_add(&told, &denial);
	cr_expect(eq(u64, count, FILTER_TOLD_MAX));
}
