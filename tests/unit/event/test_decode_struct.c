/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>

#include "support.h"

static const char *
shown(enum syscall_arg kind, const void *bytes, size_t length)
{
	const struct syscall_row row = { "a", .args = { kind } };
	const struct event event = { .kind = EVENT_CALL,
		.row = &row,
		.copies = { { bytes, length, false, 0 } } };

	return support_text_args(&event);
}

#define EXPECT(got, wanted)                                                    \
	cr_expect(eq(str, (char *)(uintptr_t)(got), (wanted)))

Test(event_decode_struct, open_how)
{
	struct {
		struct open_how how;
		char more[5];
	} both = { { O_RDWR | O_CREAT, 0600,
		       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | 0x8000 },
		"x" };

	EXPECT(shown(SYSCALL_ARG_OPEN_HOW, &both.how, sizeof(both.how)),
	    "({flags=O_RDWR|O_CREAT, mode=0600, "
	    "resolve=RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH|0x8000})");
	EXPECT(shown(SYSCALL_ARG_OPEN_HOW, &both, sizeof(both.how) + 5),
	    "({flags=O_RDWR|O_CREAT, mode=0600, "
	    "resolve=RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH|0x8000, more=5}...)");
	EXPECT(shown(SYSCALL_ARG_OPEN_HOW, &both, 11),
	    "({flags=O_RDWR|O_CREAT, more=3}...)");
	EXPECT(shown(SYSCALL_ARG_OPEN_HOW, "", 0), "({})");
	both.how = (struct open_how){ .flags = UINT64_C(1) << 63 };
	EXPECT(shown(SYSCALL_ARG_OPEN_HOW, &both.how, sizeof(both.how)),
	    "({flags=O_RDONLY|0x8000000000000000})");
}

Test(event_decode_struct, clone_args)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_INTO_CGROUP |
					    CLONE_NEWTIME,
		.exit_signal = SIGCHLD,
		.stack = 0x7f0000,
		.stack_size = 4096,
		.cgroup = 5 };

	EXPECT(shown(SYSCALL_ARG_CLONE_ARGS, &args, sizeof(args)),
	    "({flags=CLONE_NEWUSER|CLONE_NEWTIME|CLONE_INTO_CGROUP, "
	    "exit_signal=SIGCHLD, stack=0x7f0000, stack_size=4096, cgroup=5})");
	EXPECT(shown(SYSCALL_ARG_CLONE_ARGS, &args, CLONE_ARGS_SIZE_VER0),
	    "({flags=CLONE_NEWUSER|CLONE_NEWTIME|CLONE_INTO_CGROUP, "
	    "exit_signal=SIGCHLD, stack=0x7f0000, stack_size=4096})");
}

/* What is fixed in an argument has to fit into its share of a line. */
Test(event_decode_struct, the_longest_has_its_room)
{
	const struct syscall_row row = { "a",
		.args = { SYSCALL_ARG_CLONE_ARGS, SYSCALL_ARG_CLONE_ARGS,
		    SYSCALL_ARG_CLONE_ARGS, SYSCALL_ARG_CLONE_ARGS,
		    SYSCALL_ARG_CLONE_ARGS, SYSCALL_ARG_CLONE_ARGS } };
	struct clone_args args;
	struct event event = { .kind = EVENT_CALL, .row = &row };

	memset(&args, 0xff, sizeof(args));
	for (size_t i = 0; i < 6; i++)
		event.copies[i] = (struct event_copy)SUPPORT_COPY(args);
	cr_expect(strstr(support_json(&event), "truncated") == NULL);
}
