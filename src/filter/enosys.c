/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enosys - calls that a profile cannot have known fail with ENOSYS.
 *
 * libc tries a new call first and falls back to the old one when the kernel
 * says ENOSYS. A profile that denies what it does not list answers EPERM or
 * worse for calls that were added after it was written, and the program stops
 * working although the profile allows the old call. So, as in runc: a number
 * above all that the profile names on an architecture, by any rule, gives
 * ENOSYS there, whatever defaultErrnoRet says. Where the default lets the call
 * happen or asks a tracer, nothing changes.
 *
 * The instructions go in front of the program. A section for each architecture
 * tests and jumps to the program or falls into its own return, so that no jump
 * is long.
 */
#include <errno.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

/* x32's numbers: an ABI of its own under x86-64's AUDIT_ARCH_*. */
#define X32_BIT 0x40000000u
/* No number is above it, so the test never says ENOSYS. */
#define NO_LIMIT UINT32_MAX

#define SECTIONS_MAX 24 /* more than there are words for architectures */
#define SECTION_MAX  7  /* instructions */

/* The largest number that is named, by AUDIT_ARCH_*. */
struct section {
	uint32_t arch;
	uint32_t last;
	uint32_t last_x32; /* x86-64 alone */
};

static bool
lets_happen(const struct spec_seccomp *profile)
{
	switch (profile->default_action) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_TRACE:
		return true;
	case SECCOMP_RET_ERRNO:
		return profile->default_errno_ret.is_set &&
		       profile->default_errno_ret.value == ENOSYS;
	default:
		return false;
	}
}

static uint32_t
last_named(const struct spec_seccomp *profile, uint32_t arch)
{
	int last = -1;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_strings *names = &profile->syscalls[i].names;

		for (size_t j = 0; j < names->count; j++) {
			int number = filter_number_of(arch, names->items[j]);

			/* Negative: this architecture does not have it. */
			if (number > last)
				last = number;
		}
	}
	return last < 0 ? NO_LIMIT : (uint32_t)last;
}

/* Returns how many there are now. */
static size_t
add_section(const struct spec_seccomp *profile, uint32_t arch,
    struct section *sections, size_t count)
{
	bool x32 = arch == SPEC_ARCH_X32;
	uint32_t token = x32 ? AUDIT_ARCH_X86_64 : arch;
	size_t at = 0;

	while (at < count && sections[at].arch != token)
		at++;
	if (at == SECTIONS_MAX)
		return count;
	if (at == count)
		sections[at] = (struct section){ token, NO_LIMIT, NO_LIMIT };
	if (x32)
		sections[at].last_x32 = last_named(profile, arch);
	else
		sections[at].last = last_named(profile, arch);
	return at == count ? count + 1 : count;
}

/*
 * Begins with the architecture in A, and leaves it there for the next section
 * when it is another. The last instruction is to jump to the program.
 */
static size_t
write_section(const struct section *section, struct sock_filter *out)
{
	const struct sock_filter one[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, section->arch, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, section->last, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
	};
	const struct sock_filter two[SECTION_MAX] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, section->arch, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, X32_BIT, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, section->last, 1, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, section->last_x32, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
	};

	if (section->arch == AUDIT_ARCH_X86_64) {
		memcpy(out, two, sizeof(two));
		return ARRAY_SIZE(two);
	}
	memcpy(out, one, sizeof(one));
	return ARRAY_SIZE(one);
}

/* All sections, and the jumps from them to what follows. */
static size_t
write_sections(const struct section *sections, size_t count,
    struct sock_filter *out)
{
	size_t used = 0;

	out[used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	for (size_t i = 0; i < count; i++) {
		if (sections[i].last != NO_LIMIT ||
		    sections[i].last_x32 != NO_LIMIT)
			used += write_section(&sections[i], out + used);
	}
	if (used == 1)
		return 0;
	for (size_t i = 0; i < used; i++) {
		if (out[i].code == (BPF_JMP | BPF_JA))
			out[i].k = (uint32_t)(used - i - 1);
	}
	return used;
}

static int
prepend(struct filter *filter, const struct sock_filter *insns, size_t count,
    struct error *e)
{
	size_t total = count + filter->count;

	if (total > LIMIT_FILTER_INSNS)
		return filter_too_long(total, e);
	struct sock_filter *grown =
	    realloc(filter->insns, total * sizeof(*grown));
	if (grown == NULL)
		return error_sys(e, "memory");
	memmove(grown + count, grown, filter->count * sizeof(*grown));
	memcpy(grown, insns, count * sizeof(*grown));
	filter->insns = grown;
	filter->count = (unsigned short)total;
	return 0;
}

int
filter_add_enosys(const struct spec_seccomp *profile, struct filter *filter,
    struct error *e)
{
	struct section sections[SECTIONS_MAX];
	struct sock_filter insns[1 + SECTIONS_MAX * SECTION_MAX];
	size_t count = 0;

	if (lets_happen(profile))
		return 0;
	/* The one that every filter has, and most calls come from. */
	count = add_section(profile, FILTER_NATIVE_ARCH, sections, count);
	for (size_t i = 0; i < profile->architectures_count; i++)
		count = add_section(profile, profile->architectures[i],
		    sections, count);
	return prepend(filter, insns, write_sections(sections, count, insns),
	    e);
}
