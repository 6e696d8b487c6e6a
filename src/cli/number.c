/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli.h"

bool
cli_number(const char *text, bool has_unit, int64_t *out)
{
	static const char units[] = "bkmgt";
	bool negative = text[0] == '-';
	size_t length = strspn(text + negative, "0123456789");
	const char *unit = text + negative + length;
	const char *found = units;
	char digits[24];
	uint64_t value;

	if (has_unit && unit[0] != '\0') {
		found = strchr(units, unit[0] | 0x20);
		unit++;
	}
	if (found == NULL || unit[0] != '\0' || length >= sizeof(digits))
		return false;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)length,
	    text + negative);
	int shift = 10 * (int)(found - units);
	if (!text_parse_u64(digits, (uint64_t)INT64_MAX >> shift, &value))
		return false;
	*out = (int64_t)(value << shift);
	*out = negative ? -*out : *out;
	return true;
}
