/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "machine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/auto.h"

#define SECOND_NS UINT64_C(1000000000)

struct machine {
	int group;
	struct vproc_limits limits;
	struct processors processors;
	struct timespec tick;
	pthread_mutex_t lock;
	struct vproc_usage usage;
	uint64_t read_ns; /* 0: never */
};

static uint64_t
now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* A half-read one is nobody's. */
static int
learn(struct machine *machine, int proc, int group, struct error *e)
{
	AUTO_FREE struct vproc_host *host = calloc(1, sizeof(*host));
	struct vproc_limits *limits = &machine->limits;

	if (host == NULL)
		return error_sys(e, "memory");
	if (vproc_host_read(proc, host) < 0)
		return error_sys(e, "look at the host's processors");
	vproc_limits_read(group, host, limits);
	limits->start_ns = now_ns();
	limits->start_s = (int64_t)time(NULL);
	if (getrandom(limits->boot_id, sizeof(limits->boot_id), 0) !=
	    (ssize_t)sizeof(limits->boot_id))
		return error_sys(e, "getrandom");
	if (clock_getres(CLOCK_MONOTONIC_COARSE, &machine->tick) < 0)
		return error_sys(e, "clock_getres");
	return 0;
}

struct machine *
machine_new(int proc, int group, pid_t init, struct error *e)
{
	AUTO_FREE struct machine *machine = calloc(1, sizeof(*machine));

	if (machine == NULL) {
		(void)error_sys(e, "memory");
		return NULL;
	}
	if (learn(machine, proc, group, e) < 0)
		return NULL;
	if (processors_read(&machine->processors, init, machine->limits.cpus) <
	    0) {
		(void)error_sys(e, "sched_getaffinity");
		return NULL;
	}
	machine->group = group;
	pthread_mutex_init(&machine->lock, NULL);
	return take(&machine);
}

int
machine_learn_name(struct machine *machine)
{
	struct utsname names;

	if (uname(&names) < 0)
		return -1;
	struct utsname *shown = &machine->limits.names;
	memcpy(shown->nodename, names.nodename, sizeof(shown->nodename));
	memcpy(shown->domainname, names.domainname, sizeof(shown->domainname));
	return 0;
}

const struct vproc_limits *
machine_limits(const struct machine *machine)
{
	return &machine->limits;
}

const struct processors *
machine_processors(const struct machine *machine)
{
	return &machine->processors;
}

struct timespec
machine_tick(const struct machine *machine)
{
	return machine->tick;
}

void
machine_usage(struct machine *machine, struct vproc_usage *out)
{
	uint64_t now = now_ns();

	pthread_mutex_lock(&machine->lock);
	if (machine->read_ns == 0 || now - machine->read_ns >= SECOND_NS) {
		vproc_usage_read(machine->group, &machine->limits, now,
		    &machine->usage);
		machine->read_ns = now;
	}
	*out = machine->usage;
	pthread_mutex_unlock(&machine->lock);
}
