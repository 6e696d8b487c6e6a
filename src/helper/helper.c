/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "helper/helper.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "os/os.h"

/* All that the child uses between clone(2) and execve(2). */
struct start {
	const struct helper_request *request;
	const char *path;
	int input;
	int output;
	int said;
	char *environment[HELPER_VARIABLES_MAX + 1];
};

int
helper_find(const char *name, char *path, size_t size)
{
	const char *folder = secure_getenv("LORICA_LIBEXEC");
	struct text_out out = text_out(path, size);

	text_put(&out,
	    folder != NULL && folder[0] == '/' ? folder : LORICA_LIBEXEC);
	text_put(&out, "/");
	text_put(&out, name);
	return out.truncated ? -ENAMETOOLONG : 0;
}

bool
helper_is_installed(const char *name)
{
	char path[sizeof(((struct helper *)NULL)->path)];

	return helper_find(name, path, sizeof(path)) == 0 &&
	       access(path, X_OK) == 0;
}

static int
memory(const char *name, const char *text, size_t length, struct error *e)
{
	AUTO_FD int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		return error_sys(e, "memfd_create");
	for (size_t done = 0; done < length;) {
		ssize_t put = write(fd, text + done, length - done);

		if (put < 0)
			return error_sys(e, "write the %s", name);
		done += (size_t)put;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_sys(e, "write the %s", name);
	return take_fd(&fd);
}

static void
free_environment(struct start *start)
{
	for (size_t i = 0; start->environment[i] != NULL; i++)
		free(start->environment[i]);
}

static int
fill_environment(struct start *start, struct error *e)
{
	size_t used = 0;

	for (const char *const *name = start->request->variables;
	     *name != NULL && used < HELPER_VARIABLES_MAX; name++) {
		const char *value = getenv(*name);

		if (value == NULL)
			continue;
		if (asprintf(&start->environment[used], "%s=%s", *name, value) <
		    0) {
			start->environment[used] = NULL;
			return error_sys(e, "memory");
		}
		used++;
	}
	return 0;
}

/* ---- the child ----------------------------------------------------------- */

/*
 * What is to be at a small number may lie where another is to be: out of the
 * way first.
 */
static bool
place_descriptors(const struct start *start)
{
	const struct helper_request *request = start->request;
	const int stdio[] = { start->input, start->output, start->said };
	int above = 3 + HELPER_FDS_MAX;
	int moved[3 + HELPER_FDS_MAX];
	size_t count = 3 + request->fds_count;

	for (size_t i = 0; i < count; i++) {
		int from = i < 3 ? stdio[i] : request->fds[i - 3];

		moved[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, above);
		if (from >= 0 && moved[i] < 0)
			return false;
	}
	/* Also those that the caller meant for the container. */
	if (close_range(3, (unsigned)above - 1, 0) < 0 ||
	    close_range((unsigned)above, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (moved[i] >= 0 && dup2(moved[i], (int)i) < 0)
			return false;
	}
	return true;
}

static void __attribute__((noreturn)) become_helper(struct start *start)
{
	const struct helper_request *request = start->request;
	char *arguments[] = { (char *)(uintptr_t)request->name, NULL };

	/* Before the next line, which a change of credentials undoes. */
	if (request->userns >= 0 && setns(request->userns, CLONE_NEWUSER) < 0) {
		(void)dprintf(start->said, "join the user namespace: %s",
		    strerrordesc_np(errno));
		_exit(126);
	}
	/* Nobody knows what it would have done, were it to outlive us. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	os_reset_signals();
	(void)alarm(request->time_limit);
	if (!place_descriptors(start))
		_exit(126);
	execve(start->path, arguments, start->environment);
	dprintf(2, "%s", strerrordesc_np(errno));
	_exit(127);
}

/* ---- the caller ---------------------------------------------------------- */

static int
run(struct start *start, struct helper *helper, struct error *e)
{
	const struct helper_request *request = start->request;
	struct clone_args args = { .exit_signal = SIGCHLD };

	if (request->cgroup >= 0) {
		args.flags = CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)(unsigned)request->cgroup;
	}
	TRY(fill_environment(start, e));
	start->path = helper->path;
	start->said = helper->said;
	helper->pid = os_clone3(&args);
	if (helper->pid < 0)
		return error_sys(e, "clone3");
	if (helper->pid == 0)
		become_helper(start);
	return 0;
}

static struct helper
take_helper(struct helper *helper)
{
	struct helper taken = *helper;

	*helper = (struct helper)HELPER_NONE;
	return taken;
}

int
helper_start(const struct helper_request *request, struct helper *out,
    struct error *e)
{
	AUTO(helper_end) struct helper helper = HELPER_NONE;
	AUTO(free_environment) struct start start = { .request = request };
	int pair[2];
	int failed =
	    helper_find(request->name, helper.path, sizeof(helper.path));

	if (failed < 0 || request->fds_count > HELPER_FDS_MAX)
		return error_errno(e, ENAMETOOLONG, "find %s", request->name);
	AUTO_FD int input =
	    memory("request", request->text, request->length, e);
	if (input < 0)
		return input;
	helper.said = memory("said", "", 0, e);
	if (helper.said < 0)
		return helper.said;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	helper.socket = pair[0];
	AUTO_FD int output = pair[1];
	start.input = input;
	start.output = output;
	TRY(run(&start, &helper, e));
	*out = take_helper(&helper);
	return 0;
}

static void
wait_for(struct helper *helper)
{
	while (helper->pid > 0 && waitpid(helper->pid, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	helper->pid = -1;
}

int
helper_no_answer(struct helper *helper, struct error *e)
{
	char said[256];

	wait_for(helper);
	text_last_line(helper->said, said, sizeof(said));
	return error_set(e, EPROTO, "%s gave no answer%s%s", helper->path,
	    said[0] != '\0' ? ": " : "", said);
}

int
helper_answer(struct helper *helper, struct error *e)
{
	struct error answer;
	ssize_t got;

	do
		got = recv(helper->socket, &answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(answer) ||
	    (answer.code != 0 && !error_is_valid(&answer)))
		return helper_no_answer(helper, e);
	if (answer.code != 0)
		*e = answer;
	return -answer.code;
}

void
helper_end(struct helper *helper)
{
	auto_close(&helper->socket);
	wait_for(helper);
	auto_close(&helper->said);
	*helper = (struct helper)HELPER_NONE;
}
