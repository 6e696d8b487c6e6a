/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "convert/convert.h"

Test(convert_scalar, words_are_what_the_core_schema_says)
{
	static const struct {
		const char *text;
		enum convert_kind kind;
		const char *value;
	} rows[] = {
		{ "", CONVERT_VALUE, "null" },
		{ "~", CONVERT_VALUE, "null" },
		{ "NULL", CONVERT_VALUE, "null" },
		{ "nULL", CONVERT_TEXT, NULL },
		{ "true", CONVERT_VALUE, "true" },
		{ "False", CONVERT_VALUE, "false" },
		{ "tRUE", CONVERT_TEXT, NULL },
		{ "yes", CONVERT_TEXT, NULL },
		{ "no", CONVERT_TEXT, NULL },
		{ "on", CONVERT_TEXT, NULL },
		{ "0", CONVERT_VALUE, "0" },
		{ "-7", CONVERT_VALUE, "-7" },
		{ "1.50", CONVERT_VALUE, "1.50" },
		{ "2e3", CONVERT_VALUE, "2e3" },
		{ "2.5E-7", CONVERT_VALUE, "2.5E-7" },
		{ "+7", CONVERT_FOREIGN, NULL },
		{ "010", CONVERT_FOREIGN, NULL },
		{ "-00", CONVERT_FOREIGN, NULL },
		{ "0x1F", CONVERT_FOREIGN, NULL },
		{ "0o17", CONVERT_FOREIGN, NULL },
		{ "1.", CONVERT_FOREIGN, NULL },
		{ ".5", CONVERT_FOREIGN, NULL },
		{ "-.5e1", CONVERT_FOREIGN, NULL },
		{ ".inf", CONVERT_FOREIGN, NULL },
		{ "-.Inf", CONVERT_FOREIGN, NULL },
		{ ".NaN", CONVERT_FOREIGN, NULL },
		{ "0x", CONVERT_TEXT, NULL },
		{ "0o8", CONVERT_TEXT, NULL },
		{ "2e", CONVERT_TEXT, NULL },
		{ "2e+", CONVERT_TEXT, NULL },
		{ "-", CONVERT_TEXT, NULL },
		{ ".", CONVERT_TEXT, NULL },
		{ ".e3", CONVERT_TEXT, NULL },
		{ "1_000", CONVERT_TEXT, NULL },
		{ "2g", CONVERT_TEXT, NULL },
		{ "10.0.0.1", CONVERT_TEXT, NULL },
		{ "190:20:30", CONVERT_TEXT, NULL },
		{ "~/cache", CONVERT_TEXT, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *value = NULL;

		cr_expect(eq(int, convert_word(rows[i].text, &value),
			      rows[i].kind),
		    "%s", rows[i].text);
		if (rows[i].value == NULL)
			cr_expect(eq(ptr, (void *)(uintptr_t)value, NULL), "%s",
			    rows[i].text);
		else
			cr_expect(eq(str, (char *)(uintptr_t)value,
				      (char *)(uintptr_t)rows[i].value),
			    "%s", rows[i].text);
	}
}
