/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key - the hash of everything that a compiled program depends on.
 *
 * What is hashed is written so that no two profiles write the same: every
 * number has its width, every list its length before it, every text the NUL
 * behind it that it cannot hold. Left out is what does not change the program:
 * flags and the listener's path and metadata, which are used when it is loaded.
 */
#include <seccomp.h>
#include <string.h>

#include "config.h"
#include "program.h"

/* Goes up when the same profile compiles to another program. */
#define KEY_FORMAT "lorica filter 3 " PACKAGE_VERSION

/* The same for what mediate.c writes: when that is made another search. */
#define KEY_PROGRAM "lorica program 1 " PACKAGE_VERSION

static void
add_number(struct sha256 *hash, uint64_t number)
{
	sha256_add(hash, &number, sizeof(number));
}

static void
add_text(struct sha256 *hash, const char *text)
{
	sha256_add(hash, text, strlen(text) + 1);
}

static void
add_errno(struct sha256 *hash, const struct spec_u32 *number)
{
	add_number(hash, number->is_set);
	add_number(hash, number->value);
}

static void
add_rule(struct sha256 *hash, const struct spec_seccomp_rule *rule)
{
	add_number(hash, rule->action);
	add_errno(hash, &rule->errno_ret);
	add_number(hash, rule->names.count);
	for (size_t i = 0; i < rule->names.count; i++)
		add_text(hash, rule->names.items[i]);
	add_number(hash, rule->args_count);
	for (size_t i = 0; i < rule->args_count; i++) {
		const struct spec_seccomp_arg *arg = &rule->args[i];

		add_number(hash, arg->index);
		add_number(hash, arg->value);
		add_number(hash, arg->value_two);
		add_number(hash, arg->op);
	}
}

void
filter_key_make(const struct spec_seccomp *profile, unsigned knows,
    struct filter_key *out)
{
	const struct scmp_version *library = seccomp_version();
	struct sha256 hash;

	sha256_begin(&hash);
	add_text(&hash, KEY_FORMAT);
	add_number(&hash, FILTER_NATIVE_ARCH);
	add_number(&hash, library->major);
	add_number(&hash, library->minor);
	add_number(&hash, library->micro);
	add_number(&hash, knows);
	add_number(&hash, profile->default_action);
	add_errno(&hash, &profile->default_errno_ret);
	add_number(&hash, profile->architectures_count);
	for (size_t i = 0; i < profile->architectures_count; i++)
		add_number(&hash, profile->architectures[i]);
	add_number(&hash, profile->syscalls_count);
	for (size_t i = 0; i < profile->syscalls_count; i++)
		add_rule(&hash, &profile->syscalls[i]);
	sha256_end(&hash, out->bytes);
}

void
filter_key_of_program(const struct filter *list, struct filter_key *out)
{
	struct sha256 hash;

	sha256_begin(&hash);
	add_text(&hash, KEY_PROGRAM);
	add_number(&hash, list->count);
	sha256_add(&hash, list->insns, list->count * sizeof(*list->insns));
	sha256_end(&hash, out->bytes);
}
