/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - profiles and programs for the tests of filter.
 */
#ifndef TEST_FILTER_SUPPORT_H
#define TEST_FILTER_SUPPORT_H

#include "filter/program.h"

#define DOCKER_PROFILE TEST_DATA "/seccomp-docker.json"

/* Parse linux.seccomp from text; the spec owns it. */
struct spec *support_profile(const char *json);

/* The same from a file. */
struct spec *support_profile_file(const char *path);

/* filter_prepare(), which must succeed. */
struct filter support_filter(const struct spec *spec, int cache);

/* What the program answers. */
uint32_t support_answer(const struct filter *filter, uint32_t arch,
    uint32_t number, uint64_t first);

/* The same for a call of this architecture, with all its arguments. */
uint32_t
support_ask(const struct filter *filter, int number, const uint64_t args[6]);

/* A new directory below /tmp; support_remove() removes it and its files. */
int support_directory(char *path, size_t size);
void support_remove(const char *path);

#endif
