/* SPDX-License-Identifier: Apache-2.0 */
#include "leads.h"

static size_t
bucket_of(pid_t tid)
{
	return (size_t)(unsigned)tid % LEADS_BUCKETS;
}

void
leads_add(struct leads *leads, struct lead *lead)
{
	struct lead **first = &leads->first[bucket_of(lead->injection.tid)];

	lead->next = *first;
	*first = lead;
	leads->count++;
}

struct lead *
leads_find(const struct leads *leads, pid_t tid)
{
	struct lead *lead = leads->first[bucket_of(tid)];

	while (lead != NULL && lead->injection.tid != tid)
		lead = lead->next;
	return lead;
}

void
leads_remove(struct leads *leads, const struct lead *lead)
{
	struct lead **at = &leads->first[bucket_of(lead->injection.tid)];

	while (*at != NULL && *at != lead)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = lead->next;
	leads->count--;
}
