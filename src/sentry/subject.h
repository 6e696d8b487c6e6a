/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject - what a call is about: the file that its path or its descriptor
 * leads to, or a name in a directory.
 *
 * Private to sentry. Each finds it once, with the task's credentials, and
 * returns 0 or -errno; what is found is released by path_found_free().
 */
#ifndef SENTRY_SUBJECT_H
#define SENTRY_SUBJECT_H

#include "decide.h"

/* Argument index is a path, from dirfd. how: PATH_* */
int subject_path(struct worker *worker, const struct call *call, int dirfd,
    size_t index, unsigned how, struct path_found *out);

/*
 * A descriptor of the task. One that was opened with O_PATH is none for a call
 * that changes or reads its file.
 */
int subject_fd(struct worker *worker, int number, struct path_found *out);

/* PATH_* that go with AT_SYMLINK_NOFOLLOW, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH. */
unsigned subject_how(unsigned flags);

/*
 * A path to a descriptor of the sentry, from where it stands: for calls that
 * take nothing else. It leads to the file itself, be that a link.
 */
#define SUBJECT_SELF_MAX 24
void subject_self(int fd, char out[SUBJECT_SELF_MAX]);

/* The name of a place as it was given, "a/" with its slash. */
#define SUBJECT_NAME_MAX (NAME_MAX + 2)
void subject_name(const struct path_found *place, char out[SUBJECT_NAME_MAX]);

/* Is there something by that name? */
bool subject_is_there(const struct path_found *place);

/*
 * Is something mounted there? The kernel keeps what is mounted on in a mount
 * namespace (EBUSY), but not for us, who are in another one.
 */
bool subject_is_mounted(const struct path_found *place);

#endif
