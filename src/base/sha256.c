/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include <string.h>

#include "sha256_block.h"

const uint32_t sha256_rounds[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static uint32_t
rotate(uint32_t x, unsigned bits)
{
	return x >> bits | x << (32 - bits);
}

static uint32_t
load(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void
store(unsigned char *at, uint32_t word)
{
	at[0] = (unsigned char)(word >> 24);
	at[1] = (unsigned char)(word >> 16);
	at[2] = (unsigned char)(word >> 8);
	at[3] = (unsigned char)word;
}

static void
expand(uint32_t w[64], const unsigned char *block)
{
	for (size_t i = 0; i < 16; i++)
		w[i] = load(block + i * 4);
	for (size_t i = 16; i < 64; i++) {
		uint32_t x = w[i - 15];
		uint32_t y = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
		       (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
	}
}

static void
compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[64];
	uint32_t s[8];

	expand(w, block);
	memcpy(s, state, sizeof(s));
	for (size_t i = 0; i < 64; i++) {
		uint32_t e = s[4];
		uint32_t a = s[0];
		uint32_t one = s[7] + sha256_rounds[i] + w[i] +
			       (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			       ((e & s[5]) ^ (~e & s[6]));
		uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			       ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

		s[7] = s[6];
		s[6] = s[5];
		s[5] = s[4];
		s[4] = s[3] + one;
		s[3] = s[2];
		s[2] = s[1];
		s[1] = s[0];
		s[0] = one + two;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += s[i];
}

void
sha256_blocks_portable(uint32_t state[8], const unsigned char *data,
    size_t blocks)
{
	for (; blocks > 0; blocks--, data += SHA256_BLOCK_BYTES)
		compress(state, data);
}

static void
add_blocks(uint32_t state[8], const unsigned char *data, size_t blocks)
{
#ifdef __x86_64__
	if (sha256_has_x86()) {
		sha256_blocks_x86(state, data, blocks);
		return;
	}
#endif
	sha256_blocks_portable(state, data, blocks);
}

void
sha256_begin(struct sha256 *hash)
{
	*hash = (struct sha256){
		.state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 },
	};
}

void
sha256_add(struct sha256 *hash, const void *data, size_t length)
{
	const unsigned char *at = data;

	while (length > 0) {
		size_t used = hash->length % SHA256_BLOCK_BYTES;
		size_t whole = length / SHA256_BLOCK_BYTES;
		size_t room = SHA256_BLOCK_BYTES - used;
		size_t part = length < room ? length : room;

		if (used == 0 && whole > 0) {
			part = whole * SHA256_BLOCK_BYTES;
			add_blocks(hash->state, at, whole);
		} else {
			memcpy(hash->block + used, at, part);
			if (part == room)
				add_blocks(hash->state, hash->block, 1);
		}
		hash->length += part;
		at += part;
		length -= part;
	}
}

void
sha256_end(struct sha256 *hash, unsigned char out[SHA256_BYTES])
{
	static const unsigned char padding[SHA256_BLOCK_BYTES] = { 0x80 };
	uint64_t bits = hash->length * 8;
	size_t used = hash->length % SHA256_BLOCK_BYTES;
	unsigned char tail[8];

	store(tail, (uint32_t)(bits >> 32));
	store(tail + 4, (uint32_t)bits);
	/* The padding ends 8 bytes before a block does. */
	sha256_add(hash, padding,
	    used < SHA256_BLOCK_BYTES - sizeof(tail)
		? SHA256_BLOCK_BYTES - sizeof(tail) - used
		: sizeof(padding) + SHA256_BLOCK_BYTES - sizeof(tail) - used);
	sha256_add(hash, tail, sizeof(tail));
	for (size_t i = 0; i < 8; i++)
		store(out + i * sizeof(uint32_t), hash->state[i]);
}
