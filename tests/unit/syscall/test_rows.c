/* SPDX-License-Identifier: Apache-2.0 */
#include <asm/unistd.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <seccomp.h>
#include <string.h>

#include "base/auto.h"
#include "syscall/syscall.h"

#define NUMBERS_MAX 1024

static const struct {
	const char *name;
	enum syscall_arch arch;
	uint32_t library;
} archs[] = {
	{ "x86-64", SYSCALL_X86_64, SCMP_ARCH_X86_64 },
	{ "arm64", SYSCALL_ARM64, SCMP_ARCH_AARCH64 },
};

Test(syscall_rows, every_number_that_libseccomp_knows_has_its_row)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		int found = 0;

		for (int number = 0; number < NUMBERS_MAX; number++) {
			AUTO_FREE char *name =
			    seccomp_syscall_resolve_num_arch(archs[i].library,
				number);
			const struct syscall_row *row =
			    syscall_find_number(archs[i].arch, number);

			if (name == NULL)
				continue;
			found++;
			cr_expect(ne(ptr, (void *)(uintptr_t)row, NULL),
			    "%s %s %d", archs[i].name, name, number);
			if (row != NULL)
				cr_expect(eq(str, (char *)(uintptr_t)row->name,
				    name));
		}
		cr_expect(gt(int, found, 300));
	}
}

/* What libseccomp has not heard of yet may have any number. */
Test(syscall_rows, every_row_has_the_number_that_libseccomp_gives)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		for (const struct syscall_row *row = syscall_rows;
		     row->name != NULL; row++) {
			int number = syscall_number(row, archs[i].arch);
			int wanted =
			    seccomp_syscall_resolve_name_arch(archs[i].library,
				row->name);

			if (wanted == __NR_SCMP_ERROR)
				continue;
			/* Negative: not of that architecture. */
			cr_expect(eq(int, number < 0 ? -1 : number,
				      wanted < 0 ? -1 : wanted),
			    "%s %s", archs[i].name, row->name);
		}
	}
}

Test(syscall_rows, every_call_of_the_kernels_header_has_its_number)
{
	static const struct {
		const char *name;
		int number;
	} header[] = {
#include "unistd_names.h"
	};
	size_t seen = 0;

	for (size_t i = 0; i < ARRAY_SIZE(header); i++) {
		const struct syscall_row *row =
		    syscall_find_name(header[i].name);

		if (strcmp(header[i].name, "syscalls") == 0 ||
		    strcmp(header[i].name, "arch_specific_syscall") == 0)
			continue; /* how many there are, and where a gap is */
		seen++;
		cr_expect(ne(ptr, (void *)(uintptr_t)row, NULL), "%s",
		    header[i].name);
		if (row != NULL)
			cr_expect(eq(int, syscall_number(row, SYSCALL_NATIVE),
				      header[i].number),
			    "%s", header[i].name);
	}
	cr_expect(gt(sz, seen, 250));
}

Test(syscall_rows, no_name_and_no_number_is_there_twice)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		cr_expect(eq(ptr,
			      (void *)(uintptr_t)syscall_find_name(row->name),
			      (void *)(uintptr_t)row),
		    "%s", row->name);
		for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
			int number = syscall_number(row, archs[i].arch);
			const struct syscall_row *found =
			    syscall_find_number(archs[i].arch, number);

			cr_expect(number < 0 || found == row, "%s %s",
			    archs[i].name, row->name);
		}
		cr_expect(row->x86_64 >= 0 || row->arm64 >= 0, "%s", row->name);
	}
}

Test(syscall_rows, rows_stand_by_facility_and_name)
{
	for (const struct syscall_row *row = syscall_rows;
	     row[0].name != NULL && row[1].name != NULL; row++)
		cr_expect(row[0].facility < row[1].facility ||
			      (row[0].facility == row[1].facility &&
				  strcmp(row[0].name, row[1].name) < 0),
		    "%s, %s", row[0].name, row[1].name);
	for (int i = 0; i < SYSCALL_FACILITIES; i++) {
		enum syscall_facility facility = (enum syscall_facility)i;

		cr_expect(syscall_facility_name(facility) != NULL, "%d", i);
		cr_expect(syscall_facility_risk(facility) != NULL, "%d", i);
	}
}

Test(syscall_rows, newer_calls_have_the_same_number_everywhere)
{
	for (int number = 424; number <= 471; number++) {
		const struct syscall_row *row =
		    syscall_find_number(SYSCALL_X86_64, number);

		cr_assert(row != NULL, "%d", number);
		cr_expect(eq(int, row->arm64, number), "%s", row->name);
	}
	cr_expect(eq(ptr,
	    (void *)(uintptr_t)syscall_find_number(SYSCALL_ARM64, -1), NULL));
}
