/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "lsm/lsm.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "label.h"
#include "os/os.h"

static bool
has_selinux(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 &&
	       (unsigned long)fs.f_type == SELINUX_MAGIC;
}

static bool
has_apparmor(void)
{
	char answer = 'N';
	AUTO_FD int fd = open("/sys/module/apparmor/parameters/enabled",
	    O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, &answer, 1) == 1 && answer == 'Y';
}

static bool
is_given(const char *label)
{
	return label != NULL && label[0] != '\0';
}

static bool
wants_apparmor(const struct spec_process *process)
{
	return is_given(process->apparmor_profile) &&
	       strcmp(process->apparmor_profile, "unconfined") != 0;
}

int
lsm_check(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (is_given(spec->lnx.mount_label) && !has_selinux())
		return error_set(e, ENOTSUP,
		    "linux.mountLabel: SELinux is not enabled on this host");
	if (process == NULL)
		return 0;
	if (is_given(process->selinux_label) && !has_selinux())
		return error_set(e, ENOTSUP,
		    "process.selinuxLabel: SELinux "
		    "is not enabled on this host");
	if (wants_apparmor(process) && !has_apparmor())
		return error_set(e, ENOTSUP,
		    "process.apparmorProfile: "
		    "AppArmor is not enabled on this host");
	return 0;
}

bool
lsm_label_is(const char *got, const char *wanted, bool with_mode)
{
	size_t length = strlen(wanted);

	if (strncmp(got, wanted, length) != 0)
		return false;
	got += length;
	if (with_mode && strncmp(got, " (", 2) == 0) {
		got += 2;
		got += strspn(got, "abcdefghijklmnopqrstuvwxyz");
		if (*got++ != ')')
			return false;
	}
	return got[*got == '\n'] == '\0';
}

/* Without an error where there is no such file. */
static int
check_label(int proc, const char *path, const char *expected, bool with_mode,
    struct error *e)
{
	char got[4096];
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	ssize_t length = fd < 0 ? -1 : read(fd, got, sizeof(got) - 1);
	if (length < 0)
		return error_sys(e, "read the label back");
	got[length] = '\0';
	if (!lsm_label_is(got, expected, with_mode))
		return error_set(e, EPERM, "the kernel has \"%s\" for it", got);
	return 0;
}

static void
put_path(char *path, size_t size, const char *file)
{
	(void)snprintf(path, size, "%d/attr/%s", (int)getpid(), file);
}

/* Write it and read it back: a file that lies would leave us unconfined. */
static int
set_label(int proc, const char *file, const char *value, const char *expected,
    bool with_mode, struct error *e)
{
	char path[64];

	put_path(path, sizeof(path), file);
	if (os_proc_write(proc, path, value) < 0)
		return -errno;
	return check_label(proc, path, expected, with_mode, e);
}

/* podman looks for the path in these marks, and says then what it was about. */
static void
not_written(int code, const char *label, const char *file, struct error *e)
{
	error_errno(e, code, "%s to `/proc/self/attr/%s`", label, file);
}

/* What is asked of AppArmor, and the file below attr where it is. */
static const struct {
	const char *verb, *file;
} apparmor[] = {
	[LSM_AT_EXEC] = { "exec", "exec" },
	[LSM_NOW] = { "changeprofile", "current" },
};

static int
set_apparmor(const char *profile, enum lsm_when when, int proc, struct error *e)
{
	const char *file = apparmor[when].file;
	char value[4096], own[32];

	if (snprintf(value, sizeof(value), "%s %s", apparmor[when].verb,
		profile) >= (int)sizeof(value))
		return error_set(e, ENAMETOOLONG, "the name is too long");
	(void)snprintf(own, sizeof(own), "apparmor/%s", file);
	int failed = set_label(proc, own, value, profile, true, e);
	if (failed == -ENOENT && e->code == 0)
		failed = set_label(proc, file, value, profile, true, e);
	if (failed < 0 && e->code == 0)
		not_written(-failed, profile, own, e);
	return failed;
}

/* FILE of /proc/PID/attr: of what the label will be. */
static int
set_selinux(const struct spec_process *process, const char *file, int proc,
    struct error *e)
{
	const char *label = process->selinux_label;

	if (!is_given(label))
		return 0;
	int failed = set_label(proc, file, label, label, false, e);
	if (failed < 0 && e->code == 0)
		not_written(-failed, label, file, e);
	return failed < 0 ? error_wrap(e, "process.selinuxLabel") : 0;
}

int
lsm_keyring_apply(const struct spec_process *process, int proc, struct error *e)
{
	return set_selinux(process, "keycreate", proc, e);
}

/*
 * The exec comes first: who has a label already may not be allowed to ask for
 * it. It is the same one, so that no rule about the program's file takes it to
 * another.
 */
static const char *const selinux[] = { "exec", "current" };

static size_t
count_selinux(enum lsm_when when)
{
	return when == LSM_NOW ? 2 : 1;
}

int
lsm_label_apply(const struct spec_process *process, enum lsm_when when,
    int proc, struct error *e)
{
	for (size_t i = 0; i < count_selinux(when); i++)
		TRY(set_selinux(process, selinux[i], proc, e));
	if (wants_apparmor(process) &&
	    set_apparmor(process->apparmor_profile, when, proc, e) < 0)
		return error_wrap(e, "process.apparmorProfile");
	return 0;
}

static int
verify(int proc, const char *file, const char *label, bool with_mode,
    struct error *e)
{
	char path[64];

	put_path(path, sizeof(path), file);
	return check_label(proc, path, label, with_mode, e);
}

static int
verify_selinux(int proc, const char *file, const char *label, struct error *e)
{
	if (verify(proc, file, label, false, e) == 0)
		return 0;
	if (e->code == 0)
		error_errno(e, ENOENT, "attr/%s", file);
	return error_wrap(e, "process.selinuxLabel");
}

int
lsm_label_verify(const struct spec_process *process, enum lsm_when when,
    int proc, struct error *e)
{
	const char *profile = process->apparmor_profile;
	const char *file = apparmor[when].file;
	char own[32];

	for (size_t i = 0;
	     is_given(process->selinux_label) && i < count_selinux(when); i++)
		TRY(verify_selinux(proc, selinux[i], process->selinux_label,
		    e));
	if (!wants_apparmor(process))
		return 0;
	(void)snprintf(own, sizeof(own), "apparmor/%s", file);
	int failed = verify(proc, own, profile, true, e);
	if (failed == -ENOENT && e->code == 0)
		failed = verify(proc, file, profile, true, e);
	if (failed == 0)
		return 0;
	if (e->code == 0)
		error_errno(e, ENOENT, "attr/%s", file);
	return error_wrap(e, "process.apparmorProfile");
}
