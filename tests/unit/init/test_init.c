/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the steps are gone through; their order is test_steps.c.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/steps.h"
#include "os/os.h"

static void
make_pair(int pair[2])
{
	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
}

static int
status_of(pid_t pid)
{
	int status = -1;

	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Test(init_init, it_does_not_outlive_the_runtime)
{
	int pair[2];

	make_pair(pair);
	pid_t pid = fork();
	if (pid == 0) {
		const struct init init = { .sync = pair[1] };
		int signal = 0;

		close(pair[0]);
		init_live_with_the_runtime(&init);
		(void)prctl(PR_GET_PDEATHSIG, &signal);
		_exit(signal == SIGKILL ? 42 : 43);
	}
	cr_expect(eq(int, status_of(pid), 42), "the kernel will end it");
	close(pair[0]);
	pid = fork();
	if (pid == 0) {
		const struct init init = { .sync = pair[1] };

		init_live_with_the_runtime(&init);
		_exit(42);
	}
	cr_expect(eq(int, status_of(pid), 1), "it was dead already");
	close(pair[1]);
}

/* What a step of the table gets is all that the runtime said of it. */
static struct init_shared *
share(void)
{
	struct init_shared *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cr_assert(ne(ptr, (void *)shared, MAP_FAILED));
	return shared;
}

static size_t
step_of(const char *name)
{
	size_t i = 0;

	while (
	    init_steps[i].name != NULL && strcmp(init_steps[i].name, name) != 0)
		i++;
	return i;
}

/* The leader of a process group can begin no session; an ordinary user does not
 * come so far. */
Test(init_init, a_step_that_fails_is_told_and_is_the_last)
{
	static const struct spec spec;
	struct init_shared *shared = share();
	struct init_message got = { 0 };
	struct error e = { 0 };
	bool privileged = os_has_capability(CAP_SYS_ADMIN);
	const char *last =
	    privileged ? "leave the caller's session" : "open a private procfs";
	char line[512], wanted[128];
	int pair[2], fd = -1;

	make_pair(pair);
	pid_t pid = fork();
	if (pid == 0) {
		struct init init = { .spec = &spec,
			.shared = shared,
			.sync = pair[1],
			.foreign = { -1, -1, -1, -1, -1, -1, -1, -1 },
			.proc = -1 };

		close(pair[0]);
		setpgid(0, 0);
		init_main(&init);
	}
	close(pair[1]);
	cr_expect(eq(int, init_message_receive(pair[0], &got, &fd, &e), 1));
	cr_expect(eq(int, (int)got.kind, INIT_FAILED));
	cr_expect(not(got.by_hook));
	error_format(&got.error, line, sizeof(line));
	(void)snprintf(wanted, sizeof(wanted), "%s: ", last);
	cr_expect(zero(int, strncmp(line, wanted, strlen(wanted))), "%s", line);
	cr_expect(zero(int, init_message_receive(pair[0], &got, &fd, &e)),
	    "and no more is said");
	cr_expect(eq(int, status_of(pid), 1));
	for (size_t i = 0; init_steps[i].name != NULL; i++)
		cr_expect(eq(int, shared->began_ns[i] != 0, i <= step_of(last)),
		    "%s", init_steps[i].name);
	close(pair[0]);
	munmap(shared, sizeof(*shared));
}

/* A descriptor of the runtime's end would keep that end open, as one of its
 * lock would keep the lock. */
Test(init_init, what_is_the_runtime_s_own_is_closed_first)
{
	static const struct spec spec;
	struct init_shared *shared = share();
	int pair[2];

	make_pair(pair);
	pid_t pid = fork();
	if (pid == 0) {
		struct init init = { .spec = &spec,
			.shared = shared,
			.sync = pair[1],
			.foreign = { pair[0], -1, -1, -1, -1, -1, -1, -1 },
			.proc = -1 };

		setpgid(0, 0);
		raise(SIGSTOP);
		init_main(&init);
	}
	cr_assert(eq(int, waitpid(pid, NULL, WUNTRACED), pid));
	close(pair[0]);
	close(pair[1]);
	kill(pid, SIGCONT);
	cr_expect(eq(int, status_of(pid), 1));
	cr_expect(zero(u64, shared->began_ns[0]), "it has seen that end go");
	munmap(shared, sizeof(*shared));
}
