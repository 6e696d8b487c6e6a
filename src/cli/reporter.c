/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "reporter.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "os/os.h"
#include "sandbox/profile.h"
#include "sentry/relay.h"

#define HELPER "lorica-report"

/* A list with nothing in it, as there is no such name: RFC 6761. Whoever has a
 * list is asked for names, and a profile is to have these. */
#define NOWHERE "nothing.invalid:1"

/* Since 5.14. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* ---- what is asked for ---------------------------------------------------
 */

bool
reporter_is_wanted(const struct reporter_choice *choice)
{
	return choice->report != NULL || choice->learns;
}

void
reporter_take_verb(struct reporter_choice *choice, int *argc, char ***argv)
{
	if (*argc < 2 || strcmp((*argv)[1], "learn") != 0)
		return;
	choice->learns = true;
	(*argc)--;
	(*argv)++;
}

int
reporter_check(struct reporter_choice *choice, const char **profile,
    bool is_printed, struct error *e)
{
	const char *output = choice->output;

	if (!choice->learns)
		return output != NULL
			   ? error_set(e, EINVAL, "--output is for learn")
			   : 0;
	if (choice->report != NULL || *profile != NULL || is_printed)
		return error_set(e, EINVAL,
		    "learn: --report, --profile and --print-config are for "
		    "running a command; -o FILE is what it begins with");
	if (output != NULL && sandbox_profile_is_yaml(output))
		return error_set(e, EINVAL,
		    "--output %s: what is learned is JSON", output);
	if (output == NULL || strcmp(output, "-") == 0 ||
	    access(output, F_OK) < 0)
		return 0;
	(void)snprintf(choice->profile, sizeof(choice->profile), "%s%s",
	    strchr(output, '/') != NULL ? "" : "./", output);
	*profile = choice->profile;
	return 0;
}

/* Can there be a list of destinations: a helper, and Linux 5.14? */
static bool
can_list(void)
{
	AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie;
	socklen_t length = sizeof(cookie);

	return fd >= 0 && helper_is_installed("lorica-net") &&
	       getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) ==
		   0;
}

int
reporter_options(const struct reporter_choice *choice, const char *by_name,
    struct sandbox_options *options, struct error *e)
{
	const char **mode = &options->intercept;
	bool has_none =
	    options->net == NULL || strcmp(options->net, "none") == 0;

	if (*mode == NULL)
		*mode = by_name != NULL ? by_name : "guard";
	if (strcmp(*mode, "guard") != 0 && strcmp(*mode, "sealed") != 0)
		return error_set(e, EINVAL,
		    "--intercept %s does not know what comes of a call, which "
		    "%s needs: guard or sealed do",
		    *mode, choice->learns ? "learn" : "--report");
	if (choice->learns && has_none && can_list())
		options->net = NOWHERE;
	return 0;
}

/* ---- where it goes -------------------------------------------------------
 */

struct target {
	int fd;           /* the file, or the directory that it is in */
	const char *name; /* in that; NULL: fd is the file */
	bool is_text;
};

static void
target_close(struct target *target)
{
	auto_close(&target->fd);
}

static bool
ends_with(const char *path, const char *end)
{
	size_t length = strlen(path), count = strlen(end);

	return length > count && strcmp(path + length - count, end) == 0;
}

static int
open_directory(const char *path, const char *name, struct error *e)
{
	char directory[PATH_MAX];
	int length = name == path ? 1 : (int)(name - path);

	(void)snprintf(directory, sizeof(directory), "%.*s", length,
	    name == path ? "." : path);
	/* A command may have put links there in an earlier run. */
	int fd = os_openat2(AT_FDCWD, directory,
	    O_PATH | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS);
	if (fd < 0 && errno == ELOOP)
		return error_set(e, ELOOP,
		    "%s: a link is in its path: say what it leads to", path);
	return fd < 0 ? error_sys(e, "%s", path) : fd;
}

/* The helper has no powers, and root's are no more than an owner's then. */
static bool
may_make(const struct target *target)
{
	struct stat st;

	if (faccessat(target->fd, ".", W_OK, AT_EACCESS) < 0)
		return false;
	if (geteuid() != 0 || fstat(target->fd, &st) < 0 || st.st_uid == 0)
		return true;
	errno = EACCES;
	return (st.st_mode & S_IWOTH) != 0;
}

/* A pipe or a terminal has no contents to be replaced. */
static int
open_special(struct target *target, const char *path, struct error *e)
{
	struct stat st;

	if (fstatat(target->fd, target->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return may_make(target) ? 0 : error_sys(e, "%s", path);
	/* Nobody may be there to read, or something else by now. */
	int fd = openat(target->fd, target->name,
	    O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(e, "%s", path);
	if (fstat(fd, &st) < 0 || S_ISREG(st.st_mode) ||
	    fcntl(fd, F_SETFL, 0) < 0) {
		close(fd);
		return error_set(e, EAGAIN, "%s: it is something else by now",
		    path);
	}
	close(target->fd);
	target->fd = fd;
	target->name = NULL;
	return 0;
}

static int
open_file(struct target *target, const char *path, struct error *e)
{
	const char *slash = strrchr(path, '/');

	/* Those there may be links to what has no name. */
	if (strncmp(path, "/dev/", 5) == 0 &&
	    strncmp(path, "/dev/shm/", 9) != 0) {
		target->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		return target->fd < 0 ? error_sys(e, "%s", path) : 0;
	}
	target->name = slash == NULL ? path : slash + 1;
	if (target->name[0] == '\0' || strcmp(target->name, ".") == 0 ||
	    strcmp(target->name, "..") == 0 || strlen(path) >= PATH_MAX)
		return error_set(e, EINVAL, "\"%s\" is no name of a file",
		    path);
	target->fd = open_directory(path, target->name, e);
	return target->fd < 0 ? target->fd : open_special(target, path, e);
}

static int
open_target(const struct reporter_want *want, struct target *target,
    struct error *e)
{
	const struct reporter_choice *choice = want->choice;
	const char *path = choice->learns ? choice->output : choice->report;
	const char *option = choice->learns ? "--output" : "--report";
	bool is_standard = path == NULL || strcmp(path, "-") == 0;

	target->is_text =
	    !choice->learns && (is_standard || ends_with(path, ".txt"));
	if (!is_standard) {
		if (open_file(target, path, e) < 0)
			return error_wrap(e, "%s", option);
		return 0;
	}
	target->fd = fcntl(choice->learns ? 1 : 2, F_DUPFD_CLOEXEC, 3);
	/* Nobody could read a profile among what the command prints. */
	return target->fd < 0 || (choice->learns && dup2(2, 1) < 0)
		   ? error_sys(e, "%s", option)
		   : 0;
}

/* ---- the helper ----------------------------------------------------------
 */

static int
put_request(FILE *out, const struct reporter_want *want,
    const struct target *target, struct error *e)
{
	const char *format = target->is_text ? "text" : "json";

	fprintf(out, "{\"format\":\"%s\",\"mode\":",
	    want->choice->learns ? "profile" : format);
	json_put_string(out, want->mode);
	if (target->name != NULL) {
		fputs(",\"name\":", out);
		json_put_string(out, target->name);
	}
	fputc(',', out);
	TRY(sandbox_put_kept(out, want->request, e));
	fprintf(out, ",\"hasNetwork\":%s,\"config\":",
	    want->has_network ? "true" : "false");
	fwrite(want->config, 1, want->length, out);
	fputc('}', out);
	return 0;
}

static int
start(const struct reporter_want *want, const struct target *target, int events,
    struct helper *helper, struct error *e)
{
	static const char *const variables[] = { NULL };
	const int fds[] = { events, target->fd, 2 };
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	int failed = put_request(out, want, target, e);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	TRY(failed);
	const struct helper_request request = { .name = HELPER,
		.text = text,
		.length = length,
		.fds = fds,
		/* Notes are of what is learned. */
		.fds_count = want->choice->learns ? 3 : 2,
		.cgroup = -1,
		.userns = -1,
		.variables = variables };
	return helper_start(&request, helper, e);
}

int
reporter_start(const struct reporter_want *want, struct reporter *out,
    struct error *e)
{
	AUTO(target_close) struct target target = { .fd = -1 };
	int pair[2];

	if (!helper_is_installed(HELPER))
		return error_set(e, ENOENT, HELPER " is not installed");
	TRY(open_target(want, &target, e));
	if (pipe2(pair, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	AUTO_FD int events = pair[0];
	out->events = pair[1];
	/* As much as an ordinary user may have; less is only slower. */
	(void)fcntl(events, F_SETPIPE_SZ, 1 << 20);
	TRY(start(want, &target, events, &out->helper, e));
	return helper_answer(&out->helper, e);
}

/* What cannot be sent is missing: it has gone, which the end tells. */
static bool
say(const struct reporter *reporter, const char *word, const char *what)
{
	char text[REPORTER_TEXT];
	int length = snprintf(text, sizeof(text), "%s %s", word, what);

	return length < (int)sizeof(text) &&
	       os_send(reporter->helper.socket, text, (size_t)length,
		   MSG_NOSIGNAL) == length;
}

/* Which listens perhaps where a firewall keeps others away. */
static bool
is_of_machine(const char *line, size_t length)
{
	size_t end = strlen(RELAY_THIS_MACHINE);

	return length > end &&
	       strncmp(line + length - end, RELAY_THIS_MACHINE, end) == 0;
}

void
reporter_hear(const struct reporter *reporter, const char *line)
{
	const char *word = strstr(line, RELAY_ALLOW_WITH);
	const char *kind = "refused";
	char text[REPORTER_TEXT];

	/* "7 more", that have no names. */
	if (word == NULL) {
		(void)say(reporter, "more", line);
		return;
	}
	if (is_of_machine(line, (size_t)(word - line)))
		kind = "own";
	word += strlen(RELAY_ALLOW_WITH);
	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(word, ")"),
	    word);
	(void)say(reporter, kind, text);
}

int
reporter_end(struct reporter *reporter, int status, struct error *e)
{
	struct helper *helper = &reporter->helper;
	char text[16];

	auto_close(&reporter->events);
	reporter->events = -1;
	(void)snprintf(text, sizeof(text), "%d", status);
	if (!say(reporter, "status", text))
		return helper_no_answer(helper, e);
	return helper_answer(helper, e);
}

void
reporter_free(struct reporter *reporter)
{
	if (reporter->helper.pid > 0)
		(void)kill(reporter->helper.pid, SIGKILL);
	auto_close(&reporter->events);
	reporter->events = -1;
	helper_end(&reporter->helper);
}
