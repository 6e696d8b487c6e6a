/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - a state directory for one test, and a container in it that is a
 * sleeping child of the test.
 */
#ifndef TESTS_UNIT_CONTAINER_SUPPORT_H
#define TESTS_UNIT_CONTAINER_SUPPORT_H

#include <sys/types.h>

#include "container/store.h"

/* Sets test_root and returns its descriptor. */
int make_root(void);
extern char test_root[64];

/* A running container c1; returns its process. */
pid_t make_running(void);

/* The same with this status, in test_root as it is. */
pid_t make_container(int root, const char *id, enum container_status status);

/* Kill and reap the process, if there is one, and remove the directory. */
void clean_up(pid_t pid);

#endif
