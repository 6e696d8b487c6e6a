/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process - execve(2) and execveat(2): who may run is decided twice.
 *
 * Before, so that what is forbidden fails as a call fails: on the file that is
 * found by the copy of the path. The kernel then looks the path up once more,
 * and may find another; so what it has taken is decided on again at the stop
 * before the first instruction, and ended there if it is not allowed: the
 * program that runs, and the file that was asked for, by the kernel's own copy
 * of its path, where that is another: a script. Scripts may name scripts: all
 * of them are decided on, and what the kernel has put in front of the program's
 * arguments says whether these were the ones.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "base/auto.h"
#include "decide.h"
#include "handlers.h"
#include "os/os.h"
#include "script.h"
#include "setup.h"

/* ---- scripts ------------------------------------------------------------- */

/* What the kernel makes of argv: the programs, their arguments, and the path.
 */
#define CHAIN_BYTES (PATH_MAX + SCRIPT_DEPTH * SCRIPT_BYTES)

struct chain {
	char strings[CHAIN_BYTES]; /* at its end, as they lie in memory */
	size_t from;
	unsigned scripts; /* that name another file */
	int fd;           /* the last of them; -1: it is not there */
};

static void
chain_free(struct chain *chain)
{
	auto_close(&chain->fd);
}

/* In front of the others. It has the room for as many as there can be. */
static void
prepend(struct chain *chain, const char *text)
{
	size_t length = strlen(text) + 1;

	if (length > chain->from)
		return;
	chain->from -= length;
	memcpy(chain->strings + chain->from, text, length);
}

/* With powers that execve(2) does not need either, as it does not read. 1; 0:
 * it is none; or what is no errno: decide.h. */
static int
read_script(struct worker *worker, int fd, struct script *script)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    worker_empower(worker, true) < 0)
		return 0;
	AUTO_FD int file = path_reopen_waiting(worker, fd, &st, O_RDONLY, 0);
	if (worker_empower(worker, false) < 0)
		monitor_end(worker->monitor);
	if (file <= -CALL_ERESTARTSYS)
		return file;
	ssize_t got =
	    file < 0 ? -1 : pread(file, script->bytes, SCRIPT_BYTES, 0);
	return got > 0 && script_parse(script, (size_t)got);
}

/*
 * From the file that chain->fd is, to the program, all of which are decided on.
 * What is not there ends it: so it does for the kernel.
 */
static int
follow(struct worker *worker, struct call *call, struct chain *chain)
{
	struct script script;
	int is_script;

	while ((is_script = read_script(worker, chain->fd, &script)) > 0) {
		AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

		/* One more than the kernel follows. */
		if (++chain->scripts > SCRIPT_DEPTH)
			return -ELOOP;
		if (script.argument != NULL)
			prepend(chain, script.argument);
		prepend(chain, script.program);
		int failed = path_find(worker, AT_FDCWD, script.program,
		    PATH_FOLLOW, 0, &found);
		if (failed == DECIDE_LATER)
			return failed;
		auto_close(&chain->fd);
		chain->fd = failed < 0 ? -1 : take_fd(&found.fd);
		if (chain->fd < 0)
			return 0;
		failed = decide_execute(worker, call, chain->fd);
		if (failed < 0)
			return failed;
	}
	return is_script;
}

/* Is anything to be decided that a file's text can matter to? */
static bool
minds_scripts(const struct monitor *monitor)
{
	return monitor->policy != NULL &&
	       (guard_wants(monitor->policy) &
		   (GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT)) != 0;
}

static int
decide_scripts(struct worker *worker, struct call *call,
    struct path_found *found)
{
	AUTO(chain_free) struct chain chain = { .from = CHAIN_BYTES, .fd = -1 };

	if (!minds_scripts(worker->monitor))
		return 0;
	chain.fd = take_fd(&found->fd);
	return follow(worker, call, &chain);
}

/* ---- before -------------------------------------------------------------- */

static struct reply
execute(struct worker *worker, struct call *call, size_t index, int dirfd,
    unsigned how)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed;
	const char *path = call_text(call, index, &failed);

	/* lorica's own memory may be closed to the sentry: the first program is
	 * decided on at the stop alone, then. */
	if (path == NULL && setup_has(worker->monitor->setup, call->tid))
		return reply_continue();
	if (path == NULL)
		return reply_value(failed);
	/* Of one that failed. */
	asker_forget(worker->monitor->asker, call->tid);
	failed = path_find(worker, dirfd, path, how, 0, &found);
	/* As lorica's memory may be its root. */
	if (failed == -EACCES && setup_has(worker->monitor->setup, call->tid))
		return reply_continue();
	if (failed < 0)
		return reply_value(failed);
	failed = decide_execute(worker, call, found.fd);
	if (failed == 0)
		failed = decide_scripts(worker, call, &found);
	return failed < 0 ? reply_value(failed) : reply_continue();
}

/* execve(path, argv, envp) */
struct reply
process_execve(struct worker *worker, struct call *call)
{
	return execute(worker, call, 0, AT_FDCWD, PATH_FOLLOW);
}

/* execveat(dirfd, path, argv, envp, flags) */
struct reply
process_execveat(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[4];
	unsigned how = PATH_FOLLOW;

	if ((flags & AT_EMPTY_PATH) != 0)
		how |= PATH_EMPTY;
	if ((flags & AT_SYMLINK_NOFOLLOW) != 0)
		how |= PATH_NOFOLLOW;
	return execute(worker, call, 1, (int)call->data.args[0], how);
}

/* ---- at the stop --------------------------------------------------------- */

/* More than a kernel has. */
#define AUXV_MAX 128

/* Where the kernel has put its copy of the path that was asked for; 0: nowhere.
 */
static uint64_t
asked_for(const struct monitor *monitor, pid_t tid)
{
	uint64_t vector[2 * AUXV_MAX];
	AUTO_FD int fd = task_open(monitor->proc, tid, "auxv", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : pread(fd, vector, sizeof(vector), 0);

	for (ssize_t i = 0; i + 1 < got / (ssize_t)sizeof(vector[0]); i += 2) {
		if (vector[i] == AT_EXECFN)
			return vector[i + 1];
	}
	return 0;
}

static bool
are_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * A descriptor that closes at the exec is no longer there to be found, and no
 * script is run from one: execveat(2). A program may be removed as soon as it
 * runs; then it is the one that was decided on already.
 */
static bool
need_not_be_found(const char *path, const struct stat *exe)
{
	return script_is_descriptor(path) || exe->st_nlink == 0;
}

/*
 * The program's arguments begin with what the scripts have named, as the kernel
 * found it when it read them: nothing of the program has run, and nobody else
 * has its memory.
 */
static bool
has_arguments(const struct monitor *monitor, pid_t tid,
    const struct chain *chain)
{
	const char *wanted = chain->strings + chain->from;
	size_t length = CHAIN_BYTES - chain->from, at = 0;
	AUTO_FD int fd = task_open(monitor->proc, tid, "cmdline", O_RDONLY);
	char bytes[512];

	while (fd >= 0 && at < length) {
		size_t left = length - at;
		ssize_t got = read(fd, bytes,
		    left < sizeof(bytes) ? left : sizeof(bytes));

		if (got <= 0 || memcmp(bytes, wanted + at, (size_t)got) != 0)
			return false;
		at += (size_t)got;
	}
	return fd >= 0;
}

/*
 * What is there now is no script, but was there one when the kernel looked? Its
 * arguments tell: script_made(). Who gives a program just such arguments, with
 * another name for it than that by which he asks for it, is taken for one.
 */
static bool
has_script(const struct monitor *monitor, pid_t tid, const char *path)
{
	char text[CHAIN_BYTES + 1];
	AUTO_FD int fd = task_open(monitor->proc, tid, "cmdline", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : os_read_text(fd, text, sizeof(text));

	return got < 0 || script_made(text, (size_t)got, path);
}

/*
 * What was asked for is not what runs. If it is no script the host runs it by
 * some program of its own, on which it was decided: binfmt_misc.
 */
static int
verify_scripts(struct worker *worker, struct call *call,
    struct path_found *found, const char *path, const struct stat *exe)
{
	AUTO(chain_free) struct chain chain = { .from = CHAIN_BYTES, .fd = -1 };
	struct stat st;

	if (!minds_scripts(worker->monitor))
		return 0;
	prepend(&chain, path);
	chain.fd = take_fd(&found->fd);
	int failed = follow(worker, call, &chain);
	if (failed < 0 || chain.scripts == 0)
		return failed;
	if (chain.fd < 0 || fstat(chain.fd, &st) < 0 || !are_same(&st, exe))
		return -EACCES;
	return has_arguments(worker->monitor, call->tid, &chain) ? 0 : -EACCES;
}

int
process_verify(struct worker *worker, struct call *call, int exe)
{
	const struct monitor *monitor = worker->monitor;
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	char path[PATH_MAX];
	size_t length;
	struct stat st, asked;
	int failed = decide_execute(worker, call, exe);

	if (failed < 0 || monitor->policy == NULL)
		return failed;
	if (fstat(exe, &st) < 0)
		return -EACCES;
	failed = task_read_text(call->tid, asked_for(monitor, call->tid), path,
	    sizeof(path), &length);
	if (failed < 0)
		return failed;
	failed = path_find(worker, AT_FDCWD, path, PATH_FOLLOW, 0, &found);
	if (failed == DECIDE_LATER)
		return failed;
	bool is_found = failed == 0 && fstat(found.fd, &asked) == 0;
	if (is_found ? are_same(&st, &asked) : need_not_be_found(path, &st))
		return minds_scripts(monitor) &&
			       has_script(monitor, call->tid, path)
			   ? -EACCES
			   : 0;
	if (!is_found)
		return -EACCES;
	failed = decide_execute(worker, call, found.fd);
	return failed < 0 ? failed
			  : verify_scripts(worker, call, &found, path, &st);
}
