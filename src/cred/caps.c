/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <sys/prctl.h>

#include "caps.h"
#include "os/os.h"

struct sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

static int
sets_get(struct sets *out, struct error *e)
{
	struct __user_cap_data_struct data[2];

	if (os_capget(data) < 0)
		return error_sys(e, "capget");
	*out = (struct sets){
		.effective = data[0].effective | (uint64_t)data[1].effective
						     << 32,
		.permitted = data[0].permitted | (uint64_t)data[1].permitted
						     << 32,
		.inheritable =
		    data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	return 0;
}

static int
sets_put(const struct sets *sets, struct error *e)
{
	struct __user_cap_data_struct data[2];

	for (int half = 0; half < 2; half++) {
		data[half] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(sets->effective >> 32 * half),
			.permitted = (uint32_t)(sets->permitted >> 32 * half),
			.inheritable =
			    (uint32_t)(sets->inheritable >> 32 * half),
		};
	}
	return os_capset(data) < 0 ? error_sys(e, "capset") : 0;
}

int
cred_effective_raise(struct error *e)
{
	struct sets sets;

	TRY(sets_get(&sets, e));
	sets.effective = sets.permitted;
	return sets_put(&sets, e);
}

static bool
in(uint64_t set, int capability)
{
	return (set >> capability & 1) != 0;
}

/* Also those that the kernel has and no table knows. */
static int
drop_bounding(uint64_t keep, struct error *e)
{
	for (int i = 0; i < 64; i++) {
		if (in(keep, i) || prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			return 0; /* past the kernel's last */
		/* Without the power to drop it is only fine to be without. */
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) != 0)
			return error_sys(e,
			    "drop capability %d from the "
			    "bounding set",
			    i);
	}
	return 0;
}

int
cred_bounding_apply(const struct spec_process *process, struct error *e)
{
	if (process->capabilities == NULL)
		return 0;
	return drop_bounding(process->capabilities->bounding, e);
}

int
cred_capabilities_limit(const struct spec_process *process, uint64_t besides,
    struct error *e)
{
	const struct spec_capabilities *want = process->capabilities;
	struct sets have;

	if (want == NULL)
		return 0;
	TRY(sets_get(&have, e));
	have.permitted &= want->permitted | besides;
	have.effective = have.permitted;
	have.inheritable &= want->inheritable;
	return sets_put(&have, e);
}

int
cred_capabilities_apply(const struct spec_process *process, struct error *e)
{
	const struct spec_capabilities *want = process->capabilities;
	struct sets have;

	if (want == NULL)
		return 0;
	TRY(sets_get(&have, e));
	struct sets set = {
		.permitted = want->permitted & have.permitted,
		.effective = want->effective & want->permitted & have.permitted,
		.inheritable =
		    want->inheritable & (have.permitted | have.inheritable),
	};
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_sys(e, "clear the ambient set");
	TRY(sets_put(&set, e));
	uint64_t ambient = want->ambient & set.permitted & set.inheritable;
	for (int i = 0; i < 64; i++) {
		if (in(ambient, i) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return error_sys(e,
			    "raise capability %d in the "
			    "ambient set",
			    i);
	}
	return 0;
}

static int
check_bounding(const struct spec_capabilities *want, struct error *e)
{
	for (int i = 0; i < 64; i++) {
		int has = prctl(PR_CAPBSET_READ, i, 0, 0, 0);

		if (has < 0)
			return 0;
		if (has == 1 && !in(want->bounding, i))
			return error_set(e, EPERM,
			    "capability %d is still in "
			    "the bounding set",
			    i);
	}
	return 0;
}

static int
check_ambient(const struct spec_capabilities *want, struct error *e)
{
	for (int i = 0; i < 64; i++) {
		int has = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0);

		if (has < 0)
			return 0;
		if (has == 1 && !in(want->ambient, i))
			return error_set(e, EPERM,
			    "capability %d is still in "
			    "the ambient set",
			    i);
	}
	return 0;
}

int
cred_capabilities_verify(const struct spec_process *process, struct error *e)
{
	const struct spec_capabilities *want = process->capabilities;
	struct sets have;

	if (want == NULL)
		return 0;
	TRY(sets_get(&have, e));
	const struct {
		const char *name;
		uint64_t have;
		uint64_t want;
	} rows[] = {
		{ "effective", have.effective, want->effective },
		{ "permitted", have.permitted, want->permitted },
		{ "inheritable", have.inheritable, want->inheritable },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((rows[i].have & ~rows[i].want) != 0)
			return error_set(e, EPERM,
			    "the %s set holds more "
			    "than process.capabilities says",
			    rows[i].name);
	}
	TRY(check_bounding(want, e));
	/* Ambient ones are inheritable too: the kernel sees to that. */
	return have.inheritable == 0 ? 0 : check_ambient(want, e);
}

int
cred_give_up(struct error *e)
{
	const struct __user_cap_data_struct none[2] = { { 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_NO_NEW_PRIVS");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_DUMPABLE");
	return os_capset(none) < 0 ? error_sys(e, "capset") : 0;
}
