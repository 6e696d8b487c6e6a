/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "processors.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

static bool
has(const struct processors_mask *mask, unsigned cpu)
{
	return CPU_ISSET_S(cpu, sizeof(*mask), (const cpu_set_t *)mask);
}

static void
add(struct processors_mask *mask, unsigned cpu)
{
	CPU_SET_S(cpu, sizeof(*mask), (cpu_set_t *)mask);
}

int
processors_get(pid_t tid, struct processors_mask *out)
{
	memset(out, 0, sizeof(*out));
	return sched_getaffinity(tid, sizeof(*out), (cpu_set_t *)out) < 0
		   ? -errno
		   : 0;
}

int
processors_set(pid_t tid, const struct processors_mask *mask)
{
	return sched_setaffinity(tid, sizeof(*mask), (const cpu_set_t *)mask) <
		       0
		   ? -errno
		   : 0;
}

int
processors_read(struct processors *out, pid_t init, unsigned count)
{
	out->count = count;
	return processors_get(init, &out->host) < 0 ? -1 : 0;
}

void
processors_change(struct processors *processors,
    const struct vproc_limits *before, const struct vproc_limits *now)
{
	struct processors_mask none = { 0 };

	processors->count = now->cpus;
	/* The kernel has given all of it to every task. */
	if (memcmp(before->set, now->set, sizeof(now->set)) != 0 &&
	    memcmp(now->set, &none, sizeof(now->set)) != 0)
		memcpy(&processors->host, now->set, sizeof(now->set));
}

static void
show_all(const struct processors *processors, struct processors_mask *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned shown = 0; shown < processors->count; shown++)
		add(out, shown);
}

void
processors_show(const struct processors *processors,
    const struct processors_mask *host, struct processors_mask *out)
{
	unsigned shown = 0;
	bool any = false, is_wider = false;

	memset(out, 0, sizeof(*out));
	for (unsigned cpu = 0; cpu < VPROC_CPUS_MAX; cpu++) {
		bool is_ours = has(&processors->host, cpu);

		if (is_ours && shown < processors->count && has(host, cpu)) {
			add(out, shown);
			any = true;
		} else if (has(host, cpu)) {
			is_wider = true;
		}
		shown += is_ours;
	}
	if (is_wider || !any)
		show_all(processors, out);
}

bool
processors_place(const struct processors *processors,
    const struct processors_mask *shown, struct processors_mask *out)
{
	unsigned at = 0, count = 0;

	memset(out, 0, sizeof(*out));
	for (unsigned cpu = 0; cpu < VPROC_CPUS_MAX; cpu++) {
		if (!has(&processors->host, cpu))
			continue;
		if (at < processors->count && has(shown, at)) {
			add(out, cpu);
			count++;
		}
		at++;
	}
	/* All that it has: kept on none. */
	if (count == processors->count)
		*out = processors->host;
	return count > 0;
}
