/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/sha256.h"
#include "base/sha256_block.h"

/* The hash in hexadecimal, of text added step bytes at a time. */
static void
hash_of(const char *text, size_t length, size_t step,
    char out[2 * SHA256_BYTES + 1])
{
	struct sha256 hash;
	unsigned char bytes[SHA256_BYTES];

	sha256_begin(&hash);
	for (size_t at = 0; at < length; at += step)
		sha256_add(&hash, text + at,
		    length - at < step ? length - at : step);
	sha256_end(&hash, bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* FIPS 180-4's examples, and lengths around the ends of a block. */
Test(sha256, known_answers)
{
	static const struct {
		const char *text;
		size_t times;
		const char *want;
	} rows[] = {
		{ "", 1,
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ "abc", 1,
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhij"
		  "klmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		    1,
		    "cf5b16a778af8380036ce59e7b049237"
		    "0b249b11e8f07a51afac45037afee9d1" },
		{ "a", 1000000,
		    "cdc76e5c9914fb9281a1c7e284d73e67"
		    "f1809a48a497200e046d39ccc7112cd0" },
		{ "a", 55,
		    "9f4390f8d30c2dd92ec9f095b65e2b9a"
		    "e9b0a925a5258e241c9f1e910f734318" },
		{ "a", 56,
		    "b35439a4ac6f0948b6d6f9e3c6af0f5f"
		    "590ce20f1bde7090ef7970686ec6738a" },
		{ "a", 63,
		    "7d3e74a05d7db15bce4ad9ec0658ea98"
		    "e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ "a", 64,
		    "ffe054fe7ae0cb6dc65c3af9b61d5209"
		    "f439851db43d0ba5997337df154668eb" },
		{ "a", 65,
		    "635361c48bb9eab14198e76ea8ab7f1a"
		    "41685d6ad62aa9146d301d4f17eb0ae0" },
	};
	static const size_t steps[] = { 1, 7, 64, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t one = strlen(rows[i].text);
		char *text = malloc(one * rows[i].times + 1);

		for (size_t j = 0; j < rows[i].times; j++)
			memcpy(text + j * one, rows[i].text, one);
		for (size_t j = 0; j < ARRAY_SIZE(steps); j++) {
			char got[2 * SHA256_BYTES + 1];

			hash_of(text, one * rows[i].times, steps[j], got);
			cr_expect(eq(str, got, (char *)rows[i].want),
			    "row %zu by %zu", i, steps[j]);
		}
		free(text);
	}
}

#ifdef __x86_64__
/* The processor's own instructions give what the portable code does. */
Test(sha256, x86_is_the_same)
{
	unsigned char data[8 * SHA256_BLOCK_BYTES];
	uint32_t number = 1;

	if (!sha256_has_x86())
		return;
	for (size_t i = 0; i < sizeof(data); i++) {
		number = number * 1103515245 + 12345;
		data[i] = (unsigned char)(number >> 16);
	}
	for (size_t blocks = 0; blocks <= 8; blocks++) {
		uint32_t want[8] = { 1, 2, 3, 4, 5, 6, 7, 0x80000000 };
		uint32_t got[8];

		memcpy(got, want, sizeof(got));
		sha256_blocks_portable(want, data, blocks);
		sha256_blocks_x86(got, data, blocks);
		cr_expect(memcmp(got, want, sizeof(got)) == 0, "%zu blocks",
		    blocks);
	}
}
#endif
