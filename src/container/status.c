/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status - is a container alive, and how that is told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"
#include "put.h"

#define PF_EXITING 0x4 /* of field 9; the kernel has no header for it */

/* A number of /proc/PID/stat, behind the name; 0 when it is not there. */
static uint64_t
parse_field(const char *stat, int wanted)
{
	/* The name may hold anything, also blanks and brackets. */
	const char *at = strrchr(stat, ')');

	for (int field = 2; at != NULL && field < wanted; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

uint64_t
store_parse_start_time(const char *stat)
{
	return parse_field(stat, 22);
}

static bool
read_stat(pid_t pid, char *buf, size_t size)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (got <= 0)
		return false;
	buf[got] = '\0';
	return true;
}

uint64_t
store_start_time(pid_t pid)
{
	char text[1024];

	return read_stat(pid, text, sizeof(text)) ? parse_field(text, 22) : 0;
}

bool
store_is_ending(pid_t pid)
{
	char text[1024];

	return !read_stat(pid, text, sizeof(text)) ||
	       (parse_field(text, 9) & PF_EXITING) != 0;
}

enum container_status
store_status(const struct container_record *record, int *pidfd)
{
	if (pidfd != NULL)
		*pidfd = -1;
	if (record->pid == 0)
		return CONTAINER_CREATING;

	AUTO_FD int fd = pidfd_open(record->pid, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	if (fd < 0 || store_start_time(record->pid) != record->start_time ||
	    poll(&ended, 1, 0) != 0)
		return CONTAINER_STOPPED;
	if (pidfd != NULL)
		*pidfd = take_fd(&fd);
	return record->status;
}

const char *
store_status_name(enum container_status status)
{
	static const char *const names[] = {
		[CONTAINER_CREATING] = "creating",
		[CONTAINER_CREATED] = "created",
		[CONTAINER_RUNNING] = "running",
		[CONTAINER_STOPPED] = "stopped",
		[CONTAINER_PAUSED] = "paused",
	};

	return names[status];
}

void
store_format_time(uint64_t ns, char *buf, size_t size)
{
	time_t seconds = (time_t)(ns / 1000000000u);
	struct tm tm;
	char date[32];

	gmtime_r(&seconds, &tm);
	(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(buf, size, "%s.%09uZ", date,
	    (unsigned)(ns % 1000000000u));
}

/* Without NSS: the program is static and asks no daemon. */
void
store_format_owner(uid_t uid, char *buf, size_t size)
{
	char line[4096];
	struct passwd entry;
	struct passwd *found;
	FILE *file = fopen("/etc/passwd", "re");

	(void)snprintf(buf, size, "#%u", uid);
	while (file != NULL &&
	       fgetpwent_r(file, &entry, line, sizeof(line), &found) == 0) {
		if (entry.pw_uid != uid)
			continue;
		(void)snprintf(buf, size, "%s", entry.pw_name);
		break;
	}
	if (file != NULL)
		fclose(file);
}

/* All but the annotations, which end it. */
static void
put_members(FILE *out, const struct container_record *record,
    enum container_status status)
{
	put_string_member(out, "ociVersion", record->oci_version);
	put_string_member(out, "id", record->id);
	put_string_member(out, "status", store_status_name(status));
	fprintf(out, "\"pid\":%d,",
	    status == CONTAINER_STOPPED ? 0 : (int)record->pid);
	put_string_member(out, "bundle", record->bundle);
}

char *
store_oci_state(const struct container_record *record,
    enum container_status status)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	fputc('{', out);
	put_members(out, record, status);
	put_annotations(out, &record->annotations);
	fputc('}', out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

void
store_put_state(FILE *out, const struct container_record *record,
    enum container_status status)
{
	char created[STORE_TIME_MAX];
	char owner[STORE_OWNER_MAX];

	store_format_time(record->created_ns, created, sizeof(created));
	store_format_owner(record->uid, owner, sizeof(owner));
	fputc('{', out);
	put_members(out, record, status);
	put_string_member(out, "rootfs", record->rootfs);
	put_string_member(out, "created", created);
	put_string_member(out, "owner", owner);
	if (record->intercept != NULL && record->intercept[0] != '\0')
		put_string_member(out, "intercept", record->intercept);
	put_annotations(out, &record->annotations);
	fputc('}', out);
}
