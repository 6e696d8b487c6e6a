/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <seccomp.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

static const struct {
	uint32_t arch;
	const char *name;
	int number; /* negative: there is none */
} rows[] = {
	{ AUDIT_ARCH_X86_64, "read", 0 },
	{ AUDIT_ARCH_AARCH64, "read", 63 },
	{ AUDIT_ARCH_I386, "read", 3 },
	{ AUDIT_ARCH_AARCH64, "open", -1 },
	{ AUDIT_ARCH_X86_64, "mseal", 462 },
	{ AUDIT_ARCH_AARCH64, "mseal", 462 },
	{ AUDIT_ARCH_X86_64, "uretprobe", 335 },
	{ AUDIT_ARCH_AARCH64, "uretprobe", -1 },
	{ AUDIT_ARCH_X86_64, "nobody_knows_it", -1 },
};

Test(filter_number, a_name_has_the_number_that_the_kernel_has)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int number = filter_number_of(rows[i].arch, rows[i].name);

		if (rows[i].number < 0)
			cr_expect(lt(int, number, 0), "%s", rows[i].name);
		else
			cr_expect(eq(int, number, rows[i].number), "%s",
			    rows[i].name);
	}
	cr_expect(
	    eq(int, filter_number_of(AUDIT_ARCH_X86_64, "nobody_knows_it"),
		__NR_SCMP_ERROR));
}

Test(filter_number, a_number_has_the_name_again)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].number < 0)
			continue;
		AUTO_FREE char *name =
		    filter_name_of(rows[i].arch, rows[i].number);
		cr_assert(ne(ptr, name, NULL), "%s", rows[i].name);
		cr_expect(eq(str, name, (char *)(uintptr_t)rows[i].name));
	}
	cr_expect(
	    eq(ptr, (void *)filter_name_of(AUDIT_ARCH_X86_64, 1000), NULL));
}

/* What the library knows it resolves for every architecture. */
Test(filter_number, newer_is_what_the_library_does_not_know)
{
	cr_expect(not(filter_is_newer("read")));
	cr_expect(not(filter_is_newer("socketcall")));
	cr_expect(filter_is_newer("nobody_knows_it"));
}
