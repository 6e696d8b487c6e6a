/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fields.h"
#include "names.h"
#include "spec/spec.h"

int
spec_read_i64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_i64 result = { .is_set = true };

	TRY(json_read_i64(reader, value, field, &result.value, e));
	memcpy(out, &result, sizeof(result));
	return 0;
}

int
spec_read_u64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_u64 result = { .is_set = true };

	TRY(json_read_u64(reader, value, field, &result.value, e));
	memcpy(out, &result, sizeof(result));
	return 0;
}

int
spec_read_u32(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_u32 result = { .is_set = true };

	TRY(json_read_u32(reader, value, field, &result.value, e));
	memcpy(out, &result, sizeof(result));
	return 0;
}

int
spec_read_bool(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct spec_bool result = { .is_set = true };

	TRY(json_read_bool(reader, value, field, &result.value, e));
	memcpy(out, &result, sizeof(result));
	return 0;
}

int
spec_read_range(const struct json *value, int64_t least, int64_t most,
    int64_t *out, struct error *e)
{
	int64_t number = 0;

	TRY(json_read_i64(NULL, value, NULL, &number, e));
	if (number < least || number > most)
		return json_fail(value, e, "%lld is out of range",
		    (long long)number);
	*out = number;
	return 0;
}

int
spec_read_u16(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number = 0;

	(void)reader;
	(void)field;
	TRY(spec_read_range(value, 0, UINT16_MAX, &number, e));
	struct spec_u32 result = { true, (uint32_t)number };
	memcpy(out, &result, sizeof(result));
	return 0;
}
