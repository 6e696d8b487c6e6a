/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "syscall/syscall.h"

Test(syscall_entries, every_door_is_a_call_that_has_a_row)
{
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		size_t doors = 0;

		for (; at->doors[doors].name != NULL; doors++) {
			const struct syscall_row *row =
			    syscall_find_name(at->doors[doors].name);

			cr_expect(row != NULL, "%s: %s", at->id,
			    at->doors[doors].name);
		}
		cr_expect(doors > 0 && doors <= SYSCALL_DOORS_MAX, "%s",
		    at->id);
	}
}

Test(syscall_entries, ids_are_words_and_differ)
{
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		cr_expect(eq(sz, strspn(at->id, "abcdefghijklmnopqrstuvwxyz-"),
			      strlen(at->id)),
		    "%s", at->id);
		for (const struct syscall_entry *other = at + 1;
		     other->id != NULL; other++)
			cr_expect(strcmp(at->id, other->id) != 0, "%s", at->id);
	}
}

/* "CVE-2022-0185", one space between two, and each once in a row. */
static bool
is_list(const char *list)
{
	while (*list != '\0') {
		size_t length = strcspn(list, " ");

		if (length < 13 || strncmp(list, "CVE-20", 6) != 0 ||
		    list[8] != '-' ||
		    strspn(list + 9, "0123456789") != length - 9)
			return false;
		if (list[length] == ' ' && list[length + 1] == '\0')
			return false;
		list += length;
		list += *list == ' ';
	}
	return true;
}

Test(syscall_entries, vulnerabilities_are_cve_numbers)
{
	cr_expect(is_list("CVE-2022-0185 CVE-2024-1086"));
	cr_expect(not(is_list("CVE-2022-0185  CVE-2024-1086")));
	cr_expect(not(is_list("CVE-2022-xyz12")));
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++)
		cr_expect(is_list(at->cves), "%s: %s", at->id, at->cves);
}
