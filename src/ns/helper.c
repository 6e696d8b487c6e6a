/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "idmap.h"
#include "os/os.h"

#define NOT_THERE 127

/* The command line: a name, a pid, three numbers for each line of the map. */
struct command {
	char numbers[3 * LIMIT_IDMAPS + 1][12];
	char *args[3 * LIMIT_IDMAPS + 3];
	size_t count; /* of args */
};

static void
add_number(struct command *command, uint32_t number)
{
	char *text = command->numbers[command->count - 1];

	(void)snprintf(text, sizeof(command->numbers[0]), "%u", number);
	command->args[command->count++] = text;
	command->args[command->count] = NULL;
}

/* Set-user-id programs are looked for in the system's folders alone. */
static void __attribute__((noreturn))
become_helper(const struct command *command, int output)
{
	static const char *const folders[] = { "/usr/bin", "/bin",
		"/usr/local/bin", "/usr/sbin" };
	char *nothing[] = { NULL };

	os_reset_signals();
	if (dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(1);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s/%s", folders[i],
		    command->args[0]);
		execve(path, command->args, nothing);
	}
	_exit(NOT_THERE);
}

int
idmap_helper_run(const char *name, pid_t pid, const struct spec_idmaps *maps,
    struct error *e)
{
	struct command command = { .args = { (char *)(uintptr_t)name },
		.count = 1 };
	AUTO_FD int output = memfd_create("output", MFD_CLOEXEC);
	char said[256];
	int status;

	if (output < 0)
		return error_sys(e, "memfd_create");
	add_number(&command, (uint32_t)pid);
	for (size_t i = 0; i < maps->count; i++) {
		add_number(&command, maps->items[i].container_id);
		add_number(&command, maps->items[i].host_id);
		add_number(&command, maps->items[i].size);
	}
	pid_t child = os_clone3(&(struct clone_args){ .exit_signal = SIGCHLD });
	if (child < 0)
		return error_sys(e, "clone3");
	if (child == 0)
		become_helper(&command, output);
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return error_sys(e, "wait for %s", name);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_THERE)
		return error_set(e, ENOENT,
		    "%s is not installed (Debian: apt install uidmap)", name);
	text_last_line(output, said, sizeof(said));
	return error_set(e, EPERM, "%s refused the mappings%s%s", name,
	    said[0] != '\0' ? ": " : "", said);
}
