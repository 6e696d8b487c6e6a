/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

int
cli_words(struct cli_call *call, const struct cli_option *options, int min,
    int max, struct error *e)
{
	int at = cli_options(options, call->argc, call->argv, &call->helped, e);

	if (call->helped) {
		printf("usage: lorica %s [options]%s%s\n%s\n",
		    call->command->name,
		    call->command->synopsis[0] != '\0' ? " " : "",
		    call->command->synopsis, call->command->help);
		cli_options_print(options);
		return -ECANCELED;
	}
	if (at < 0)
		return at;
	if (call->argc - at < min)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	if (call->argc - at > max)
		return error_set(e, EINVAL, "unexpected \"%s\"",
		    call->argv[at + max]);
	return at;
}

int
cli_one_id(struct cli_call *call, const struct cli_option *options,
    struct error *e)
{
	int at = cli_words(call, options, 1, 1, e);

	if (at < 0)
		return at;
	call->id = call->argv[at];
	return 0;
}

const char *
cli_notify_socket(void)
{
	const char *socket = getenv("NOTIFY_SOCKET");

	return socket != NULL && socket[0] != '\0' ? socket : NULL;
}

const struct cli_command cli_commands[] = {
	{ "ask", cli_ask, "ID",
	    "answer what the policy of a container leaves open" },
	{ "checkpoint", cli_checkpoint, "ID",
	    "write a running container to files, by criu" },
	{ "create", cli_create, "ID", "make a container that waits for start",
	    .makes_process = true },
	{ "debug", cli_debug, "ID [COMMAND [ARGUMENT]...]",
	    "run a container with tools beside one, in its namespaces",
	    .makes_process = true, .failure = 255 },
	{ "delete", cli_delete, "ID", "remove a container" },
	{ "events", cli_events, "ID",
	    "print what a container uses, and when it runs out" },
	{ "exec", cli_exec, "ID [COMMAND [ARGUMENT]...]",
	    "run a process more in a container", .makes_process = true,
	    .failure = 255 },
	{ "features", cli_features, "", "print what this runtime can do",
	    .stateless = true },
	{ "image", cli_image,
	    "unpack SOURCE BUNDLE | list SOURCE | remove BUNDLE",
	    "make a bundle of an image", .stateless = true },
	{ "kill", cli_kill, "ID [SIGNAL]", "send a signal to a container" },
	{ "list", cli_list, "", "list containers" },
	{ "pause", cli_pause, "ID", "stop every process of a container" },
	{ "policy", cli_policy, "FILE",
	    "show what a policy says, and what it answers", .stateless = true },
	{ "ps", cli_ps, "ID [PS-OPTION]...",
	    "list the processes of a container" },
	{ "record", cli_record, "BUNDLE [ARGUMENT]...",
	    "write the seccomp profile of what a program does",
	    .makes_process = true },
	{ "restore", cli_restore, "ID", "make a container of such files" },
	{ "resume", cli_resume, "ID", "let a paused container go on" },
	{ "run", cli_run, "ID", "create, start, wait and delete",
	    .makes_process = true },
	{ "sandbox", cli_sandbox,
	    "[--] COMMAND [ARGUMENT]... | diff NAME | commit NAME [PATH]... | "
	    "discard NAME | learn [OPTION]... [--] COMMAND [ARGUMENT]...",
	    "run a command that sees the machine and writes only here",
	    .makes_process = true, .stateless = true, .failure = 125 },
	{ "spec", cli_spec, "", "write a configuration to begin with",
	    .stateless = true },
	{ "start", cli_start, "ID", "let a created container run" },
	{ "state", cli_state, "ID", "print the state of a container" },
	{ "syscalls", cli_syscalls, "[BUNDLE|ID|PROFILE [OTHER]]",
	    "show what of the kernel a container may call", .stateless = true },
	{ "trace", cli_trace, "[ID]",
	    "show what the interception layer of a container sees" },
	{ "update", cli_update, "ID", "change the limits of a container" },
	{ NULL },
};
