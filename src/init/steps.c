/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps - how a fresh clone becomes a confined container, top to bottom; and,
 * in a second table, a process more of one that is there.
 *
 * The order is the security design: a step may use only what the steps above
 * it left, and what it takes away stays gone. docs/THREAT-MODEL.md argues each
 * line; tests/unit/init/test_steps.c pins the rules between them.
 */
#define _GNU_SOURCE
#include "steps.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "lsm/lsm.h"
#include "ns/ns.h"
#include "os/os.h"

static int
await_cgroup(struct init *init, struct error *e)
{
	return init->waits_for_cgroup ? init_await_record(init, e) : 0;
}

static int
enter_cgroup_namespace(struct init *init, struct error *e)
{
	return ns_cgroup_enter(init->spec, e);
}

static int
raise_loopback(struct init *init, struct error *e)
{
	if (!spec_is_new_namespace(init->spec, SPEC_NS_NETWORK))
		return 0;
	return ns_loopback_up(e);
}

static int
run_runtime_hooks(struct init *init, struct error *e)
{
	const struct spec_hooks *hooks = init->spec->hooks;

	if (hooks[SPEC_HOOK_PRESTART].count == 0 &&
	    hooks[SPEC_HOOK_CREATE_RUNTIME].count == 0)
		return 0;
	TRY(init_say(init, INIT_HOOKS, -1, e));
	return init_await_go(init, e);
}

static int
new_session(struct init *init, struct error *e)
{
	(void)init;
	if (setsid() < 0)
		return error_sys(e, "setsid");
	return 0;
}

static int
new_keyring(struct init *init, struct error *e)
{
	if (init->no_new_keyring)
		return 0;
	TRY(lsm_keyring_apply(init->spec->process, init->proc, e));
	return cred_keyring_apply(init->id, init->in_user_namespace, e);
}

static int
build_rootfs(struct init *init, struct error *e)
{
	const struct rootfs_runtime runtime = { init_wish, init };

	return rootfs_build(init->rootfs, &runtime, e);
}

static int
show_rootfs(struct init *init, struct error *e)
{
	const struct spec_hooks *hooks = init->spec->hooks;

	if (hooks[SPEC_HOOK_PRESTART].count == 0 &&
	    hooks[SPEC_HOOK_CREATE_RUNTIME].count == 0 &&
	    hooks[SPEC_HOOK_CREATE_CONTAINER].count == 0)
		return 0;
	return rootfs_show(init->rootfs, e);
}

static int
run_create_hooks(struct init *init, struct error *e)
{
	TRY(init_await_record(init, e));
	return init_hooks_run(init->spec, SPEC_HOOK_CREATE_CONTAINER,
	    init->shared->creating, init->bundle, e);
}

static int
open_terminal(struct init *init, struct error *e)
{
	const struct spec_process *process = init->spec->process;
	uint32_t rows = process->console_height.value;
	uint32_t columns = process->console_width.value;

	if (!init->terminal)
		return 0;
	init->master = rootfs_console_open(init->rootfs, process->user.uid,
	    &init->slave, e);
	if (init->master < 0)
		return init->master;
	if (rows == 0 || columns == 0)
		return 0;
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns,
	};
	if (ioctl(init->master, TIOCSWINSZ, &size) < 0)
		return error_sys(e, "process.consoleSize");
	return 0;
}

static int
use_terminal(struct init *init, struct error *e)
{
	if (!init->terminal)
		return 0;
	TRY(init_say(init, INIT_CONSOLE, init->master, e));
	/* The runtime may give it the size of the caller's. */
	TRY(init_await_go(init, e));
	if (ioctl(init->slave, TIOCSCTTY, 0) < 0)
		return error_sys(e, "take the controlling terminal");
	for (int fd = 0; fd <= 2; fd++) {
		if (dup2(init->slave, fd) < 0)
			return error_sys(e, "use the terminal");
	}
	close(take_fd(&init->master));
	close(take_fd(&init->slave));
	return 0;
}

static int
take_terminal(struct init *init, struct error *e)
{
	TRY(open_terminal(init, e));
	return use_terminal(init, e);
}

static int
pivot(struct init *init, struct error *e)
{
	return rootfs_pivot(init->rootfs, init->proc, e);
}

static int
protect_paths(struct init *init, struct error *e)
{
	return rootfs_protect(init->rootfs, e);
}

static int
enter_directory(struct init *init, struct error *e)
{
	return rootfs_chdir(init->rootfs, init->spec->process->cwd, e);
}

static int
set_oom_score(struct init *init, struct error *e)
{
	/*
	 * The procfs files of an undumpable process belong to the host's root,
	 * whom a user namespace does not map. Alone in a new pid namespace
	 * there is nobody who could use the moment.
	 */
	bool alone = init->spec->process->oom_score_adj.is_set &&
		     spec_is_new_namespace(init->spec, SPEC_NS_PID);
	(void)prctl(PR_SET_DUMPABLE, alone ? 1 : 0);
	int failed = cred_oom_apply(init->spec->process, init->proc, e);
	(void)prctl(PR_SET_DUMPABLE, 0);
	return failed;
}

static int
set_limits(struct init *init, struct error *e)
{
	TRY(cred_scheduling_apply(init->spec, e));
	return cred_rlimits_apply(init->spec->process, e);
}

enum lsm_when
init_label_when(const struct init *init)
{
	return init->sentry < 0 ? LSM_AT_EXEC : LSM_NOW;
}

static int
set_label(struct init *init, struct error *e)
{
	if (init_label_when(init) != LSM_AT_EXEC)
		return 0;
	return lsm_label_apply(init->spec->process, LSM_AT_EXEC, init->proc, e);
}

static int
take_label(struct init *init, struct error *e)
{
	if (init_label_when(init) != LSM_NOW)
		return 0;
	return lsm_label_apply(init->spec->process, LSM_NOW, init->proc, e);
}

static int
become_user(struct init *init, struct error *e)
{
	enum cred_groups groups = CRED_GROUPS_SET;

	if (spec_keeps_groups(init->spec))
		groups = CRED_GROUPS_KEPT;
	else if (os_setgroups_denied(init->proc))
		groups = CRED_GROUPS_DENIED;
	return cred_user_apply(init->spec->process, groups, e);
}

static int
wait_for_start(struct init *init, struct error *e)
{
	/* The caller's to keep or kill from here on: init_main(). */
	(void)prctl(PR_SET_PDEATHSIG, 0);
	TRY(init_say(init, INIT_CREATED, -1, e));
	if (init->start < 0)
		return 0;

	int channel = accept4(init->start, NULL, NULL, SOCK_CLOEXEC);
	if (channel < 0)
		return error_sys(e, "accept");
	close(init->start);
	close(init->channel);
	init->start = -1;
	init->channel = channel;
	return 0;
}

static int
run_start_hooks(struct init *init, struct error *e)
{
	init->in_start_hooks = true;
	TRY(init_hooks_run(init->spec, SPEC_HOOK_START_CONTAINER,
	    init->shared->created, "/", e));
	init->in_start_hooks = false;
	return 0;
}

/* clang-format off */
const struct init_step init_steps[] = {
	/* Labels, sysctls and checks go through a procfs of our own, that no
	 * mount of the configuration or the image can cover. */
	{ "open a private procfs", init_proc },
	/* One that systemd makes needs a process first; no step that is limited
	 * or that may touch a device comes before. */
	{ "wait for the control group", await_cgroup },
	/* Its root is the cgroup that init is in. */
	{ "make the cgroup namespace", enter_cgroup_namespace },
	/* Hooks and programs rely on it; configuring it needs privilege. */
	{ "set the loopback device up", raise_loopback },
	/* Before any terminal or key of the caller can be inherited. */
	{ "leave the caller's session", new_session },
	{ "leave the caller's keys", new_keyring },
	/* From here on the tree exists; all of it by descriptors. */
	{ "build the root file system", build_rootfs },
	/* Hooks get at it by its path. */
	{ "show hooks the root file system", show_rootfs },
	/* They see the namespaces and the mounts, and may add to both. */
	{ "run the runtime's hooks", run_runtime_hooks },
	/* Names and sysctls, while the procfs is ours and root's powers too. */
	{ "set the host name and sysctls", init_kernel },
	/* The last code that may see the host's tree. */
	{ "run the createContainer hooks", run_create_hooks },
	/* From the container's own devpts, before its code can race us. */
	{ "take the terminal", take_terminal },
	/* The host's tree is gone from here. */
	{ "pivot into the root", pivot },
	/* After every mount, so that nothing is mounted over a mask. */
	{ "protect paths", protect_paths },
	/* As root, so that a missing one can be made; proven to be inside. */
	{ "enter the working directory", enter_directory },
	/* A file of procfs, and privilege to lower it: before the user. */
	{ "set the oom score", set_oom_score },
	/* Raising a limit needs privilege too. */
	{ "set limits", set_limits },
	/* For the next exec; needs the private procfs and, for some, root. */
	{ "set the label", set_label },
	/* Ids and the bounding set; the rest of the powers go last. */
	{ "become the user", become_user },
	/* The user's, by a file of the image, where nobody has said. */
	{ "find the home", init_home },
	{ "name the process of socket activation", init_listen_pid },
	/* As the user, so that an error comes at create. */
	{ "find the program", init_find_program },
	/* The sentry's own, who may not look at a process that has none. Behind
	 * the ids, to take which a label may forbid. */
	{ "take the label", take_label },
	/* Before any code of the image; with all powers, and while the runtime
	 * is there that starts it. */
	{ "let the sentry attach", confine_sentry },
	{ "wait for start", wait_for_start },
	{ "run the startContainer hooks", run_start_hooks },
	/* Everything but stdio and what was asked for closes at the exec. */
	{ "close descriptors", init_close },
	/* What needs files to be looked at, before the filter can refuse. */
	{ "check descriptors and paths", init_check_files },
	/* Without one all that the filter asks it would fail; with all powers,
	 * so that who has fewer cannot attach instead. */
	{ "wait for the tracer", confine_traced },
	{ "set no_new_privs", confine_privileges },
	/* Nothing is opened any more, and the filter may refuse these calls. */
	{ "restrict by Landlock", confine_landlock },
	/* Without no_new_privs loading needs a capability that goes next. */
	{ "load the filter while that needs privilege", confine_filter_early },
	{ "drop capabilities", confine_capabilities },
	/* With it, as late as can be: what remains is the check and exec. */
	{ "load the filter", confine_filter_late },
	/* Ask the kernel whether all of the above is in force. */
	{ "check the confinement", init_check },
	/* Both are as confined as they will be, and proven to be. */
	{ "leave the first process to itself", init_reap },
	{ "run the program", init_exec },
	{ NULL, NULL },
};

/* exec: a process more of a container that runs, and races with it. */
const struct init_step init_join_steps[] = {
	/* By the caller's rights over its own files, which the next steps end. */
	{ "set the oom score", join_score },
	/* It is in the container's cgroup already. */
	{ "choose the processors", join_affinity },
	/* Of the host's root, which a user namespace does not have. */
	{ "raise limits", join_limits },
	/* Before anybody inside could trace it or look through its descriptors:
	 * CVE-2016-9962. */
	{ "become undumpable", join_hide },
	/* Of the pid namespace only its children, so nobody inside sees it yet. */
	{ "join the namespaces", join_namespaces },
	/* That of the mount namespace, and not the host's. */
	{ "take the container's root", join_root },
	/* As root inside, to whom the container's keys belong. */
	{ "join the container's keys", new_keyring },
	/* From the container's own devpts, by descriptors alone. */
	{ "open the terminal", open_terminal },
	/* As root, as at create; proven to be inside, and nothing is made. */
	{ "enter the working directory", enter_directory },
	{ "find the home", init_home },
	/* By the host's procfs, which no mount of the container covers. */
	{ "set the label", set_label },
	/* Here, as a change of user may make dumpable for a moment. */
	{ "become the user", become_user },
	/* As above; before the powers go by which it is the caller's to choose. */
	{ "take the label", take_label },
	/* What the container could trace, where it may trace all that it sees. */
	{ "give up what it needs no more", join_give_up },
	{ "let the sentry attach", confine_sentry },
	/* One of the two; and not later, when others could be the first. */
	{ "wait for the tracer", confine_traced },
	/* The last descriptors of the host, the procfs among them. */
	{ "let go of the host", join_let_go },
	/* From here on the container sees it, and finds nothing on it. */
	{ "enter the pid namespace", join_appear },
	/* A session is one process's own, so not before that is made. */
	{ "leave the caller's session", new_session },
	{ "take the terminal", use_terminal },
	/* Behind the last fork, which a limit of processes could refuse. */
	{ "set limits", set_limits },
	/* By its number in the container, which it has since the fork. */
	{ "name the process of socket activation", init_listen_pid },
	{ "find the program", init_find_program },
	/* Is the container still there, and told of it whoever asked? */
	{ "wait for the runtime", join_await },
	{ "close descriptors", init_close },
	{ "check the paths", join_check_paths },
	/* From here on as above. */
	{ "set no_new_privs", confine_privileges },
	{ "restrict by Landlock", confine_landlock },
	{ "load the filter while that needs privilege", confine_filter_early },
	{ "drop capabilities", confine_capabilities },
	{ "load the filter", confine_filter_late },
	{ "check the confinement", init_check },
	{ "run the program", init_exec },
	{ NULL, NULL },
};
/* clang-format on */
_Static_assert(ARRAY_SIZE(init_steps) <= INIT_STEPS_MAX, "INIT_STEPS_MAX");

const char *
init_step_name(size_t index)
{
	return index < ARRAY_SIZE(init_steps) ? init_steps[index].name : NULL;
}
