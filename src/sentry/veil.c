/* SPDX-License-Identifier: Apache-2.0 */
/*
 * veil - which file of procfs or sysfs it is, and its text.
 *
 * A mount may show a part of a file system, anywhere. The kernel says by which
 * mount a descriptor was found; the shortest part of its name that is on that
 * mount is where it is mounted, and what is mounted there is its root, or says
 * the list of mounts. What cannot be told apart in that way is not shown.
 */
#define _GNU_SOURCE
#include "veil.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "core.h"
#include "foreign.h"
#include "listing.h"
#include "machine.h"
#include "os/os.h"
#include "shelf.h"
#include "threads.h"
#include "vproc/vproc.h"

/* Of the root, in both. */
#define ROOT_INODE 1

/* More than there are of them. */
#define LIVE_MAX 16

struct shown {
	struct vproc_file file;
	char path[64]; /* on the shelf */
};

struct veil {
	struct machine *machine;
	struct shelf *shelf;
	const struct cores *cores;
	/* Those that somebody has open and that have to be written anew. */
	pthread_mutex_t lock;
	struct shown live[LIVE_MAX];
	size_t live_count;
	bool is_kept_fresh; /* a thread does */
};

struct subject {
	enum vproc_tree tree;
	char path[PATH_MAX]; /* below the root of it */
};

struct veil *
veil_new(struct machine *machine, struct shelf *shelf,
    const struct cores *cores)
{
	struct veil *veil = calloc(1, sizeof(*veil));

	if (veil == NULL)
		return NULL;
	veil->machine = machine;
	veil->shelf = shelf;
	veil->cores = cores;
	pthread_mutex_init(&veil->lock, NULL);
	return veil;
}

/* ---- where it is ----------------------------------------------------------
 */

static bool
look_at(int fd, struct statx *out)
{
	return statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, out) == 0;
}

static bool
are_on_one_mount(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor &&
	       a->stx_mnt_id == b->stx_mnt_id;
}

/*
 * How long the part of the name is at which its mount is, and what is there.
 * 0: it is not to be found.
 */
static size_t
mount_point(int root, const char *name, const struct statx *is,
    struct statx *point)
{
	char at[PATH_MAX];

	for (size_t length = 1;;) {
		length += strcspn(name + length, "/");
		(void)snprintf(at, sizeof(at), "%.*s", (int)length, name);
		AUTO_FD int fd = os_openat2(root, at, O_PATH | O_NOFOLLOW, 0,
		    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);

		if (fd < 0 || !look_at(fd, point))
			return 0;
		if (are_on_one_mount(is, point))
			return length;
		if (name[length++] == '\0')
			return 0;
	}
}

/* The fourth word of the line of mountinfo that begins with the number. */
static bool
root_of_line(const char *line, uint64_t id, char *out, size_t size)
{
	char *end;

	if (strtoull(line, &end, 10) != id)
		return false;
	for (int i = 0; i < 3; i++) {
		end = strchr(end, ' ');
		if (end == NULL)
			return false;
		end++;
		if (i < 2)
			continue;
		size_t length = strcspn(end, " ");
		if (length >= size)
			return false;
		memcpy(out, end, length);
		out[length] = '\0';
	}
	return true;
}

/* What of the file system is mounted there. */
static bool
root_of_mount(const struct monitor *monitor, uint64_t id, char *out,
    size_t size)
{
	AUTO_FREE char *line = NULL;
	size_t room = 0;
	bool is_found = false;
	int fd = task_open(monitor->proc, monitor->init, "mountinfo", O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (file == NULL) {
		auto_close(&fd);
		return false;
	}
	while (!is_found && getline(&line, &room, file) > 0)
		is_found = root_of_line(line, id, out, size);
	(void)fclose(file);
	return is_found;
}

static bool
locate(const struct monitor *monitor, const struct path_found *found,
    struct subject *out)
{
	char name[PATH_MAX], root[PATH_MAX] = "";
	struct statx is, point;

	if (!look_at(found->fd, &is) ||
	    path_name(monitor, found, name, sizeof(name)) < 0 || name[0] != '/')
		return false;
	size_t length =
	    mount_point(atomic_load(&monitor->root), name, &is, &point);
	if (length == 0)
		return false;
	if (point.stx_ino != ROOT_INODE &&
	    !root_of_mount(monitor, is.stx_mnt_id, root, sizeof(root)))
		return false;
	/* Both are empty, or begin with a slash. */
	size_t used = (size_t)snprintf(out->path, sizeof(out->path), "%s%s",
	    root[0] == '\0' ? "" : root + 1, name + length);
	if (used >= sizeof(out->path))
		return false;
	if (out->path[0] == '/')
		memmove(out->path, out->path + 1, used);
	return true;
}

/* ---- texts ----------------------------------------------------------------
 */

static int
write_text(struct veil *veil, const struct vproc_file *file, const char *path)
{
	struct vproc_limits limits;
	struct vproc_usage usage;
	const struct vproc_view view = { &limits, &usage };
	char nothing;

	machine_look(veil->machine, &limits, &usage);
	size_t length = (size_t)vproc_write(file, &view, 0, &nothing, 0);
	AUTO_FREE char *text = malloc(length + 1);
	if (text == NULL)
		return -ENOMEM;
	(void)vproc_write(file, &view, 0, text, length);
	return shelf_put(veil->shelf, path, text, length);
}

/* As procfs shows them to who reads them again, if not at every moment. */
static void
freshen(struct veil *veil)
{
	size_t kept = 0;

	for (size_t i = 0; i < veil->live_count; i++) {
		const struct shown *shown = &veil->live[i];

		if (shelf_is_idle(veil->shelf, shown->path))
			continue;
		(void)write_text(veil, &shown->file, shown->path);
		veil->live[kept++] = *shown;
	}
	veil->live_count = kept;
}

static void *
keep_fresh(void *context)
{
	struct veil *veil = context;
	bool is_needed = true;

	/* Who makes it may stay on one processor for a task. */
	core_begin(veil->cores);
	/* Whose files they are: shelf_is_idle(). */
	(void)os_setresuid((uid_t)-1, 0, (uid_t)-1);
	while (is_needed) {
		const struct timespec second = { .tv_sec = 1 };

		(void)ppoll(NULL, 0, &second, NULL);
		pthread_mutex_lock(&veil->lock);
		freshen(veil);
		is_needed = veil->live_count > 0;
		veil->is_kept_fresh = is_needed;
		pthread_mutex_unlock(&veil->lock);
	}
	return NULL;
}

/* It is about to be opened. With the power to write: the thread has it too. */
static void
note_live(struct veil *veil, const struct vproc_file *file, const char *path)
{
	if (!file->row->is_live || strlen(path) >= sizeof(veil->live[0].path))
		return;
	pthread_mutex_lock(&veil->lock);
	size_t i = 0;
	while (i < veil->live_count && strcmp(veil->live[i].path, path) != 0)
		i++;
	if (i == veil->live_count && i < LIVE_MAX) {
		veil->live[i].file = *file;
		(void)snprintf(veil->live[i].path, sizeof(veil->live[i].path),
		    "%s", path);
		veil->live_count++;
	}
	if (!veil->is_kept_fresh && veil->live_count > 0)
		veil->is_kept_fresh = threads_start(keep_fresh, veil) == 0;
	pthread_mutex_unlock(&veil->lock);
}

/* ---- what is shown --------------------------------------------------------
 */

static int
make(struct veil *veil, const struct vproc_file *file,
    const struct subject *subject, const char *path, int fd)
{
	if (file->row == NULL)
		return listing_make(veil->shelf, veil->machine, subject->path,
		    path, fd);
	int failed = write_text(veil, file, path);
	if (failed == 0)
		note_live(veil, file, path);
	return failed;
}

static int
show(struct worker *worker, const struct vproc_file *file,
    const struct subject *subject, struct path_found *found)
{
	struct veil *veil = worker->monitor->veil;
	const char *top = subject->tree == VPROC_PROC ? "proc" : "sys";
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s%s%s", top,
		subject->path[0] == '\0' ? "" : "/",
		subject->path) >= sizeof(path))
		return -ENAMETOOLONG;
	int failed = worker_empower(worker, true);
	if (failed == 0)
		failed = make(veil, file, subject, path, found->fd);
	if (worker_empower(worker, false) < 0)
		monitor_end(worker->monitor);
	if (failed < 0)
		return failed;
	found->shown = shelf_find(veil->shelf, path);
	return found->shown < 0 ? found->shown : 0;
}

/* Of a descriptor that a task was given: its text is to be of now. */
static bool
locate_shown(const struct monitor *monitor, const struct path_found *found,
    struct subject *out)
{
	char name[PATH_MAX];

	if (path_name(monitor, found, name, sizeof(name)) < 0)
		return false;
	bool is_proc = strncmp(name, "/proc", 5) == 0;
	size_t skip = strlen(is_proc ? "/proc" : "/sys");
	if (strlen(name) < skip)
		return false;
	out->tree = is_proc ? VPROC_PROC : VPROC_SYS;
	(void)snprintf(out->path, sizeof(out->path), "%s",
	    name + skip + (name[skip] == '/'));
	return true;
}

int
veil_look(struct worker *worker, struct path_found *found)
{
	const struct veil *veil = worker->monitor->veil;
	struct subject subject = { .tree = VPROC_PROC };
	struct vproc_limits limits;
	struct statfs fs;
	struct stat st;

	if (veil == NULL)
		return 0;
	/* What is to be made is where its directory is. */
	int fd = found->fd >= 0 ? found->fd : found->parent;
	if (fstatfs(fd, &fs) < 0 || foreign_is(worker->monitor, fd, fs.f_type))
		return -ENOENT;
	if (found->fd < 0)
		return 0;
	bool is_shown = fs.f_type == TMPFS_MAGIC &&
			fstat(found->fd, &st) == 0 &&
			shelf_has(veil->shelf, &st);
	if (!is_shown && fs.f_type != PROC_SUPER_MAGIC &&
	    fs.f_type != SYSFS_MAGIC)
		return 0;
	if (fs.f_type == SYSFS_MAGIC)
		subject.tree = VPROC_SYS;
	if (is_shown ? !locate_shown(worker->monitor, found, &subject)
		     : !locate(worker->monitor, found, &subject))
		return -ENOENT;
	machine_limits(veil->machine, &limits);
	struct vproc_file file =
	    vproc_find(subject.tree, subject.path, &limits);
	if (file.answer == VPROC_GENERATED)
		return show(worker, &file, &subject, found);
	return file.answer == VPROC_HIDDEN || is_shown ? -ENOENT : 0;
}

void
veil_lift(const struct worker *worker, int *dir)
{
	const struct monitor *monitor = worker->monitor;
	const struct path_found found = { .fd = *dir, .parent = -1 };
	char name[PATH_MAX];
	struct statfs fs;
	struct stat st;

	if (monitor->veil == NULL || fstat(*dir, &st) < 0 ||
	    !S_ISDIR(st.st_mode) || !shelf_has(monitor->veil->shelf, &st) ||
	    path_name(monitor, &found, name, sizeof(name)) < 0)
		return;
	int fd = os_openat2(atomic_load(&monitor->root), name,
	    O_PATH | O_DIRECTORY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (fd < 0)
		return;
	if (fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC) {
		auto_close(&fd);
		return;
	}
	auto_close(dir);
	*dir = fd;
}
