/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "known.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

static bool
is_about(const struct known_answer *answer, const struct matter *matter)
{
	const struct matter *own = &answer->matter;

	if (own->subject == NULL || own->section != matter->section ||
	    own->rule != matter->rule || (own->what & matter->what) == 0 ||
	    strcmp(own->subject, matter->subject) != 0)
		return false;
	/* What is never to happen with a file does not by a rename. */
	if (own->name == GUARD_NAME_ONLY && !answer->is_allowed)
		return true;
	return own->name == matter->name &&
	       strcmp(own->other, matter->other) == 0;
}

static bool
find_in(const struct known_answer *answers, size_t count, struct matter *matter,
    pid_t tid)
{
	for (size_t i = 0; i < count; i++) {
		if (answers[i].tid != tid || !is_about(&answers[i], matter))
			continue;
		if (!answers[i].is_allowed)
			return false;
		matter->what &= ~answers[i].matter.what;
	}
	return true;
}

bool
known_find(const struct known *known, struct matter *matter, pid_t tid)
{
	return find_in(known->lasting, known->count, matter, 0) &&
	       find_in(known->once, KNOWN_ONCE, matter, tid);
}

bool
known_has_room(const struct known *known)
{
	return known->count < KNOWN_LASTING;
}

static struct known_answer *
find_room(struct known *known, pid_t tid)
{
	if (tid == 0)
		return known_has_room(known) ? &known->lasting[known->count]
					     : NULL;
	for (size_t i = 0; i < KNOWN_ONCE; i++) {
		if (known->once[i].matter.subject == NULL)
			return &known->once[i];
	}
	return NULL;
}

static void
clear(struct known_answer *answer)
{
	free((void *)(uintptr_t)answer->matter.subject);
	*answer = (struct known_answer){ 0 };
}

bool
known_keep(struct known *known, const struct matter *matter, bool is_allowed,
    pid_t tid)
{
	struct known_answer *answer = find_room(known, tid);
	char *copy;

	if (answer == NULL ||
	    asprintf(&copy, "%s%c%s", matter->subject, '\0', matter->other) < 0)
		return false;
	*answer = (struct known_answer){ *matter, is_allowed, tid };
	answer->matter.subject = copy;
	answer->matter.other = copy + strlen(copy) + 1;
	known->count += tid == 0 ? 1 : 0;
	return true;
}

void
known_forget(struct known *known, pid_t tid)
{
	for (size_t i = 0; i < KNOWN_ONCE; i++) {
		if (known->once[i].tid == tid)
			clear(&known->once[i]);
	}
}

void
known_move(struct known *known, pid_t former, pid_t tid)
{
	for (size_t i = 0; i < KNOWN_ONCE; i++) {
		if (known->once[i].tid == former)
			known->once[i].tid = tid;
	}
}
