/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve - start, change and stop a scope: org.freedesktop.systemd1(5).
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "bus.h"

#define TRIES    20
#define PAUSE_MS 100L

#define NO_SUCH_UNIT BUS_NAME ".NoSuchUnit"
#define UNIT_EXISTS  BUS_NAME ".UnitExists"

static void
free_message(sd_bus_message **message)
{
	*message = sd_bus_message_unref(*message);
}

#define AUTO_MESSAGE AUTO(free_message) sd_bus_message

static void
free_slot(sd_bus_slot **slot)
{
	*slot = sd_bus_slot_unref(*slot);
}

/* A message to the manager, begun. */
static int
begin(struct bus *bus, const char *method, sd_bus_message **out,
    struct error *e)
{
	int result = sd_bus_message_new_method_call(bus->bus, out, BUS_NAME,
	    BUS_PATH, BUS_MANAGER, method);

	return result < 0 ? error_errno(e, -result, "%s", method) : 0;
}

/* What an error of the bus is for us. */
static int
code_of(int result, const sd_bus_error *why)
{
	if (sd_bus_error_has_name(why, NO_SUCH_UNIT))
		return ENOENT;
	if (sd_bus_error_has_name(why, UNIT_EXISTS))
		return EEXIST;
	return -result;
}

/* The answer is the caller's, if it wants one. */
static int
call(struct bus *bus, sd_bus_message *message, sd_bus_message **answer,
    struct error *e)
{
	sd_bus_error why = SD_BUS_ERROR_NULL;
	int result = sd_bus_call(bus->bus, message, 0, &why, answer);
	const char *method = sd_bus_message_get_member(message);

	if (result >= 0)
		return 0;
	if (why.message != NULL)
		error_set(e, code_of(result, &why), "%s: %s: %s", method,
		    why.name, why.message);
	else
		error_errno(e, -result, "%s", method);
	sd_bus_error_free(&why);
	return -e->code;
}

/* ---- jobs ---------------------------------------------------------------- */

struct job {
	const char *path;
	bool done;
	char result[32];
};

static int
job_removed(sd_bus_message *message, void *context, sd_bus_error *why)
{
	struct job *job = context;
	const char *path, *unit, *result;
	uint32_t id;

	(void)why;
	if (job->path == NULL ||
	    sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) <
		0 ||
	    strcmp(path, job->path) != 0)
		return 0;
	job->done = true;
	(void)snprintf(job->result, sizeof(job->result), "%s", result);
	return 0;
}

static int
wait_for(struct bus *bus, struct job *job, struct error *e)
{
	while (!job->done) {
		int result = sd_bus_process(bus->bus, NULL);

		if (result == 0)
			result = sd_bus_wait(bus->bus, UINT64_MAX);
		if (result < 0 && result != -EINTR)
			return error_errno(e, -result,
			    "wait for systemd's job");
	}
	return strcmp(job->result, "done") == 0
		   ? 0
		   : error_set(e, EIO,
			 "the job of systemd ended as \"%s\"; its journal says "
			 "why",
			 job->result);
}

/* Call what begins a job, and wait for its end. */
static int
call_and_wait(struct bus *bus, sd_bus_message *message, struct error *e)
{
	AUTO_MESSAGE *answer = NULL;
	AUTO_MESSAGE *subscribe = NULL;
	AUTO(free_slot) sd_bus_slot *slot = NULL;
	struct job job = { 0 };
	struct error ignored = { 0 };
	const char *sender = NULL;
	int client = sd_bus_is_bus_client(bus->bus);
	int result;

	/* On a manager's own socket nobody has a name. */
	if (client > 0)
		sender = BUS_NAME;
	result = sd_bus_match_signal(bus->bus, &slot, sender, BUS_PATH,
	    BUS_MANAGER, "JobRemoved", job_removed, &job);
	if (result < 0)
		return error_errno(e, -result, "wait for JobRemoved");
	TRY(begin(bus, "Subscribe", &subscribe, e));
	/* Who asks for a job is told of its end anyway. */
	(void)call(bus, subscribe, NULL, &ignored);
	TRY(call(bus, message, &answer, e));
	result = sd_bus_message_read(answer, "o", &job.path);
	if (result < 0)
		return error_errno(e, -result, "read the job's name");
	return wait_for(bus, &job, e);
}

/* ---- verbs --------------------------------------------------------------- */

/* Call a method that takes the unit's name, and perhaps a mode. */
static int
call_on(struct bus *bus, const char *method, const char *unit,
    sd_bus_message **answer, struct error *e)
{
	AUTO_MESSAGE *message = NULL;
	int result;

	TRY(begin(bus, method, &message, e));
	result = sd_bus_message_append(message, "s", unit);
	if (result < 0)
		return error_errno(e, -result, "%s", method);
	return call(bus, message, answer, e);
}

static int
start_once(struct bus *bus, const struct unit_request *request, struct error *e)
{
	AUTO_MESSAGE *message = NULL;
	int result;

	TRY(begin(bus, "StartTransientUnit", &message, e));
	result = sd_bus_message_append(message, "ss", request->name, "replace");
	if (result >= 0)
		TRY(bus_append(message, request, bus->version, e));
	/* No other units with it. */
	if (result >= 0)
		result = sd_bus_message_append(message, "a(sa(sv))", 0);
	if (result < 0)
		return error_errno(e, -result, "StartTransientUnit");
	return call_and_wait(bus, message, e);
}

/*
 * One that failed before keeps its name until it is forgotten. EAGAIN: systemd
 * is busy, as while it is loaded anew.
 */
static int
start(struct bus *bus, const struct unit_request *request, struct error *e)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	bool forgotten = false;

	TRY(bus_check_processes(bus, request->manager, e));
	for (int tries = 0; tries < TRIES; tries++) {
		struct error ignored = { 0 };

		*e = (struct error){ 0 };
		if (start_once(bus, request, e) == 0)
			return 0;
		if (e->code == EEXIST && !forgotten) {
			forgotten = true;
			(void)call_on(bus, "ResetFailedUnit", request->name,
			    NULL, &ignored);
		} else if (e->code == EAGAIN) {
			(void)nanosleep(&pause, NULL);
		} else {
			break;
		}
	}
	return -e->code;
}

static int
set(struct bus *bus, const struct unit_request *request, struct error *e)
{
	AUTO_MESSAGE *message = NULL;
	int result;

	TRY(begin(bus, "SetUnitProperties", &message, e));
	/* True: until the unit ends. */
	result = sd_bus_message_append(message, "sb", request->name, 1);
	if (result < 0)
		return error_errno(e, -result, "SetUnitProperties");
	TRY(bus_append(message, request, bus->version, e));
	return call(bus, message, NULL, e);
}

/* Is there a unit of that name with our mark on it? 1, 0, or an error. */
static int
is_ours(struct bus *bus, const struct unit_request *request, struct error *e)
{
	AUTO_MESSAGE *answer = NULL;
	AUTO_FREE char *description = NULL;
	struct error absent = { 0 };
	const char *path;

	if (call_on(bus, "GetUnit", request->name, &answer, &absent) < 0) {
		if (absent.code == ENOENT)
			return 0;
		*e = absent;
		return -e->code;
	}
	int result = sd_bus_message_read(answer, "o", &path);
	if (result >= 0)
		result = sd_bus_get_property_string(bus->bus, BUS_NAME, path,
		    BUS_NAME ".Unit", "Description", NULL, &description);
	if (result < 0)
		return error_errno(e, -result, "read the unit's description");
	return strcmp(description, request->mark) == 0;
}

static int
stop(struct bus *bus, const struct unit_request *request, struct error *e)
{
	AUTO_MESSAGE *kill = NULL;
	AUTO_MESSAGE *message = NULL;
	struct error ignored = { 0 };
	int ours = is_ours(bus, request, e);

	if (ours <= 0)
		return ours;
	/* Else it would be asked to end first, and given a minute and a half.
	 */
	TRY(begin(bus, "KillUnit", &kill, e));
	if (sd_bus_message_append(kill, "ssi", request->name, "all", SIGKILL) >=
	    0)
		(void)call(bus, kill, NULL, &ignored);
	TRY(begin(bus, "StopUnit", &message, e));
	int result =
	    sd_bus_message_append(message, "ss", request->name, "replace");
	if (result < 0)
		return error_errno(e, -result, "StopUnit");
	if (call_and_wait(bus, message, e) < 0) {
		if (e->code != ENOENT)
			return -e->code;
		*e = (struct error){ 0 };
	}
	(void)call_on(bus, "ResetFailedUnit", request->name, NULL, &ignored);
	return 0;
}

int
bus_serve(struct bus *bus, const struct unit_request *request, struct error *e)
{
	static int (*const verbs[])(struct bus * bus,
	    const struct unit_request *request, struct error *e) = {
		[UNIT_START] = start,
		[UNIT_SET] = set,
		[UNIT_STOP] = stop,
	};

	return verbs[request->verb](bus, request, e);
}
