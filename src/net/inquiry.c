/* SPDX-License-Identifier: Apache-2.0 */
#include "inquiry.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"

static bool
is_never(const struct inquiries *inquiries, const char *item)
{
	for (size_t i = 0; i < INQUIRY_NEVER; i++) {
		if (strcmp(inquiries->never[i], item) == 0)
			return true;
	}
	return false;
}

static struct inquiry *
find(struct inquiries *inquiries, const struct inquiry_matter *matter)
{
	for (size_t i = 0; i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];

		if (inquiry->id != 0 && inquiry->ticket == matter->ticket &&
		    strcmp(inquiry->item, matter->item) == 0)
			return inquiry;
	}
	return NULL;
}

static bool
begin(struct inquiries *inquiries, const struct inquiry_matter *matter)
{
	for (size_t i = 0; i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];

		if (inquiry->id != 0)
			continue;
		*inquiry = (struct inquiry){ .id = ++inquiries->last,
			.ticket = matter->ticket,
			.pid = matter->pid,
			.wanted_ms = inquiries->now_ms };
		(void)snprintf(inquiry->item, sizeof(inquiry->item), "%s",
		    matter->item);
		(void)snprintf(inquiry->note, sizeof(inquiry->note), "%s",
		    matter->note);
		return true;
	}
	return false;
}

enum inquiry_verdict
inquiry_about(struct inquiries *inquiries, const struct inquiry_matter *matter)
{
	/* What would be cut could be another one's. */
	if (!inquiries->is_on || strlen(matter->item) >= RELAY_ITEM_BYTES ||
	    is_never(inquiries, matter->item))
		return INQUIRY_NO;
	if (matter->ticket == 0)
		return INQUIRY_WAIT;
	struct inquiry *inquiry = find(inquiries, matter);
	if (inquiry == NULL)
		return begin(inquiries, matter) ? INQUIRY_WAIT : INQUIRY_NO;
	if (!inquiry->is_answered) {
		inquiry->wanted_ms = inquiries->now_ms;
		return INQUIRY_WAIT;
	}
	bool is_allowed = inquiry->is_allowed;
	if (inquiry->ticket != INQUIRY_ANYBODY)
		inquiry->id = 0;
	return is_allowed ? INQUIRY_YES : INQUIRY_NO;
}

const struct inquiry *
inquiry_next(struct inquiries *inquiries)
{
	struct inquiry *first = NULL;

	for (size_t i = 0; i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];

		if (inquiry->id == 0 || inquiry->is_answered)
			continue;
		if (inquiry->is_asked)
			return NULL;
		if (first == NULL || inquiry->id < first->id)
			first = inquiry;
	}
	if (first != NULL) {
		first->is_asked = true;
		first->asked_ms = inquiries->now_ms;
	}
	return first;
}

static void
settle(struct inquiries *inquiries, struct inquiry *inquiry, bool is_allowed)
{
	inquiry->is_answered = true;
	inquiry->is_allowed = is_allowed;
	inquiry->wanted_ms = inquiries->now_ms;
}

static void
settle_all(struct inquiries *inquiries, const char *item, bool is_allowed)
{
	for (size_t i = 0; i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];

		if (inquiry->id != 0 && !inquiry->is_answered &&
		    strcmp(inquiry->item, item) == 0)
			settle(inquiries, inquiry, is_allowed);
	}
	if (is_allowed || is_never(inquiries, item))
		return;
	memcpy(inquiries->never[inquiries->never_next], item, strlen(item) + 1);
	inquiries->never_next = (inquiries->never_next + 1) % INQUIRY_NEVER;
}

const struct inquiry *
inquiry_answer(struct inquiries *inquiries, const struct relay_verdict *verdict)
{
	for (size_t i = 0; verdict->id != 0 && i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];

		if (inquiry->id != verdict->id || !inquiry->is_asked ||
		    inquiry->is_answered)
			continue;
		settle(inquiries, inquiry, verdict->is_allowed);
		if (verdict->is_always)
			settle_all(inquiries, inquiry->item,
			    verdict->is_allowed);
		return inquiry;
	}
	return NULL;
}

void
inquiry_tick(struct inquiries *inquiries, uint64_t now_ms)
{
	inquiries->now_ms = now_ms;
	for (size_t i = 0; i < INQUIRIES; i++) {
		struct inquiry *inquiry = &inquiries->items[i];
		bool is_stale = now_ms - inquiry->wanted_ms >= INQUIRY_STALE_MS;

		if (inquiry->id == 0)
			continue;
		if (inquiry->is_asked && !inquiry->is_answered) {
			/* Somebody reads it: its answer may be for others. */
			if (now_ms - inquiry->asked_ms >=
			    RELAY_INQUIRY_SECONDS * UINT64_C(1000))
				settle(inquiries, inquiry, false);
		} else if (is_stale &&
			   (inquiry->is_answered ||
			       inquiry->ticket != INQUIRY_ANYBODY)) {
			inquiry->id = 0;
		}
	}
}

bool
inquiry_is_open(const struct inquiries *inquiries)
{
	for (size_t i = 0; i < INQUIRIES; i++) {
		if (inquiries->items[i].id != 0)
			return true;
	}
	return false;
}
