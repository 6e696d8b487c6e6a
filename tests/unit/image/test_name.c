/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "base/sha256.h"
#include "image/image.h"

Test(image_name, a_digest_is_sha256_in_lower_case)
{
	char text[IMAGE_DIGEST_BYTES];
	unsigned char hash[SHA256_BYTES];
	struct sha256 state;

	sha256_begin(&state);
	sha256_end(&state, hash);
	image_digest_text(hash, text);
	cr_expect(eq(str, text,
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
	    "52b855"));
	cr_expect(image_digest_is_valid(text));
	text[7] = 'E';
	cr_expect(not(image_digest_is_valid(text)));
	text[7] = '/';
	cr_expect(not(image_digest_is_valid(text)));
	cr_expect(not(image_digest_is_valid("sha256:")));
	cr_expect(not(image_digest_is_valid("sha512:00")));
}

Test(image_name, a_name_can_be_asked_for_by_its_end)
{
	static const struct {
		const char *name, *wanted;
		bool is;
	} rows[] = {
		{ "1", "1", true },
		{ "example.org/x:1", "1", true },
		{ "example.org/x:1", "x:1", true },
		{ "example.org/x:1", "example.org/x:1", true },
		{ "example.org/x:1", "", false },
		{ "example.org/x:1", ":1", false },
		{ "example.org/x:11", "1", false },
		{ "example.org/xx:1", "x:1", false },
		{ "example.org:5000/x", "5000/x", false },
		{ "x", "xx", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, image_name_is(rows[i].name, rows[i].wanted),
			      rows[i].is),
		    "row %zu", i);
}

Test(image_name, a_platform_serves_its_own)
{
	static const struct {
		const char *there, *wanted;
		bool serves;
	} rows[] = {
		{ "linux/amd64", "linux/amd64", true },
		{ "linux/amd64/v2", "linux/amd64", true },
		{ "linux/amd64", "linux/amd64/v2", false },
		{ "linux/arm64/v8", "linux/arm64", true },
		{ "linux/arm64", "linux/arm64/v8", true },
		{ "linux/arm64/v9", "linux/arm64", false },
		{ "linux/arm/v6", "linux/arm/v7", false },
		{ "windows/amd64", "linux/amd64", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char a[IMAGE_PLATFORM_BYTES], b[IMAGE_PLATFORM_BYTES];
		struct image_platform there, wanted;
		struct error e = { 0 };

		cr_assert(zero(int,
		    image_platform_parse(rows[i].there, a, &there, &e)));
		cr_assert(zero(int,
		    image_platform_parse(rows[i].wanted, b, &wanted, &e)));
		cr_expect(eq(int, image_platform_serves(&there, &wanted),
			      rows[i].serves),
		    "row %zu", i);
	}
	struct image_platform none = { 0 }, own = image_platform_own();
	cr_expect(not(image_platform_serves(&none, &own)));
	cr_expect(image_platform_serves(&own, &own));
}

Test(image_name, half_a_platform_is_none)
{
	static const char *const words[] = { "", "linux", "linux/", "/amd64",
		"a/b/", "a/b/c/d" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char text[IMAGE_PLATFORM_BYTES];
		struct image_platform out;
		struct error e = { 0 };

		cr_expect(lt(int,
			      image_platform_parse(words[i], text, &out, &e),
			      0),
		    "%s", words[i]);
	}
}
