/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_policy - the policy of an interception layer: which file it is, and
 * where there is none to be.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "making.h"

#define ANNOTATION "dev.lorica.policy"

#define POLICY_DIR LORICA_POLICIES
#define NAME_BYTES                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Who is told of everything has to have the names of it. */
static const char watching[] =
    "{\"defaults\":{\"files\":\"log\",\"network\":\"log\","
    "\"execute\":\"log\"}}";

/* Of the host's, by links too, as what manages such files makes them. */
static int
read_file(const char *path, char **out, size_t *length, struct error *e)
{
	AUTO_FD int fd =
	    open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? error_sys(e, "read %s", path)
		      : store_file_read_open(fd, path, out, length, e);
}

int
intercept_policy_read(struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	const char *path = asked != NULL ? asked->policy : NULL;
	const char *name = spec_annotation_find(making->spec, ANNOTATION);
	char place[256];
	AUTO_FREE char *text = NULL;
	size_t length;

	/* One of the host's by its name, as others than its owner write
	 * annotations. */
	if (path == NULL && name != NULL) {
		if (name[strspn(name, NAME_BYTES)] != '\0' || name[0] == '.' ||
		    strlen(name) > sizeof(place) - sizeof(POLICY_DIR "/.json"))
			return error_set(e, EINVAL,
			    "annotations: " ANNOTATION
			    ": \"%s\" is no name of a file in " POLICY_DIR,
			    name);
		(void)snprintf(place, sizeof(place), POLICY_DIR "/%s.json",
		    name);
		path = place;
	}
	if (path == NULL && asked != NULL && asked->all)
		return guard_parse(watching, sizeof(watching) - 1,
		    &making->intercept.policy, e);
	if (path == NULL)
		return 0;
	TRY(read_file(path, &text, &length, e));
	if (guard_parse(text, length, &making->intercept.policy, e) < 0)
		return error_wrap(e, "%s", path);
	if (making->request->ask != NULL)
		guard_ask(making->intercept.policy);
	return 0;
}

int
intercept_policy_refuse(const struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	bool is_off =
	    asked != NULL && asked->mode != NULL && !making->intercept.is_on;

	if (asked != NULL && asked->policy != NULL)
		return error_set(e, EINVAL,
		    "--policy is for --intercept=guard or sealed");
	/* Whose word is final says so of the annotations, too. */
	if (!is_off && spec_annotation_find(making->spec, ANNOTATION) != NULL)
		return error_set(e, EINVAL,
		    "annotations: " ANNOTATION
		    " is for --intercept=guard or sealed");
	return 0;
}
