/* SPDX-License-Identifier: Apache-2.0 */
/*
 * install - where record leaves a profile.
 *
 * Private to cli.
 */
#ifndef CLI_INSTALL_H
#define CLI_INSTALL_H

#include "base/error.h"
#include "spec/spec.h"

/* A file of a profile, whole or not at all. */
int cli_write_profile(const char *path, const struct spec_seccomp *profile,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Make it linux.seccomp of the configuration in that file, in place of what is
 * there, and of the annotation that would choose another. All else says what it
 * said. The file keeps its mode and owner, and is replaced whole or not at all.
 */
int cli_install_profile(const char *path, const struct spec_seccomp *profile,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
