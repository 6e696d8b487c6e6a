/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "intercept.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/event.h"
#include "lsm/lsm.h"
#include "making.h"
#include "os/os.h"

#define ANNOTATION "dev.lorica.intercept"

/* ---- what is asked for --------------------------------------------------- */

/* The strictest of those that are asked for. */
static int
add_mode(struct making *making, const char *place, const char *word,
    struct error *e)
{
	struct intercept *intercept = &making->intercept;
	enum syscall_mode mode;

	if (strcmp(word, "off") == 0)
		return 0;
	if (!syscall_mode_parse(word, &mode))
		return error_set(e, EINVAL, "%s: unknown value \"%s\"", place,
		    word);
	if (!intercept->is_on || mode > intercept->mode)
		intercept->mode = mode;
	intercept->is_on = true;
	return 0;
}

static int
choose_mode(struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	const char *given = asked != NULL ? asked->mode : NULL;

	if (given != NULL)
		return add_mode(making, "--intercept", given, e);
	/* Images have annotations too, and none takes away what the name of the
	 * program promises. */
	if (asked != NULL && asked->mode_by_name != NULL)
		TRY(add_mode(making, "argv[0]", asked->mode_by_name, e));
	const char *noted = spec_annotation_find(making->spec, ANNOTATION);
	return noted == NULL
		   ? 0
		   : add_mode(making, "annotations: " ANNOTATION, noted, e);
}

static int
choose_platform(struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	const char *word = asked != NULL ? asked->platform : NULL;
	struct intercept *intercept = &making->intercept;
	/* Only one listener can be on a task: seccomp_unotify(2). */
	bool is_taken = making->filter.has_listener;
	bool can_notify =
	    os_seccomp_knows_flag(SECCOMP_FILTER_FLAG_NEW_LISTENER |
				  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);

	if (word == NULL || strcmp(word, "auto") == 0) {
		intercept->by_ptrace = is_taken || !can_notify;
		return 0;
	}
	intercept->by_ptrace = strcmp(word, "ptrace") == 0;
	if (!intercept->by_ptrace && strcmp(word, "notify") != 0)
		return error_set(e, EINVAL, "--platform: unknown value \"%s\"",
		    word);
	if (!intercept->by_ptrace && is_taken)
		return error_set(e, EBUSY,
		    "--platform=notify: the profile has SCMP_ACT_NOTIFY, and "
		    "there can be but one listener");
	if (!intercept->by_ptrace && !can_notify)
		return error_set(e, ENOTSUP,
		    "--platform=notify: the kernel has no user notification "
		    "that a signal does not interrupt, which needs Linux 5.19");
	return 0;
}

/* ---- what comes of it ---------------------------------------------------- */

static int
open_events(struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	struct stat st;

	if (asked != NULL && asked->events_fd > 0) {
		making->intercept.events =
		    fcntl(asked->events_fd, F_DUPFD_CLOEXEC, 3);
		return making->intercept.events < 0
			   ? error_sys(e, "the pipe of events")
			   : 0;
	}
	if (asked == NULL || asked->events == NULL)
		return 0;
	making->intercept.events = open(asked->events,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (making->intercept.events < 0)
		return error_sys(e, "--events %s", asked->events);
	/* Nobody may read it, and no call waits for that. */
	if (fstat(making->intercept.events, &st) == 0 && !S_ISREG(st.st_mode) &&
	    fcntl(making->intercept.events, F_SETFL, O_APPEND | O_NONBLOCK) < 0)
		return error_sys(e, "--events %s", asked->events);
	return 0;
}

static int
refuse_without(const struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;

	TRY(intercept_policy_refuse(making, e));
	if (asked != NULL && asked->events != NULL)
		return error_set(e, EINVAL, "--events is for --intercept");
	if (asked != NULL && asked->platform != NULL)
		return error_set(e, EINVAL, "--platform is for --intercept");
	return 0;
}

/* What is a show the sentry has to perform. */
static int
choose_pretence(struct making *making, struct error *e)
{
	const struct container_intercept *asked = making->request->intercept;
	struct intercept *intercept = &making->intercept;

	intercept->pretends = spec_pretends(making->spec);
	if (!intercept->pretends)
		return 0;
	if (!intercept->is_on && (asked == NULL || asked->mode == NULL))
		TRY(add_mode(making, SPEC_PRETEND_ANNOTATION, "guard", e));
	if (intercept->is_on && intercept->mode != SYSCALL_MODE_OBSERVE)
		return 0;
	return error_set(e, EINVAL,
	    "annotations: " SPEC_PRETEND_ANNOTATION
	    " needs the interception layer's mode guard or sealed");
}

int
intercept_choose(struct making *making, struct error *e)
{
	TRY(choose_mode(making, e));
	TRY(choose_pretence(making, e));
	TRY(intercept_net_choose(making, e));
	if (making->intercept.is_on)
		intercept_strengthen(making->spec->process,
		    syscall_mode_name(making->intercept.mode));
	return 0;
}

void
intercept_strengthen(struct spec_process *process, const char *mode)
{
	/* What execve(2) adds to the credentials of a task, the kernel would
	 * add, by a file's mode that nobody asked the sentry about. */
	if (strcmp(mode, syscall_mode_name(SYSCALL_MODE_SEALED)) == 0)
		process->no_new_privileges = true;
}

/* Who asks for the one by an annotation is taken at his word for the other. */
static bool
keeps_to_landlock(const struct spec *spec)
{
	return spec_is_apart(spec) &&
	       spec_annotation_find(spec, SPEC_LANDLOCK_ANNOTATION) != NULL;
}

int
intercept_prepare(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;

	if (!intercept->is_on)
		return refuse_without(making, e);
	if (intercept->mode == SYSCALL_MODE_OBSERVE)
		TRY(intercept_policy_refuse(making, e));
	if (making->request->watch != NULL)
		return error_set(e, EINVAL,
		    "--intercept: a task has one tracer, so that it cannot be "
		    "together with --explain");
	/* What the sentry performs is not under the task's own ruleset. */
	if (making->spec->process->landlock != NULL &&
	    !keeps_to_landlock(making->spec) &&
	    intercept->mode != SYSCALL_MODE_OBSERVE)
		return error_set(e, ENOTSUP,
		    "--intercept: what the sentry performs is not limited by "
		    "process.landlock");
	intercept->tells_all = intercept->mode == SYSCALL_MODE_OBSERVE ||
			       (making->request->intercept != NULL &&
				   making->request->intercept->all);
	TRY(choose_platform(making, e));
	TRY(intercept_policy_read(making, e));
	TRY(intercept_programs(making, e));
	TRY(intercept_devices(making, e));
	making->record.intercept = strdup(syscall_mode_name(intercept->mode));
	if (making->record.intercept == NULL)
		return error_sys(e, "memory");
	return open_events(making, e);
}

/* From the first question on there is somebody. */
static int
open_questions(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;
	int pair[2];

	if (making->request->ask == NULL || intercept->policy == NULL)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	intercept->answers = pair[0];
	intercept->questions = pair[1];
	return 0;
}

int
intercept_open(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;
	int pair[2];

	if (!intercept->is_on)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	intercept->end = pair[0];
	intercept->init_end = pair[1];
	TRY(open_questions(making, e));
	intercept->control = store_listen(making->dir, EVENT_SOCKET, 64, e);
	return intercept->control < 0 ? intercept->control
				      : intercept_net_start(making, e);
}

static int
take_label(void *context, int proc, struct error *e)
{
	const struct making *making = context;

	return lsm_label_apply(making->spec->process, LSM_NOW, proc, e);
}

int
intercept_begin(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;
	AUTO_FD int freeze = -1;

	if (!intercept->is_on)
		return 0;
	if (making->cgroup >= 0)
		freeze =
		    openat(making->cgroup, "cgroup.freeze", O_RDWR | O_CLOEXEC);
	const struct sock_fprog own = { intercept->own.count,
		intercept->own.insns };
	const struct spec_capabilities *capabilities =
	    making->spec->process->capabilities;
	const char *label = making->spec->lnx.mount_label;
	const struct sentry_want want = {
		.mode = intercept->mode,
		.by_ptrace = intercept->by_ptrace,
		.pretends = intercept->pretends,
		.is_apart = spec_is_apart(making->spec),
		.policy = intercept->policy,
		.insns = intercept->program.insns,
		.count = intercept->program.count,
		.flags = intercept->program.flags,
		.no_cores = intercept->program.no_cores,
		.own = &own,
		.bounding = capabilities != NULL ? capabilities->bounding : 0,
		.label = take_label,
		.context = making,
		.mount_label = label == NULL || label[0] == '\0' ? NULL : label,
		.events = intercept->events,
		.control = intercept->control,
		.cgroup = freeze,
		.group = making->cgroup,
		.outside = intercept->outside,
		.answers = intercept->answers,
		.devices = { intercept->devices, intercept->devices_count },
		.all = intercept->tells_all,
	};
	return sentry_begin(making->child.pid, intercept->end, &want,
	    &intercept->begun, e);
}

int
intercept_start(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;

	if (intercept->begun.pid <= 0)
		return error_set(e, EPROTO, "a malformed message from init");
	TRY(intercept_net_await(making, e));
	TRY(sentry_start(&intercept->begun, e));
	close(take_fd(&intercept->end));
	/* Else it would not hear that the sentry has gone. */
	auto_close(&intercept->outside);
	intercept->outside = -1;
	auto_close(&intercept->answers);
	intercept->answers = -1;
	return 0;
}

int
intercept_await(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;

	return intercept->is_on ? sentry_await(&intercept->begun, e) : 0;
}

void
intercept_free(struct intercept *intercept)
{
	sentry_give_up(&intercept->begun);
	guard_free(&intercept->policy);
	free(take(&intercept->program.insns));
	filter_free(&intercept->own);
	free(take(&intercept->devices));
	helper_end(&intercept->net);
	int *const fds[] = { &intercept->end, &intercept->init_end,
		&intercept->control, &intercept->events, &intercept->outside,
		&intercept->answers, &intercept->questions };
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		auto_close(fds[i]);
		*fds[i] = -1;
	}
}

int
intercept_connect(int dir, struct error *e)
{
	int fd = store_connect(dir, EVENT_SOCKET);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return error_set(e, ENOENT,
		    "the container has no interception layer");
	return error_sys(e, "connect to the interception layer");
}
