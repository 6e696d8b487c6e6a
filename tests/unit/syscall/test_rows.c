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

/* ---- what the modes make of it ------------------------------------------- */

static bool
is_heard(const struct syscall_row *row, size_t mode)
{
	return row->action[mode] == SYSCALL_PERFORM ||
	       row->action[mode] == SYSCALL_TRACE;
}

static bool
has_limit(const struct syscall_row *row)
{
	for (size_t mode = 0; mode < SYSCALL_MODES; mode++) {
		if (row->limit[mode] != SYSCALL_LIMIT_NONE)
			return true;
	}
	return false;
}

static bool
has_action(const struct syscall_row *row, enum syscall_action action)
{
	for (size_t mode = 0; mode < SYSCALL_MODES; mode++) {
		if (row->action[mode] == action)
			return true;
	}
	return false;
}

Test(syscall_rows, who_performs_and_why_is_said_where_it_is_so)
{
	size_t seen[SYSCALL_DO_COUNT] = { 0 };

	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_done = has_action(row, SYSCALL_PERFORM) ||
			       has_action(row, SYSCALL_TRACE) ||
			       ((row->groups & SYSCALL_GROUP_PRETEND) != 0 &&
				   row->handler != SYSCALL_DO_NONE);

		cr_expect(eq(int, row->handler != SYSCALL_DO_NONE, is_done),
		    "%s", row->name);
		cr_expect(row->note != NULL || !is_done, "%s", row->name);
		cr_expect(row->note == NULL || row->note[0] != '\0', "%s",
		    row->name);
		seen[row->handler]++;
	}
	for (size_t i = 1; i < SYSCALL_DO_COUNT; i++)
		cr_expect(eq(sz, seen[i], 1), "%zu", i);
}

/* Without anybody to do it, it has to have an error. */
Test(syscall_rows, a_show_of_root_is_performed_or_refused)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_part = (row->groups & SYSCALL_GROUP_PRETEND) != 0;
		bool is_done = row->handler != SYSCALL_DO_NONE;

		for (int mode = 0; mode < SYSCALL_MODES; mode++) {
			enum syscall_mode at = (enum syscall_mode)mode;
			enum syscall_action action =
			    syscall_action(row, at, true);

			cr_expect(eq(int, (int)syscall_action(row, at, false),
				      (int)row->action[at]),
			    "%s", row->name);
			cr_expect(eq(int, (int)action,
				      (int)(!is_part  ? row->action[at]
					    : is_done ? SYSCALL_PERFORM
						      : SYSCALL_REFUSE)),
			    "%s", row->name);
		}
		cr_expect(is_done || row->error != 0 || !is_part, "%s",
		    row->name);
	}
}

/* Nobody can tell whether it was taken. */
static bool
is_advice(const struct syscall_row *row)
{
	return strcmp(row->name, "fadvise64") == 0 ||
	       strcmp(row->name, "readahead") == 0 ||
	       strcmp(row->name, "sync_file_range") == 0;
}

Test(syscall_rows, a_refusal_has_an_error_and_nothing_else_has)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_refused =
		    (has_action(row, SYSCALL_REFUSE) || has_limit(row)) &&
		    !is_advice(row);

		cr_expect(eq(int, row->error != 0, is_refused), "%s",
		    row->name);
		cr_expect(row->error >= 0 && row->error < 4096, "%s",
		    row->name);
	}
}

/* Of each kind of argument, what the next one is. */
static bool
fits(enum syscall_arg arg, enum syscall_arg next)
{
	switch ((int)arg) {
	case SYSCALL_ARG_DIRFD:
		return next == SYSCALL_ARG_PATH;
	case SYSCALL_ARG_SOCKADDR:
	case SYSCALL_ARG_OPEN_HOW:
	case SYSCALL_ARG_CLONE_ARGS:
		return next == SYSCALL_ARG_SIZE;
	case SYSCALL_ARG_MMSGHDR:
		return next == SYSCALL_ARG_UINT;
	case SYSCALL_ARG_FAMILY:
		return next == SYSCALL_ARG_SOCK;
	case SYSCALL_ARG_NONE:
		return next == SYSCALL_ARG_NONE;
	default:
		return true;
	}
}

Test(syscall_rows, arguments_stand_beside_those_that_they_belong_to)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		for (size_t i = 0; i < 6; i++)
			cr_expect(fits(row->args[i], i < 5 ? row->args[i + 1]
							   : SYSCALL_ARG_NONE),
			    "%s: %zu", row->name, i);
	}
}

/* A handler sees what was copied, by the kinds: nothing that it needs may be a
 * mere address, and what is copied has a size. */
Test(syscall_rows, what_a_handler_needs_is_copied)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (!has_action(row, SYSCALL_PERFORM))
			continue;
		for (size_t i = 0; i < 6; i++) {
			bool has_size =
			    (i < 5 && row->args[i + 1] == SYSCALL_ARG_SIZE) ||
			    (i > 0 && row->args[i - 1] == SYSCALL_ARG_SIZE);

			cr_expect(has_size || row->args[i] != SYSCALL_ARG_IN,
			    "%s: %zu", row->name, i);
			/* Its last has had no meaning since 2.6.24. */
			cr_expect(row->args[i] != SYSCALL_ARG_POINTER ||
				      strcmp(row->name, "getcpu") == 0,
			    "%s: %zu", row->name, i);
		}
	}
}

static bool
reaches_far(enum syscall_arg arg)
{
	switch ((int)arg) {
	case SYSCALL_ARG_PATH:
	case SYSCALL_ARG_STRINGS:
	case SYSCALL_ARG_SOCKADDR:
	case SYSCALL_ARG_MSGHDR:
	case SYSCALL_ARG_MMSGHDR:
	case SYSCALL_ARG_OPEN_HOW:
	case SYSCALL_ARG_CLONE_ARGS:
	case SYSCALL_ARG_UID:
	case SYSCALL_ARG_GID:
		return true;
	default:
		return false;
	}
}

Test(syscall_rows, sealed_decides_on_every_path_address_and_credential)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		enum syscall_action action = row->action[SYSCALL_MODE_SEALED];

		/* Being told is no decision. */
		cr_expect(action != SYSCALL_OBSERVE, "%s", row->name);
		for (size_t i = 0; i < 6; i++)
			cr_expect(action != SYSCALL_PASS ||
				      !reaches_far(row->args[i]),
			    "%s", row->name);
		cr_expect(action == SYSCALL_TRACE || action == SYSCALL_REFUSE ||
			      (row->groups & SYSCALL_GROUP_CREDS) == 0,
		    "%s", row->name);
	}
}

Test(syscall_rows, sealed_passes_at_most_100_calls_of_an_architecture)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		int count = 0;

		for (const struct syscall_row *row = syscall_rows;
		     row->name != NULL; row++) {
			if (syscall_number(row, archs[i].arch) >= 0 &&
			    (row->action[SYSCALL_MODE_SEALED] == SYSCALL_PASS ||
				syscall_unless(row, SYSCALL_MODE_SEALED) !=
				    SYSCALL_LIMIT_NONE))
				count++;
		}
		cr_expect(le(int, count, 100), "%s", archs[i].name);
	}
}

Test(syscall_rows, sealed_limits_what_multiplexes)
{
	static const char *const names[] = { "futex", "ioctl", "fcntl", "prctl",
		"setsockopt", "getsockopt", "socket", "socketpair", "clone",
		"mmap", "mremap", "madvise", "membarrier", "arch_prctl",
		"seccomp" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct syscall_row *row = syscall_find_name(names[i]);

		cr_assert(row != NULL);
		cr_expect(row->limit[SYSCALL_MODE_SEALED] != SYSCALL_LIMIT_NONE,
		    "%s", names[i]);
	}
}

Test(syscall_rows, guard_knows_for_whom_it_stops_a_call)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_stopped =
		    row->action[SYSCALL_MODE_GUARD] != SYSCALL_PASS ||
		    row->limit[SYSCALL_MODE_GUARD] != SYSCALL_LIMIT_NONE;
		/* A show of root is nothing that a policy decides. */
		unsigned groups =
		    row->groups & ~(unsigned)SYSCALL_GROUP_PRETEND;
		unsigned others = groups & ~(unsigned)SYSCALL_GROUP_LOOK;

		cr_expect(others != 0 || !is_stopped, "%s", row->name);
		/* And stops for those that it says it does. */
		cr_expect(is_stopped || others == 0, "%s", row->name);
		/* Being told is all that it needs: of a credential, or before
		 * a task sees on which processors an answer has put it. */
		cr_expect(row->action[SYSCALL_MODE_GUARD] != SYSCALL_OBSERVE ||
			      groups == SYSCALL_GROUP_CREDS ||
			      row->handler == SYSCALL_DO_SCHED_GETAFFINITY ||
			      row->handler == SYSCALL_DO_SCHED_SETAFFINITY,
		    "%s", row->name);
	}
}

Test(syscall_rows, guard_decides_nothing_that_sealed_leaves)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_decided = is_heard(row, SYSCALL_MODE_GUARD);

		cr_expect(is_heard(row, SYSCALL_MODE_SEALED) || !is_decided,
		    "%s", row->name);
	}
}

Test(syscall_rows, observe_changes_nothing_but_what_would_blind_it)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		enum syscall_action action = row->action[SYSCALL_MODE_OBSERVE];
		bool blinds = strcmp(row->name, "clone3") == 0 ||
			      strcmp(row->name, "userfaultfd") == 0;

		cr_expect(action == SYSCALL_PASS || action == SYSCALL_OBSERVE ||
			      (action == SYSCALL_REFUSE && blinds),
		    "%s", row->name);
	}
}

Test(syscall_rows, what_is_let_through_is_a_list)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		const struct syscall_arguments *found =
		    syscall_limit_find(row->unless);

		cr_expect(found == NULL || !found->otherwise, "%s", row->name);
	}
}

Test(syscall_rows, modes_have_names)
{
	enum syscall_mode mode = SYSCALL_MODES;

	for (int i = 0; i < SYSCALL_MODES; i++) {
		cr_expect(
		    syscall_mode_parse(syscall_mode_name((enum syscall_mode)i),
			&mode));
		cr_expect(eq(int, (int)mode, i));
	}
	cr_expect(not(syscall_mode_parse("off", &mode)));
	cr_expect(not(syscall_mode_parse("", &mode)));
}
