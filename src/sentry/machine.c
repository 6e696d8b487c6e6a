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
	struct vproc_host host;
	struct timespec tick;
	pthread_mutex_t lock;
	struct vproc_limits limits;
	uint64_t limits_ns; /* when they were read */
	struct processors processors;
	struct vproc_usage usage;
	uint64_t usage_ns; /* 0: never */
};

static uint64_t
now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* What cannot be read has no limit; later it has the one that it had. */
static int
learn(struct machine *machine, int proc, int group, struct error *e)
{
	struct vproc_limits *limits = &machine->limits;

	if (vproc_host_read(proc, &machine->host) < 0)
		return error_sys(e, "look at the host's processors");
	(void)vproc_limits_read(group, &machine->host, limits);
	limits->start_ns = machine->limits_ns = now_ns();
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

/* Under the lock. Whoever has limited it may do so anew: lorica-update(1). */
static void
look_again(struct machine *machine, uint64_t now)
{
	struct vproc_limits limits = machine->limits;

	if (now - machine->limits_ns < SECOND_NS)
		return;
	machine->limits_ns = now;
	if (!vproc_limits_read(machine->group, &machine->host, &limits))
		return;
	processors_change(&machine->processors, &machine->limits, &limits);
	machine->limits = limits;
}

void
machine_limits(struct machine *machine, struct vproc_limits *out)
{
	pthread_mutex_lock(&machine->lock);
	look_again(machine, now_ns());
	*out = machine->limits;
	pthread_mutex_unlock(&machine->lock);
}

void
machine_processors(struct machine *machine, struct processors *out)
{
	pthread_mutex_lock(&machine->lock);
	look_again(machine, now_ns());
	*out = machine->processors;
	pthread_mutex_unlock(&machine->lock);
}

unsigned
machine_cpus_most(const struct machine *machine)
{
	return machine->host.cpus;
}

struct timespec
machine_tick(const struct machine *machine)
{
	return machine->tick;
}

void
machine_look(struct machine *machine, struct vproc_limits *limits,
    struct vproc_usage *usage)
{
	pthread_mutex_lock(&machine->lock);
	uint64_t now = now_ns();
	look_again(machine, now);
	if (machine->usage_ns == 0 || now - machine->usage_ns >= SECOND_NS) {
		vproc_usage_read(machine->group, &machine->limits, now,
		    &machine->usage);
		machine->usage_ns = now;
	}
	*limits = machine->limits;
	*usage = machine->usage;
	pthread_mutex_unlock(&machine->lock);
}
