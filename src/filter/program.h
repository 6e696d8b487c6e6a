/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program - how a profile becomes a program: the parts of filter_prepare().
 *
 * Private to filter.
 */
#ifndef FILTER_PROGRAM_H
#define FILTER_PROGRAM_H

#include <linux/audit.h>
#include <stddef.h>

#include "base/sha256.h"
#include "filter/filter.h"

/* struct seccomp_data's arch in calls of this program's own ABI. */
#if defined(__x86_64__)
#define FILTER_NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "filter: this architecture is not known"
#endif

/*
 * number.c: the number that libseccomp or our own table has for a call, by an
 * AUDIT_ARCH_* or SPEC_ARCH_X32; __NR_SCMP_ERROR where nobody knows it, another
 * negative one for a call that the architecture does not have.
 */
int filter_number_of(uint32_t arch, const char *name)
    __attribute__((nonnull, warn_unused_result));

/* number.c: is it a name that libseccomp does not know? */
bool
filter_is_newer(const char *name) __attribute__((nonnull, warn_unused_result));

/* number.c: the name of a number, the caller's to free; NULL: nobody knows. */
char *
filter_name_of(uint32_t arch, int number) __attribute__((warn_unused_result));

/*
 * compile.c: what libseccomp makes of a profile, as a list of comparisons (1)
 * or as a tree (2): SCMP_FLTATR_CTL_OPTIMIZE. Fills insns and count.
 */
int filter_compile(const struct spec_seccomp *profile, unsigned optimize,
    struct filter *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * compile.c: has one argument several conditions? Then they are alternatives,
 * each a rule of its own; else all of them are to hold. config-linux.md.
 */
bool filter_rule_repeats(const struct spec_seccomp_rule *rule)
    __attribute__((nonnull));

/* compile.c: record that a program has too many instructions. */
int filter_too_long(size_t count, struct error *e) __attribute__((nonnull));

/*
 * enosys.c: calls that are newer than all that the profile names fail with
 * ENOSYS. Puts instructions in front of the program.
 */
int filter_add_enosys(const struct spec_seccomp *profile, struct filter *filter,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * optimize.c: make the program quicker to load and to run. What it answers is
 * the same; a program that is not understood is left as it is.
 */
void filter_optimize(struct filter *filter) __attribute__((nonnull));

/* filter.c: does it allow prctl(PR_GET_SECCOMP)? */
bool filter_can_check(const struct filter *filter) __attribute__((nonnull));

/* run.c: does a comparison of a with b jump? operation is BPF_OP(). */
bool filter_jumps(uint32_t a, uint32_t b, unsigned operation);

/*
 * check.c: would seccomp(2) take the program? Only what compile.c and enosys.c
 * emit is known, which is less than the kernel's own list.
 */
bool filter_is_sound(const struct sock_filter *insns, size_t count)
    __attribute__((nonnull, warn_unused_result));

/*
 * reach.c: may the program, a sound one, give this call the action, with
 * whatever arguments? Only nr and arch of the call count.
 */
bool
filter_may_answer(const struct filter *filter, const struct seccomp_data *call,
    uint32_t action) __attribute__((nonnull, warn_unused_result));

/* ---- cache.c ---------------------------------------------------------- */

/* More entries than this and all but the newest are dropped. */
#define FILTER_CACHE_ENTRIES 256

/* Names a program by everything that it depends on. */
struct filter_key {
	unsigned char bytes[SHA256_BYTES];
};

/* A cached file is this, then count instructions. */
struct filter_header {
	char magic[8];
	uint32_t format;
	uint32_t count;
	struct filter_key key;            /* the file's name, too */
	unsigned char hash[SHA256_BYTES]; /* of all before it and the program */
};

/* key.c. knows has a bit for each of the kernel's actions that it has. */
void filter_key_make(const struct spec_seccomp *profile, unsigned knows,
    struct filter_key *out) __attribute__((nonnull));

/* Of a program that was written as a list: of what filter_optimize() makes of
 * it. */
void filter_key_of_program(const struct filter *list, struct filter_key *out)
    __attribute__((nonnull));

/* What a file that holds the program begins with. */
void
filter_header_make(const struct filter *filter, const struct filter_key *key,
    struct filter_header *out) __attribute__((nonnull));

/* Is this the program of that key, whole, and sound? */
bool filter_header_fits(const struct filter_header *header,
    const struct sock_filter *insns, size_t count, const struct filter_key *key)
    __attribute__((nonnull, warn_unused_result));

/* Fill insns and count; false when there is nothing, or nothing to trust. */
bool filter_cache_read(int dir, const struct filter_key *key,
    struct filter *out) __attribute__((nonnull, warn_unused_result));

/* Keep a program, if that can be done. */
void filter_cache_write(int dir, const struct filter_key *key,
    const struct filter *filter) __attribute__((nonnull));

#endif
