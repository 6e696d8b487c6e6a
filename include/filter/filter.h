/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - seccomp: a profile becomes a program, is cached, and is loaded.
 *
 * Layer 2. Uses base, os and spec; the only user of libseccomp. seccomp(2),
 * config-linux.md "Seccomp".
 *
 * libseccomp needs milliseconds to compile a profile, so a compiled program is
 * kept in ROOT/.seccomp under a hash of everything that it depends on: the
 * profile, the architecture, the library's version, the actions that the kernel
 * knows, our own version. A file is read back only when the directory and the
 * file belong to us and nobody else may write to them, and when its key, size,
 * hash and every instruction are good; at any doubt the profile is compiled
 * again. Deleting the directory is always safe.
 *
 * Calls that are newer than all that a profile names fail with ENOSYS where
 * its default is to refuse, so that libc falls back to the older call.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "spec/spec.h"

/* A program ready to load. Released by filter_free(). */
struct filter {
	struct sock_filter *insns; /* NULL: no filter */
	unsigned short count;
	unsigned flags;    /* SECCOMP_FILTER_FLAG_* for seccomp(2) */
	bool has_listener; /* some rule says SCMP_ACT_NOTIFY */
	bool can_check;    /* prctl(PR_GET_SECCOMP) passes the program */
};

/*
 * Compile a profile, or take it from the cache. cache is a directory's
 * descriptor, or -1 for none; a cache that cannot be used is no error. Errors
 * name the place below linux.seccomp.
 */
int filter_prepare(const struct spec_seccomp *profile, int cache,
    struct filter *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * The same for a process of our own, by the name of its profile in seccomp/:
 * "sentry", "net", "trace".
 */
int filter_prepare_own(const char *process, int cache, struct filter *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Put this process under it, but one that is built with a sanitizer, whose
 * runtime makes calls of its own: that is for tests.
 */
int filter_load_own(const char *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Can a program be started under the filter? What init does between loading it
 * and execve(2) must be allowed, or nobody would hear of the failure.
 */
int filter_check_start(const struct filter *filter, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void filter_free(struct filter *filter) __attribute__((nonnull));

/*
 * Load the program into this thread. Stores the listener, or -1 when there is
 * none. Allocates nothing.
 */
int filter_load(const struct filter *filter, int *listener, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Is the filter in force, as far as the program lets us ask? */
int filter_verify(const struct filter *filter, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * What the program answers for a call: a SECCOMP_RET_* with its data. The
 * same result as the kernel's interpreter gives: seccomp(2).
 */
uint32_t filter_run(const struct sock_filter *insns, unsigned short count,
    const struct seccomp_data *data) __attribute__((nonnull));

/* "2.5.4": of libseccomp. */
void filter_library_version(char *buf, size_t size) __attribute__((nonnull));

/*
 * Open the cache directory below the runtime's root directory, made 0700 when
 * missing; -1 when it cannot be trusted: not ours, or others may write to it.
 */
int filter_cache_open(int root) __attribute__((warn_unused_result));

/*
 * Send the listener to the agent at linux.seccomp.listenerPath, with the
 * ContainerProcessState that it expects (state is the OCI state as JSON):
 * config-linux.md "The Container Process State".
 */
int filter_notify_send(const struct spec_seccomp *profile, int listener,
    int pid, const char *state, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
