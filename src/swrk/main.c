/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-criu: read one request, have criu do it, answer.
 *
 * It is run by lorica alone (helper/helper.h, criu/criu.h), as root with all
 * of root's powers, since criu needs them. What it does itself with them is to
 * mount the root file system where criu wants a mount: in a mount namespace of
 * its own, so that nothing of it is left, however this ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "swrk.h"

/*
 * A descriptor of before is of a mount that this namespace does not have, and
 * criu mounts below the directories that it is given: open it again, where it
 * lies by now.
 */
static int
open_again(int fd, struct error *e)
{
	char self[32], path[PATH_MAX];
	struct stat given, found;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(self, path, sizeof(path) - 1);
	if (length < 0)
		return error_sys(e, "find a directory");
	path[length] = '\0';
	AUTO_FD int again =
	    open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (again < 0 || fstat(again, &found) < 0 || fstat(fd, &given) < 0)
		return error_sys(e, "open %s", path);
	if (found.st_dev != given.st_dev || found.st_ino != given.st_ino)
		return error_set(e, ESTALE, "%s is another directory now",
		    path);
	/* criu finds it by its number here. */
	return dup2(again, fd) < 0 ? error_sys(e, "dup") : 0;
}

/* The namespace of what is restored comes from this one. */
static int
mount_root(const struct criu_reader *request, struct error *e)
{
	if (request->verb != CRIU_RESTORE)
		return 0;
	AUTO_FD int tree = open_tree(CRIU_FD_ROOT, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	if (tree < 0)
		return error_sys(e, "copy root.path");
	if (unshare(CLONE_NEWNS) < 0)
		return error_sys(e, "unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_sys(e, "leave the host's mount propagation");
	TRY(open_again(CRIU_FD_IMAGES, e));
	TRY(open_again(CRIU_FD_WORK, e));
	TRY(open_again(CRIU_FD_PLACE, e));
	if (move_mount(tree, "", CRIU_FD_PLACE, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_sys(e, "mount root.path");
	return 0;
}

static int
read_request(char *text, size_t size, size_t *length, struct error *e)
{
	ssize_t got;

	for (*length = 0; *length < size; *length += (size_t)got) {
		got = read(0, text + *length, size - *length);
		if (got < 0)
			return error_sys(e, "read the request");
		if (got == 0)
			return 0;
	}
	return error_set(e, E2BIG, "a request of more than %u bytes",
	    LIMIT_CRIU_BYTES);
}

/*
 * For ourselves and criu, and by that for all that it restores: criu 3.17
 * forgets which process had it.
 */
static int
keep_from_privileges(struct criu_reader reader, struct error *e)
{
	const char *name, *value;

	while (criu_next(&reader, &name, &value)) {
		if (strcmp(name, CRIU_NO_NEW_PRIVS) == 0 &&
		    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			return error_sys(e, "set no_new_privs");
	}
	return 0;
}

static int
run(struct error *e)
{
	struct criu_reader request;
	size_t size = LIMIT_CRIU_BYTES + 1, length;
	AUTO_FREE char *text = malloc(size);

	if (text == NULL)
		return error_sys(e, "memory");
	TRY(read_request(text, size, &length, e));
	TRY(criu_parse(text, length, &request, e));
	TRY(keep_from_privileges(request, e));
	TRY(mount_root(&request, e));
	TRY(swrk_show_images(request, CRIU_FD_IMAGES, e));
	return swrk_serve(&request, 1, e);
}

int
main(void)
{
	struct criu_message message = { .is_end = true };

	if (run(&message.error) < 0 && message.error.code == 0)
		error_set(&message.error, EIO, "no reason is known");
	return send(1, &message, sizeof(message), MSG_NOSIGNAL) ==
		       (ssize_t)sizeof(message)
		   ? 0
		   : 1;
}
