/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resources - the limits of linux.resources, as lines for the kernel's files.
 *
 * A function for each subject says, for each member that is given, which line
 * goes to which file. The same functions serve to ask which controllers are
 * needed and to write. What asks for no limit needs no controller and no file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "limits.h"
#include "sink.h"

/* ---- subjects ------------------------------------------------------------ */

/* Against the kernel's way to make room, which is to kill. */
static int
check_usage(const struct sink *sink, const struct spec_memory *memory)
{
	char text[32];

	if (sink->dir < 0 || !memory->check_before_update.value ||
	    memory->limit.value <= 0 ||
	    file_read(sink->dir, "memory.current", text, sizeof(text)) < 0)
		return 0;
	if (strtoull(text, NULL, 10) > (uint64_t)memory->limit.value)
		return error_set(sink->e, EBUSY,
		    "linux.resources.memory.limit: rejecting memory limit "
		    "%" PRId64 ": usage %s",
		    memory->limit.value, strtok(text, "\n"));
	return 0;
}

/* There swap is memory and swap together, here it is swap alone. 0: unset. */
static int
memory(const struct sink *sink, const struct spec_resources *r)
{
	const struct spec_memory *m = &r->memory;
	int64_t limit = m->limit.value;
	int64_t swap = m->swap.value;

	TRY(check_usage(sink, m));
	if (swap < 0 || (swap == 0 && limit < 0))
		TRY(sink_put(sink, "memory.swap", "memory.swap.max", "max"));
	else if (swap > 0 && limit <= 0)
		return error_set(sink->e, EINVAL,
		    "linux.resources.memory.swap: includes memory, so it "
		    "needs memory.limit too");
	else if (swap > 0)
		TRY(sink_put_limit(sink, "memory.swap", "memory.swap.max",
		    swap - limit));
	if (limit != 0)
		TRY(sink_put_limit(sink, "memory.limit", "memory.max", limit));
	if (m->reservation.value != 0)
		TRY(sink_put_limit(sink, "memory.reservation", "memory.low",
		    m->reservation.value));
	return 0;
}

static int
bandwidth(const struct sink *sink, const struct spec_cpu *cpu)
{
	uint64_t period = cpu->period.value;
	int64_t quota = cpu->quota.value;
	bool given = quota != 0 || period != 0;
	const char *place = quota != 0 ? "cpu.quota" : "cpu.period";

	/* A burst may never be above the quota, neither old nor new. */
	if (given && cpu->burst.is_set)
		TRY(sink_put(sink, "cpu.burst", "cpu.max.burst", "0"));
	if (period == 0)
		period = 100000;
	if (quota > 0)
		TRY(sink_put(sink, place, "cpu.max", "%" PRId64 " %" PRIu64,
		    quota, period));
	else if (cpu->period.value != 0)
		TRY(sink_put(sink, place, "cpu.max", "max %" PRIu64, period));
	else if (quota < 0)
		TRY(sink_put(sink, place, "cpu.max", "max"));
	if (cpu->burst.is_set)
		TRY(sink_put(sink, "cpu.burst", "cpu.max.burst", "%" PRIu64,
		    cpu->burst.value));
	return 0;
}

/*
 * An idle cgroup takes no weight: it stops to be one for that, and one that
 * becomes idle does so last.
 */
static int
cpu(const struct sink *sink, const struct spec_resources *r)
{
	const struct spec_cpu *c = &r->cpu;

	if (c->idle.is_set && (c->idle.value == 0 || c->shares.value != 0))
		TRY(sink_put(sink, "cpu.idle", "cpu.idle", "0"));
	if (c->shares.value != 0)
		TRY(sink_put(sink, "cpu.shares", "cpu.weight", "%" PRIu64,
		    convert_shares(c->shares.value)));
	if (c->idle.value == 1)
		TRY(sink_put(sink, "cpu.idle", "cpu.idle", "1"));
	TRY(bandwidth(sink, c));
	if (c->cpus != NULL && c->cpus[0] != '\0')
		TRY(sink_put(sink, "cpu.cpus", "cpuset.cpus", "%s", c->cpus));
	if (c->mems != NULL && c->mems[0] != '\0')
		TRY(sink_put(sink, "cpu.mems", "cpuset.mems", "%s", c->mems));
	return 0;
}

static int
weights(const struct sink *sink, const struct spec_block_io *io)
{
	bool bfq = sink->dir >= 0 &&
		   faccessat(sink->dir, "io.bfq.weight", W_OK, 0) == 0;
	const char *file = bfq ? "io.bfq.weight" : "io.weight";

	if (io->weight.value != 0)
		TRY(sink_put(sink, "blockIO.weight", file, "%" PRIu64,
		    bfq ? io->weight.value
			: convert_io_weight(io->weight.value)));
	for (size_t i = 0; i < io->weight_device_count; i++) {
		const struct spec_weight_device *at = &io->weight_device[i];

		if (at->weight.value == 0)
			continue;
		TRY(sink_put(sink, "blockIO.weightDevice", file,
		    "%" PRId64 ":%" PRId64 " %" PRIu64, at->major, at->minor,
		    bfq ? at->weight.value
			: convert_io_weight(at->weight.value)));
	}
	return 0;
}

static int
throttle(const struct sink *sink, const char *place, const char *key,
    const struct spec_throttle *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct spec_throttle_device *at = &list->items[i];
		char rate[24] = "max";

		/* Of version 1: no limit. */
		if (at->rate != 0)
			(void)snprintf(rate, sizeof(rate), "%" PRIu64,
			    at->rate);
		TRY(sink_put(sink, place, "io.max",
		    "%" PRId64 ":%" PRId64 " %s=%s", at->major, at->minor, key,
		    rate));
	}
	return 0;
}

static int
block_io(const struct sink *sink, const struct spec_resources *r)
{
	const struct spec_block_io *io = &r->block_io;

	TRY(weights(sink, io));
	TRY(throttle(sink, "blockIO.throttleReadBpsDevice", "rbps",
	    &io->throttle_read_bps));
	TRY(throttle(sink, "blockIO.throttleWriteBpsDevice", "wbps",
	    &io->throttle_write_bps));
	TRY(throttle(sink, "blockIO.throttleReadIOPSDevice", "riops",
	    &io->throttle_read_iops));
	return throttle(sink, "blockIO.throttleWriteIOPSDevice", "wiops",
	    &io->throttle_write_iops);
}

static int
hugepages(const struct sink *sink, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->hugepage_limits_count; i++) {
		const struct spec_hugepage_limit *at = &r->hugepage_limits[i];
		char file[64];

		(void)snprintf(file, sizeof(file), "hugetlb.%s.max",
		    at->page_size);
		TRY(sink_put(sink, "hugepageLimits", file, "%" PRIu64,
		    at->limit));
		/* Reservations, since 5.7. */
		(void)snprintf(file, sizeof(file), "hugetlb.%s.rsvd.max",
		    at->page_size);
		if (sink->limits == NULL &&
		    faccessat(sink->dir, file, F_OK, 0) == 0)
			TRY(sink_put(sink, "hugepageLimits", file, "%" PRIu64,
			    at->limit));
	}
	return 0;
}

static int
rdma(const struct sink *sink, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->rdma_count; i++) {
		const struct spec_rdma *at = &r->rdma[i];
		char handles[32] = "", objects[32] = "";

		if (at->hca_handles.is_set)
			(void)snprintf(handles, sizeof(handles),
			    " hca_handle=%u", at->hca_handles.value);
		if (at->hca_objects.is_set)
			(void)snprintf(objects, sizeof(objects),
			    " hca_object=%u", at->hca_objects.value);
		if (at->hca_handles.is_set || at->hca_objects.is_set)
			TRY(sink_put(sink, "rdma", "rdma.max", "%s%s%s",
			    at->device, handles, objects));
	}
	return 0;
}

/* It also keeps processes from being made: not before init is there. */
static int
pids(const struct sink *sink, const struct spec_resources *r)
{
	if (!r->pids_limit.is_set)
		return 0;
	return sink_put_limit(sink, "pids.limit", "pids.max",
	    r->pids_limit.value);
}

/* As it is, a line at a time, as the kernel takes them. */
static int
unified(const struct sink *sink, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->unified.count; i++) {
		const struct spec_pair *at = &r->unified.items[i];
		char place[128];

		(void)snprintf(place, sizeof(place), "unified.%s", at->key);
		if (strchr(at->key, '/') != NULL)
			return error_set(sink->e, EINVAL,
			    "linux.resources.%s: no file of a cgroup", place);
		const char *line = at->value;
		do {
			int length = (int)strcspn(line, "\n");

			TRY(sink_put(sink, place, at->key, "%.*s", length,
			    line));
			line += length + (line[length] == '\n');
		} while (*line != '\0');
	}
	return 0;
}

typedef int subject(const struct sink *sink, const struct spec_resources *r);

/* What the specification names comes before what overrides it. */
static const struct {
	subject *put;
	enum cgroup_when when;
} subjects[] = {
	{ memory, CGROUP_BEFORE },
	{ cpu, CGROUP_BEFORE },
	{ block_io, CGROUP_BEFORE },
	{ hugepages, CGROUP_BEFORE },
	{ rdma, CGROUP_BEFORE },
	{ pids, CGROUP_AFTER },
	{ unified, CGROUP_AFTER },
};

void
limits_needed(const struct spec_resources *resources, struct limits *out)
{
	struct error ignored = { 0 };
	const struct sink sink = { .dir = -1, .limits = out, .e = &ignored };

	for (size_t i = 0; resources != NULL && i < ARRAY_SIZE(subjects); i++)
		if (subjects[i].put(&sink, resources) < 0)
			return;
}

int
cgroup_limits_write(int dir, enum cgroup_when when,
    const struct spec_resources *resources, struct error *e)
{
	const struct sink sink = { .dir = dir, .e = e };

	for (size_t i = 0; resources != NULL && i < ARRAY_SIZE(subjects); i++) {
		if (subjects[i].when == when)
			TRY(subjects[i].put(&sink, resources));
	}
	return 0;
}

int
cgroup_limits_change(int dir, const struct spec_resources *resources,
    struct cgroup_undo *undo, struct error *e)
{
	const struct sink sink = { .dir = dir, .undo = undo, .e = e };

	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
		if (subjects[i].put(&sink, resources) < 0) {
			cgroup_undo_apply(undo, dir);
			return -e->code;
		}
	}
	return 0;
}

int
cgroup_properties_put(FILE *out, const struct spec_resources *resources,
    struct error *e)
{
	const struct sink sink = { .dir = -1, .properties = out, .e = e };

	for (size_t i = 0; resources != NULL && i < ARRAY_SIZE(subjects); i++)
		TRY(subjects[i].put(&sink, resources));
	return 0;
}

int
cgroup_check_usage(int dir, const struct spec_resources *resources,
    struct error *e)
{
	const struct sink sink = { .dir = dir, .e = e };

	return check_usage(&sink, &resources->memory);
}
