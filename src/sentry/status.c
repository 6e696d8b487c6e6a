/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status - read /proc/TID/status: proc_pid_status(5); and its limits beside it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "task.h"

/* 65,536 groups of ten digits, and the lines around them. */
#define STATUS_MAX   (768u << 10)
#define STATUS_FIRST 4096u

/* Of 16 lines. */
#define LIMITS_MAX 4096

/* How many numbers are looked at, from the limit down. */
#define NUMBERS_MAX 65536

char *
task_status(int proc, pid_t tid)
{
	AUTO_FD int fd = task_open(proc, tid, "status", O_RDONLY);
	AUTO_FREE char *text = NULL;

	if (fd < 0)
		return NULL;
	for (size_t size = STATUS_FIRST; size <= STATUS_MAX; size *= 8) {
		char *larger = realloc(text, size);

		if (larger == NULL)
			return NULL;
		text = larger;
		ssize_t length = pread(fd, text, size - 1, 0);
		if (length < 0)
			return NULL;
		text[length] = '\0';
		if ((size_t)length < size - 1)
			return take(&text);
	}
	errno = E2BIG;
	return NULL;
}

/* What follows a line's name; NULL: there is no such line. */
static const char *
line_of(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; line != NULL && *line != '\0';) {
		if (strncmp(line, name, length) == 0)
			return line + length;
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return NULL;
}

/* A number behind blanks, but not on the next line. */
static bool
number(const char **at, int base, uint64_t *out)
{
	char *end;

	*at += strspn(*at, " \t");
	if (**at == '\n' || **at == '\0')
		return false;
	*out = strtoull(*at, &end, base);
	if (end == *at)
		return false;
	*at = end;
	return true;
}

/* The first, or the last of a line; those of namespaces go inwards. */
bool
task_status_number(const char *text, const char *name, size_t index,
    uint64_t *out)
{
	const char *at = line_of(text, name);

	for (size_t i = 0; at != NULL && i <= index; i++) {
		if (!number(&at, 10, out))
			return false;
	}
	return at != NULL;
}

bool
task_status_last(const char *text, const char *name, uint64_t *out)
{
	const char *at = line_of(text, name);
	bool any = false;

	while (at != NULL && number(&at, 10, out))
		any = true;
	return any;
}

size_t
task_status_count(const char *text, const char *name)
{
	const char *at = line_of(text, name);
	size_t count = 0;
	uint64_t value;

	while (at != NULL && number(&at, 10, &value))
		count++;
	return count;
}

static struct creds *
groups_of(const char *text)
{
	const char *line = line_of(text, "Groups:");
	const char *at = line;
	size_t count = task_status_count(text, "Groups:");
	uint64_t value;

	if (line == NULL)
		return NULL;
	struct creds *creds =
	    malloc(sizeof(*creds) + count * sizeof(creds->groups[0]));
	if (creds == NULL)
		return NULL;
	at = line;
	for (size_t i = 0; i < count && number(&at, 10, &value); i++)
		creds->groups[i] = (gid_t)value;
	creds->groups_count = count;
	creds->references = 1;
	return creds;
}

bool
task_parse_status(const char *text, struct task *out, struct creds **creds)
{
	/* Real, effective, saved, and that of the file system. */
	uint64_t uids[4] = { 0 }, gids[4] = { 0 };
	uint64_t pid = 0, vpid = 0, vtid = 0, capabilities, permitted,
		 inheritable;
	const char *effective = line_of(text, "CapEff:");
	const char *possible = line_of(text, "CapPrm:");
	const char *handed_on = line_of(text, "CapInh:");

	for (size_t i = 0; i < 4; i++) {
		if (!task_status_number(text, "Uid:", i, &uids[i]) ||
		    !task_status_number(text, "Gid:", i, &gids[i]))
			return false;
	}
	if (!task_status_number(text, "Tgid:", 0, &pid) ||
	    !task_status_last(text, "NStgid:", &vpid) ||
	    !task_status_last(text, "NSpid:", &vtid) || effective == NULL ||
	    !number(&effective, 16, &capabilities) || possible == NULL ||
	    !number(&possible, 16, &permitted) || handed_on == NULL ||
	    !number(&handed_on, 16, &inheritable))
		return false;
	struct creds *found = groups_of(text);
	if (found == NULL)
		return false;
	for (size_t i = 0; i < 3; i++) {
		found->uids[i] = (uid_t)uids[i];
		found->gids[i] = (gid_t)gids[i];
	}
	found->uid = (uid_t)uids[3];
	found->gid = (gid_t)gids[3];
	found->capabilities = capabilities;
	found->permitted = permitted;
	found->inheritable = inheritable;
	out->pid = (pid_t)pid;
	out->vpid = (pid_t)vpid;
	out->vtid = (pid_t)vtid;
	*creds = found;
	return true;
}

mode_t
task_umask(int proc, pid_t tid)
{
	AUTO_FREE char *text = task_status(proc, tid);
	const char *line = text != NULL ? strstr(text, "\nUmask:") : NULL;

	return line == NULL ? 077 : (mode_t)strtoul(line + 7, NULL, 8) & 0777;
}

/* Of whom has other ids than the caller, too. */
static uint64_t
read_limit(int proc, pid_t tid, const char *name)
{
	char text[LIMITS_MAX];
	AUTO_FD int fd = task_open(proc, tid, "limits", O_RDONLY);
	const char *line = fd >= 0 && os_read_text(fd, text, sizeof(text)) >= 0
			       ? line_of(text, name)
			       : NULL;

	if (line == NULL)
		return UINT64_MAX;
	line += strspn(line, " ");
	return *line == 'u' ? UINT64_MAX : strtoull(line, NULL, 10);
}

uint64_t
task_limit(int proc, pid_t tid, enum task_limit which)
{
	static const struct {
		__rlimit_resource_t resource;
		const char *name;
	} limits[] = {
		[TASK_LIMIT_FILES] = { RLIMIT_NOFILE, "Max open files" },
		[TASK_LIMIT_FILE_SIZE] = { RLIMIT_FSIZE, "Max file size" },
	};
	struct rlimit limit;

	if (prlimit(tid, limits[which].resource, NULL, &limit) == 0)
		return limit.rlim_cur;
	return read_limit(proc, tid, limits[which].name);
}

/* One that cannot be looked at counts as free. */
static bool
is_free(int proc, pid_t tid, uint64_t number)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%d/fdinfo/%llu", (int)tid,
	    (unsigned long long)number);
	return fstatat(proc, path, &st, 0) < 0;
}

bool
task_has_room(int proc, pid_t tid, unsigned wanted)
{
	uint64_t limit = task_limit(proc, tid, TASK_LIMIT_FILES);
	uint64_t number = limit;

	/* Few have those, so that one look is enough. */
	while (wanted > 0 && number > 0 && limit - number < NUMBERS_MAX)
		wanted -= is_free(proc, tid, --number);
	return wanted == 0 || number > 0;
}
