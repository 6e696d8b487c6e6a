/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's files are ordinary ones here: what is written to one is written
 * over what it held.
 */
#define _GNU_SOURCE
#include "lsm/lsm.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

static char top[] = "/tmp/lorica-lsm-XXXXXX";
static int proc; /* in the place of a procfs */
static char label[] = "system_u:system_r:container_t:s0:c1,c2",
	    profile[] = "docker-default", unconfined[] = "unconfined",
	    none[] = "";

static void
put_dir(const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d%s", (int)getpid(), name);
	cr_assert(zero(int, mkdirat(proc, path, 0755)), "%s", path);
}

/* attr/NAME, which holds that text before anything is written to it. */
static void
put_file(const char *name, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/attr/%s", (int)getpid(), name);
	AUTO_FD int fd = openat(proc, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert(ge(int, fd, 0));
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

static const char *
text_of(const char *name)
{
	static char text[256];
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/attr/%s", (int)getpid(), name);
	AUTO_FD int fd = openat(proc, path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[got < 0 ? 0 : got] = '\0';
	return text;
}

static void
setup(void)
{
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	proc = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, proc, 0));
	put_dir("");
	put_dir("/attr");
}

static void
teardown(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(lsm, .init = setup, .fini = teardown);

static const char *
apply_when(enum lsm_when when, char *selinux, char *apparmor)
{
	const struct spec_process process = { .selinux_label = selinux,
		.apparmor_profile = apparmor };
	static char line[512];
	struct error e = { 0 };

	if (lsm_label_apply(&process, when, proc, &e) == 0)
		return "";
	error_format(&e, line, sizeof(line));
	return line;
}

static const char *
apply(char *selinux, char *apparmor)
{
	return apply_when(LSM_AT_EXEC, selinux, apparmor);
}

Test(lsm, a_label_is_written_for_the_next_exec)
{
	put_file("exec", "");
	cr_expect(eq(str, (char *)(uintptr_t)apply(label, NULL), ""));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), label));
}

/* What SELinux gives now, no exec is to change; AppArmor would not let it. */
Test(lsm, a_label_of_now_is_that_of_the_next_exec_too)
{
	put_file("exec", "");
	put_file("current", "");
	cr_expect(
	    eq(str, (char *)(uintptr_t)apply_when(LSM_NOW, label, NULL), ""));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), label));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("current"), label));
	put_file("exec", "untouched");
	put_file("current", "");
	cr_expect(eq(str, (char *)(uintptr_t)apply_when(LSM_NOW, NULL, profile),
	    "process.apparmorProfile: the kernel has \"changeprofile "
	    "docker-default\" for it"));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("current"),
	    "changeprofile docker-default"));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), "untouched"));
}

/* It is the exec that is asked for first: no answer is the file's name. */
Test(lsm, a_label_of_now_that_is_refused_is_named)
{
	put_file("exec", "");
	cr_expect(eq(str, (char *)(uintptr_t)apply_when(LSM_NOW, label, NULL),
	    "process.selinuxLabel: system_u:system_r:container_t:s0:c1,c2 "
	    "to `/proc/self/attr/current`: no such file or directory"));
}

Test(lsm, a_label_of_now_that_is_gone_is_noticed)
{
	const struct spec_process process = { .selinux_label = label };
	const struct spec_process confined = { .apparmor_profile = profile };
	static const char *const files[] = { "exec", "current" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct error gone = { 0 };
		struct error e = { 0 };

		put_file("exec", label);
		put_file("current", label);
		cr_expect(
		    zero(int, lsm_label_verify(&process, LSM_NOW, proc, &e)));
		put_file(files[i], "unconfined");
		cr_expect(eq(int,
			      lsm_label_verify(&process, LSM_NOW, proc, &gone),
			      -EPERM),
		    "%s", files[i]);
	}
	struct error e = { 0 };
	put_file("exec", "unconfined");
	put_file("current", "docker-default (enforce)\n");
	cr_expect(zero(int, lsm_label_verify(&confined, LSM_NOW, proc, &e)));
	put_file("exec", "docker-default (enforce)\n");
	put_file("current", "unconfined\n");
	cr_expect(
	    eq(int, lsm_label_verify(&confined, LSM_NOW, proc, &e), -EPERM));
}

Test(lsm, without_a_label_nothing_is_written)
{
	put_file("exec", "as it was");
	cr_expect(eq(str, (char *)(uintptr_t)apply(NULL, NULL), ""));
	cr_expect(eq(str, (char *)(uintptr_t)apply(none, none), ""));
	cr_expect(eq(str, (char *)(uintptr_t)apply(NULL, unconfined), ""));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), "as it was"));
}

/* Right before the program is run. */
Test(lsm, a_label_that_is_gone_by_then_is_noticed)
{
	const struct spec_process process = { .selinux_label = label };
	const struct spec_process confined = { .apparmor_profile = profile };
	const struct spec_process neither = { .apparmor_profile = unconfined };
	struct error gone = { 0 };
	struct error absent = { 0 };
	struct error e = { 0 };
	char line[256];

	put_file("exec", label);
	cr_expect(zero(int, lsm_label_verify(&process, LSM_AT_EXEC, proc, &e)));
	put_file("exec", "");
	cr_expect(eq(int, lsm_label_verify(&process, LSM_AT_EXEC, proc, &gone),
	    -EPERM));
	error_format(&gone, line, sizeof(line));
	cr_expect(
	    eq(str, line, "process.selinuxLabel: the kernel has \"\" for it"));
	put_file("exec", "docker-default (enforce)\n");
	cr_expect(zero(int, lsm_label_verify(&confined, LSM_AT_EXEC, proc, &e)),
	    "%s", e.text);
	put_dir("/attr/apparmor");
	put_file("apparmor/exec", "unconfined\n");
	cr_expect(eq(int,
	    lsm_label_verify(&confined, LSM_AT_EXEC, proc, &absent), -EPERM));
	error_format(&absent, line, sizeof(line));
	cr_expect(eq(str, line,
		      "process.apparmorProfile: the kernel has "
		      "\"unconfined\\x0a\" for it"),
	    "its own file comes before the old one");
	cr_expect(zero(int, lsm_label_verify(&neither, LSM_AT_EXEC, proc, &e)));
}

Test(lsm, a_label_that_cannot_be_looked_at_is_none)
{
	const struct spec_process process = { .selinux_label = label };
	const struct spec_process confined = { .apparmor_profile = profile };
	struct error selinux = { 0 };
	struct error apparmor = { 0 };

	cr_expect(eq(int,
	    lsm_label_verify(&process, LSM_AT_EXEC, proc, &selinux), -ENOENT));
	cr_expect(
	    eq(int, lsm_label_verify(&confined, LSM_AT_EXEC, proc, &apparmor),
		-ENOENT));
}

/* A file that is none of the kernel's, or that lies: CVE-2025-52881. */
Test(lsm, a_label_that_is_not_there_afterwards_is_an_error)
{
	char longer[300];

	(void)snprintf(longer, sizeof(longer), "%sx%s", label, ":and:more");
	put_file("exec", longer);
	cr_expect(eq(str, (char *)(uintptr_t)apply(label, NULL),
	    "process.selinuxLabel: the kernel has "
	    "\"system_u:system_r:container_t:s0:c1,c2x:and:more\" for it"));
}

Test(lsm, a_file_that_is_not_there_is_an_error)
{
	char link[64];

	cr_expect(eq(str, (char *)(uintptr_t)apply(label, NULL),
	    "process.selinuxLabel: system_u:system_r:container_t:s0:c1,c2 to "
	    "`/proc/self/attr/exec`: no such file or directory"));
	cr_expect(eq(str, (char *)(uintptr_t)apply(NULL, profile),
	    "process.apparmorProfile: docker-default to "
	    "`/proc/self/attr/apparmor/exec`: no such file or directory"));
	(void)snprintf(link, sizeof(link), "%d/attr/exec", (int)getpid());
	cr_assert(zero(int, symlinkat("/dev/null", proc, link)));
	cr_expect(eq(str, (char *)(uintptr_t)apply(label, NULL),
		      "process.selinuxLabel: "
		      "system_u:system_r:container_t:s0:c1,c2 to "
		      "`/proc/self/attr/exec`: too many levels of symbolic "
		      "links"),
	    "nor is a link followed");
}

/*
 * The kernel takes "exec NAME" and shows the name alone, with the mode; a file
 * keeps the words, so this is as far as one gets.
 */
Test(lsm, a_profile_goes_to_apparmors_own_file_before_the_old_one)
{
	static const char *const files[] = { "exec", "apparmor/exec" };

	put_file("exec", "");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (i == 1) {
			put_file("exec", "untouched");
			put_dir("/attr/apparmor");
			put_file("apparmor/exec", "");
		}
		cr_expect(eq(str, (char *)(uintptr_t)apply(NULL, profile),
			      "process.apparmorProfile: the kernel has \"exec "
			      "docker-default\" for it"),
		    "%s", files[i]);
		cr_expect(eq(str, (char *)(uintptr_t)text_of(files[i]),
		    "exec docker-default"));
	}
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), "untouched"));
}

Test(lsm, a_profile_whose_name_is_too_long_is_refused)
{
	static char longest[5000];

	memset(longest, 'x', sizeof(longest) - 1);
	put_file("exec", "");
	cr_expect(eq(str, (char *)(uintptr_t)apply(NULL, longest),
	    "process.apparmorProfile: the name is too long"));
	cr_expect(eq(str, (char *)(uintptr_t)text_of("exec"), ""));
}

/* What is asked for and is not there is never passed over. */
Test(lsm, a_module_that_is_not_there_is_named)
{
	static const struct {
		const char *file, *place, *module;
	} rows[] = {
		{ "/sys/fs/selinux/enforce", "process.selinuxLabel",
		    "SELinux" },
		{ "/sys/fs/selinux/enforce", "linux.mountLabel", "SELinux" },
		{ "/sys/kernel/security/apparmor/profiles",
		    "process.apparmorProfile", "AppArmor" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec_process process = { 0 };
		struct spec spec = { .process = &process };
		struct error e = { 0 };
		char want[128];

		if (i == 0)
			process.selinux_label = label;
		else if (i == 1)
			spec.lnx.mount_label = label;
		else
			process.apparmor_profile = profile;
		(void)snprintf(want, sizeof(want),
		    "%s: %s is not enabled on this host", rows[i].place,
		    rows[i].module);
		int failed = lsm_check(&spec, &e);
		if (access(rows[i].file, F_OK) == 0) {
			cr_expect(zero(int, failed), "%s", e.text);
			continue;
		}
		cr_expect(eq(int, failed, -ENOTSUP));
		cr_expect(eq(str, e.text, want));
	}
}

Test(lsm, what_is_not_asked_for_needs_no_module)
{
	const struct spec_process process = { .selinux_label = none,
		.apparmor_profile = unconfined };
	struct spec spec = {
		.process = (struct spec_process *)(uintptr_t)&process,
	};
	struct error e = { 0 };

	cr_expect(zero(int, lsm_check(&spec, &e)));
	spec.process = NULL;
	cr_expect(zero(int, lsm_check(&spec, &e)), "an update has none");
}
