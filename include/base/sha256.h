/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sha256 - the hash function of FIPS 180-4.
 *
 * Layer 0. Uses nothing.
 *
 * sha256_begin(), sha256_add() as often as needed, sha256_end(). Allocates
 * nothing and cannot fail.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES       32
#define SHA256_BLOCK_BYTES 64

struct sha256 {
	uint32_t state[8];
	uint64_t length;                         /* bytes added so far */
	unsigned char block[SHA256_BLOCK_BYTES]; /* not yet hashed */
};

void sha256_begin(struct sha256 *hash) __attribute__((nonnull));
void sha256_add(struct sha256 *hash, const void *data, size_t length)
    __attribute__((nonnull));
void sha256_end(struct sha256 *hash, unsigned char out[SHA256_BYTES])
    __attribute__((nonnull));

#endif
