/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdalign.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

Test(base_json_arena, pieces_are_zeroed_aligned_and_apart)
{
	static const size_t sizes[] = { 1, 7, 8, 16, 100, 16384, 16385, 100000,
		3, 0, 1 };
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	unsigned char *pieces[ARRAY_SIZE(sizes)];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		pieces[i] = json_alloc(arena, sizes[i]);
		cr_assert(ne(ptr, pieces[i], NULL));
		cr_expect(zero(u64,
		    (uint64_t)(uintptr_t)pieces[i] % alignof(max_align_t)));
		for (size_t j = 0; j < sizes[i]; j++)
			cr_assert(zero(uint, pieces[i][j]));
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			cr_assert(eq(uint, pieces[i][j], (unsigned)i + 1));
}

Test(base_json_arena, what_cannot_be_had_is_an_error)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();

	cr_expect(eq(ptr, json_alloc(arena, SIZE_MAX), NULL));
	cr_expect(eq(int, errno, ENOMEM));
	cr_expect(ne(ptr, json_alloc(arena, 1), NULL), "and no more");
}

Test(base_json_arena, it_can_be_released_twice_and_never)
{
	struct json_arena *arena = json_arena_new();
	struct json_arena *none = NULL;

	cr_assert(ne(ptr, json_alloc(arena, 1), NULL));
	json_arena_free(&arena);
	cr_expect(eq(ptr, (void *)arena, NULL));
	json_arena_free(&arena);
	json_arena_free(&none);
}
