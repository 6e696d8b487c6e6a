/* SPDX-License-Identifier: Apache-2.0 */
#include "newborn.h"

bool
newborns_add(struct newborns *newborns, pid_t tid, uint64_t now_ns)
{
	for (unsigned i = 0; i < NEWBORNS_MAX; i++) {
		if (newborns->waiting[i].tid != 0)
			continue;
		newborns->waiting[i].tid = tid;
		newborns->waiting[i].until_ns = now_ns + NEWBORN_WAITS;
		newborns->count++;
		return true;
	}
	return false;
}

bool
newborns_take(struct newborns *newborns, pid_t tid)
{
	for (unsigned i = 0; newborns->count > 0 && i < NEWBORNS_MAX; i++) {
		if (newborns->waiting[i].tid != tid)
			continue;
		newborns->waiting[i].tid = 0;
		newborns->count--;
		return true;
	}
	return false;
}

pid_t
newborns_expired(struct newborns *newborns, uint64_t now_ns)
{
	for (unsigned i = 0; newborns->count > 0 && i < NEWBORNS_MAX; i++) {
		pid_t tid = newborns->waiting[i].tid;

		if (tid != 0 && newborns->waiting[i].until_ns <= now_ns &&
		    newborns_take(newborns, tid))
			return tid;
	}
	return 0;
}
