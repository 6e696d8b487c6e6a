/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"

int
store_id_check(const char *id, struct error *e)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+.-";
	size_t length = strlen(id);

	if (length == 0 || length > LIMIT_ID_BYTES || id[0] == '.' ||
	    id[strspn(id, allowed)] != '\0')
		return error_set(e, EINVAL,
		    "invalid container ID format: \"%s\"", id);
	return 0;
}

static int
make_parents(char *path)
{
	for (char *at = path + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

int
store_open_root(const char *path, bool create, struct error *e)
{
	char copy[PATH_MAX];

	if (path[0] == '\0' || path[strspn(path, "/")] == '\0')
		return error_set(e, EINVAL,
		    "--root: \"%s\" cannot hold containers", path);
	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return error_errno(e, ENAMETOOLONG, "--root");
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && create && make_parents(copy) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(e, ENOENT, "container does not exist");
	return fd < 0 ? error_sys(e, "open %s", path) : fd;
}

int
store_claim(int root, const char *id, struct error *e)
{
	if (mkdirat(root, id, 0700) < 0) {
		if (errno == EEXIST)
			return error_set(e, EEXIST,
			    "container with given ID already exists");
		return error_sys(e, "make the state directory");
	}
	return store_open(root, id, e);
}

int
store_open(int root, const char *id, struct error *e)
{
	TRY(store_id_check(id, e));

	AUTO_FD int dir =
	    openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (dir < 0 && errno == ENOENT)
		return error_set(e, ENOENT, "container does not exist");
	if (dir < 0)
		return error_sys(e, "open the state directory");
	while (flock(dir, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_sys(e, "lock the state directory");
	}
	/* Whoever had the lock before may have deleted it. */
	if (fstat(dir, &st) < 0 || st.st_nlink == 0)
		return error_set(e, ENOENT, "container does not exist");
	return take_fd(&dir);
}

/* A file that is whole or not there. */
static int
replace_file(int dir, const char *name, const char *text, size_t length,
    struct error *e)
{
	char temporary[64];

	(void)snprintf(temporary, sizeof(temporary), ".%s", name);
	AUTO_FD int fd = openat(dir, temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(e, "write %s", name);
	for (size_t done = 0; done < length;) {
		ssize_t put = write(fd, text + done, length - done);

		if (put < 0)
			return error_sys(e, "write %s", name);
		done += (size_t)put;
	}
	if (renameat(dir, temporary, dir, name) < 0)
		return error_sys(e, "write %s", name);
	return 0;
}

static int
read_file(int dir, const char *name, char **out, size_t *length,
    struct error *e)
{
	struct stat st;
	AUTO_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "read %s", name);
	AUTO_FREE char *text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	ssize_t got = read(fd, text, (size_t)st.st_size);
	if (got != st.st_size)
		return error_set(e, EIO, "read %s: cut short", name);
	text[got] = '\0';
	*length = (size_t)got;
	*out = take(&text);
	return 0;
}

/* ---- the record -------------------------------------------------------- */

static void
put_string_member(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\"%s\":", name);
	json_put_string(out, value != NULL ? value : "");
	fputc(',', out);
}

static void
put_annotations(FILE *out, const struct spec_pairs *pairs)
{
	fputs("\"annotations\":{", out);
	for (size_t i = 0; i < pairs->count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, pairs->items[i].key);
		fputc(':', out);
		json_put_string(out, pairs->items[i].value);
	}
	fputc('}', out);
}

int
store_write(int dir, const struct container_record *record, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	fputc('{', out);
	put_string_member(out, "id", record->id);
	put_string_member(out, "bundle", record->bundle);
	put_string_member(out, "rootfs", record->rootfs);
	put_string_member(out, "ociVersion", record->oci_version);
	fprintf(out,
	    "\"created\":%" PRIu64 ",\"pid\":%d,\"startTime\":%" PRIu64
	    ",\"uid\":%u,\"started\":%s,\"systemdCgroup\":%s,",
	    record->created_ns, (int)record->pid, record->start_time,
	    record->uid, record->started ? "true" : "false",
	    record->systemd_cgroup ? "true" : "false");
	put_annotations(out, &record->annotations);
	fputs("}\n", out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return replace_file(dir, "state.json", text, length, e);
}

static const struct json_field record_fields[] = {
	{ "id", offsetof(struct container_record, id), json_read_string },
	{ "bundle", offsetof(struct container_record, bundle),
	    json_read_string },
	{ "rootfs", offsetof(struct container_record, rootfs),
	    json_read_string },
	{ "ociVersion", offsetof(struct container_record, oci_version),
	    json_read_string },
	{ "created", offsetof(struct container_record, created_ns),
	    json_read_u64 },
	{ "pid", offsetof(struct container_record, pid), json_read_i32 },
	{ "startTime", offsetof(struct container_record, start_time),
	    json_read_u64 },
	{ "uid", offsetof(struct container_record, uid), json_read_u32 },
	{ "started", offsetof(struct container_record, started),
	    json_read_bool },
	{ "systemdCgroup", offsetof(struct container_record, systemd_cgroup),
	    json_read_bool },
	{ "annotations", offsetof(struct container_record, annotations),
	    json_read_pairs },
	{ NULL },
};

/* From the arena to memory of the record's own. */
static bool
own(char **text)
{
	*text = strdup(*text != NULL ? *text : "");
	return *text != NULL;
}

static bool
own_record(struct container_record *record)
{
	struct spec_pairs from = record->annotations;
	struct spec_pairs to = { calloc(from.count + 1, sizeof(*to.items)),
		from.count };
	bool fine = to.items != NULL;

	for (size_t i = 0; fine && i < from.count; i++) {
		to.items[i].key = strdup(from.items[i].key);
		to.items[i].value = strdup(from.items[i].value);
		fine = to.items[i].key != NULL && to.items[i].value != NULL;
	}
	record->annotations = to;
	char **const strings[] = { &record->id, &record->bundle,
		&record->rootfs, &record->oci_version };
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		fine = own(strings[i]) && fine;
	return fine;
}

int
store_read(int dir, struct container_record *out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct container_record record = { 0 };
	const struct json *root;
	size_t length;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(read_file(dir, "state.json", &text, &length, e));
	struct json_reader reader = { .arena = arena };
	if (json_parse(arena, text, length, &root, e) < 0 ||
	    json_fill(&reader, root, record_fields, &record, e) < 0)
		return error_wrap(e, "state.json");
	if (!own_record(&record)) {
		store_record_free(&record);
		return error_errno(e, ENOMEM, "state.json");
	}
	*out = record;
	return 0;
}

void
store_record_free(struct container_record *record)
{
	struct container_record taken = take(record);

	for (size_t i = 0;
	     taken.annotations.items != NULL && i < taken.annotations.count;
	     i++) {
		free(taken.annotations.items[i].key);
		free(taken.annotations.items[i].value);
	}
	free(taken.annotations.items);
	free(taken.id);
	free(taken.bundle);
	free(taken.rootfs);
	free(taken.oci_version);
}

int
store_config_write(int dir, const char *json, size_t length, struct error *e)
{
	return replace_file(dir, "config.json", json, length, e);
}

int
store_config_read(int dir, struct spec **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	TRY(read_file(dir, "config.json", &text, &length, e));
	return spec_parse(text, length, NULL, NULL, out, e);
}

int
store_remove(int root, const char *id, int dir, struct error *e)
{
	static const char *const files[] = { "state.json", ".state.json",
		"config.json", ".config.json", "start.sock" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (unlinkat(dir, files[i], 0) < 0 && errno != ENOENT)
			return error_sys(e, "remove %s", files[i]);
	}
	if (unlinkat(root, id, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_sys(e, "remove the state directory");
	return 0;
}

/* ---- liveness ---------------------------------------------------------- */

uint64_t
store_start_time(pid_t pid)
{
	char path[48];
	char text[1024];

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	/* The name may hold anything, also blanks and brackets. */
	char *at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
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
	return record->started ? CONTAINER_RUNNING : CONTAINER_CREATED;
}

const char *
store_status_name(enum container_status status)
{
	static const char *const names[] = {
		[CONTAINER_CREATING] = "creating",
		[CONTAINER_CREATED] = "created",
		[CONTAINER_RUNNING] = "running",
		[CONTAINER_STOPPED] = "stopped",
	};

	return names[status];
}

char *
store_oci_state(const struct container_record *record,
    enum container_status status)
{
	char *text = NULL;
	size_t length;
	char when[40];
	struct tm tm;
	time_t secs = (time_t)(record->created_ns / 1000000000u);
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	gmtime_r(&secs, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	fputc('{', out);
	put_string_member(out, "ociVersion", record->oci_version);
	put_string_member(out, "id", record->id);
	put_string_member(out, "status", store_status_name(status));
	fprintf(out, "\"pid\":%d,",
	    status == CONTAINER_STOPPED ? 0 : (int)record->pid);
	put_string_member(out, "bundle", record->bundle);
	put_string_member(out, "rootfs", record->rootfs);
	fprintf(out, "\"created\":\"%s.%09uZ\",\"owner\":\"%u\",", when,
	    (unsigned)(record->created_ns % 1000000000u), record->uid);
	put_annotations(out, &record->annotations);
	fputc('}', out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
