/* SPDX-License-Identifier: Apache-2.0 */
#include "setup.h"

#include <stdatomic.h>
#include <stdlib.h>

#define SETUP_MAX 256

struct setup {
	/* The first is looked at for each call, so that it has to be cheap. */
	atomic_uint count;
	_Atomic pid_t tids[SETUP_MAX];
};

struct setup *
setup_new(void)
{
	return calloc(1, sizeof(struct setup));
}

bool
setup_add(struct setup *setup, pid_t tid)
{
	for (unsigned i = 0; i < SETUP_MAX; i++) {
		pid_t none = 0;

		if (!atomic_compare_exchange_strong(&setup->tids[i], &none,
			tid))
			continue;
		atomic_fetch_add(&setup->count, 1);
		return true;
	}
	return false;
}

void
setup_remove(struct setup *setup, pid_t tid)
{
	for (unsigned i = 0; i < SETUP_MAX; i++) {
		pid_t its = tid;

		if (atomic_compare_exchange_strong(&setup->tids[i], &its, 0))
			atomic_fetch_sub(&setup->count, 1);
	}
}

bool
setup_has(struct setup *setup, pid_t tid)
{
	if (atomic_load(&setup->count) == 0)
		return false;
	for (unsigned i = 0; i < SETUP_MAX; i++) {
		if (atomic_load(&setup->tids[i]) == tid)
			return true;
	}
	return false;
}
