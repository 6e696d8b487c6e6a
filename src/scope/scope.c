/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope - run lorica-systemd: the request is its standard input, the answer, a
 * struct error, comes over a socket that is its standard output, and what the
 * loader of shared libraries may have to say goes to its standard error.
 */
#define _GNU_SOURCE
#include "scope/scope.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "config.h"
#include "os/os.h"

#define HELPER "lorica-systemd"

/* More than the helper gives systemd: it is stuck. */
#define TIME_LIMIT_S 60

/* The only variable that the helper reads. */
#define RUNTIME_DIR "XDG_RUNTIME_DIR"

bool
scope_is_built(void)
{
#ifdef HAVE_SYSTEMD
	return true;
#else
	return false;
#endif
}

enum unit_manager
scope_manager(int proc)
{
	struct stat ours, first;

	if (geteuid() != 0)
		return UNIT_USER;
	if (os_is_first_user_namespace(proc))
		return UNIT_SYSTEM;
	/* Links of procfs, which are followed to namespaces. */
	if (fstatat(proc, "1/ns/user", &first, 0) == 0 &&
	    fstatat(proc, "self/ns/user", &ours, 0) == 0 &&
	    first.st_dev == ours.st_dev && first.st_ino == ours.st_ino)
		return UNIT_SYSTEM;
	return UNIT_USER;
}

/* ---- the helper ---------------------------------------------------------- */

struct helper {
	int request;
	int said;
	int socket[2]; /* ours, its */
	char path[4096];
	char runtime_dir[4096];
};

static void
helper_close(struct helper *helper)
{
	auto_close(&helper->request);
	auto_close(&helper->said);
	auto_close(&helper->socket[0]);
	auto_close(&helper->socket[1]);
}

/* Write the request down, so that its size is no matter. */
static int
write_request(struct helper *helper, const struct unit_request *request,
    struct error *e)
{
	helper->request = memfd_create("request", MFD_CLOEXEC);
	int again = helper->request < 0
			? -1
			: fcntl(helper->request, F_DUPFD_CLOEXEC, 0);
	FILE *out = again < 0 ? NULL : fdopen(again, "w");

	if (out == NULL) {
		auto_close(&again);
		return error_sys(e, "memfd_create");
	}
	unit_put_request(out, request);
	long length = ftell(out);
	if (fclose(out) != 0)
		return error_sys(e, "write the request");
	if (length > (long)LIMIT_UNIT_BYTES)
		return error_set(e, E2BIG, "more than %u bytes of properties",
		    LIMIT_UNIT_BYTES);
	if (lseek(helper->request, 0, SEEK_SET) < 0)
		return error_sys(e, "write the request");
	return 0;
}

static int
prepare(struct helper *helper, const struct unit_request *request,
    struct error *e)
{
	const char *folder = secure_getenv("LORICA_LIBEXEC");
	const char *runtime_dir = getenv(RUNTIME_DIR);

	TRY(write_request(helper, request, e));
	helper->said = memfd_create("said", MFD_CLOEXEC);
	if (helper->said < 0)
		return error_sys(e, "memfd_create");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		helper->socket) < 0)
		return error_sys(e, "socketpair");
	struct text_out path = text_out(helper->path, sizeof(helper->path));
	text_put(&path,
	    folder != NULL && folder[0] == '/' ? folder : LORICA_LIBEXEC);
	text_put(&path, "/" HELPER);
	struct text_out variable =
	    text_out(helper->runtime_dir, sizeof(helper->runtime_dir));
	text_put(&variable, RUNTIME_DIR "=");
	text_put(&variable, runtime_dir != NULL ? runtime_dir : "");
	if (path.truncated || variable.truncated)
		return error_errno(e, ENAMETOOLONG, "find %s", HELPER);
	return 0;
}

static void __attribute__((noreturn)) become_helper(struct helper *helper)
{
	static char name[] = HELPER;
	char *arguments[] = { name, NULL };
	char *environment[] = { helper->runtime_dir, NULL };

	/* Nobody knows what it would have done, were it to outlive us. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	os_reset_signals();
	(void)alarm(TIME_LIMIT_S);
	if (dup2(helper->request, 0) < 0 || dup2(helper->socket[1], 1) < 0 ||
	    dup2(helper->said, 2) < 0)
		_exit(1);
	/* Those that the caller wants to be preserved are for init. */
	(void)close_range(3, ~0u, 0);
	execve(helper->path, arguments, environment);
	dprintf(2, "%s", strerrordesc_np(errno));
	_exit(127);
}

/* Its answer, or why there is none. */
static int
read_answer(const struct helper *helper, struct error *e)
{
	struct error answer = { 0 };
	char said[256];
	ssize_t got;

	while (
	    (got = recv(helper->socket[0], &answer, sizeof(answer), 0)) < 0 &&
	    errno == EINTR)
		;
	if (got == (ssize_t)sizeof(answer) && answer.code == 0)
		return 0;
	if (got == (ssize_t)sizeof(answer) && error_is_valid(&answer)) {
		*e = answer;
		return -e->code;
	}
	text_last_line(helper->said, said, sizeof(said));
	return error_set(e, EPROTO, "%s gave no answer%s%s", helper->path,
	    said[0] != '\0' ? ": " : "", said);
}

static int
run(struct helper *helper, struct error *e)
{
	pid_t child = os_clone3(&(struct clone_args){ .exit_signal = SIGCHLD });

	if (child < 0)
		return error_sys(e, "clone3");
	if (child == 0)
		become_helper(helper);
	auto_close(&helper->socket[1]);
	helper->socket[1] = -1;
	int failed = read_answer(helper, e);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return failed;
}

int
scope_call(const struct unit_request *request, struct error *e)
{
	AUTO(helper_close)
	struct helper helper = { -1, -1, { -1, -1 }, "", "" };

	if (!scope_is_built())
		return error_set(e, ENOTSUP,
		    "lorica was built without systemd");
	TRY(prepare(&helper, request, e));
	return run(&helper, e);
}
