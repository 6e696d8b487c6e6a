/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sha256_block - what runs for each block: portable, or by the processor's own
 * instructions.
 */
#ifndef BASE_SHA256_BLOCK_H
#define BASE_SHA256_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractions of cube roots. */
extern const uint32_t sha256_rounds[64];

/* Add that many blocks of SHA256_BLOCK_BYTES to the state. */
typedef void
sha256_blocks(uint32_t state[8], const unsigned char *data, size_t blocks);

sha256_blocks sha256_blocks_portable;

#ifdef __x86_64__
/* Does this processor have the instructions that the next one uses? */
bool sha256_has_x86(void);
sha256_blocks sha256_blocks_x86;
#endif

#endif
