/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/steps.h"
#include "os/os.h"

/* Namespaces of the test's own, or none of the host would keep its name. */
static void
apart(void)
{
	if (unshare(CLONE_NEWUTS | CLONE_NEWIPC) < 0)
		cr_skip_test("no namespaces can be made here");
}

static int
mounts(void)
{
	FILE *list = fopen("/proc/self/mountinfo", "re");
	int lines = 0;

	for (int c = getc(list); c != EOF; c = getc(list))
		lines += c == '\n';
	fclose(list);
	return lines;
}

Test(init_kernel, names_are_those_that_were_asked_for)
{
	char host[] = "first", domain[] = "example.org";
	struct spec spec = { .hostname = host };
	struct init init = { .spec = &spec, .proc = -1 };
	struct utsname before, after;
	struct error e = { 0 };

	apart();
	cr_assert(zero(int, uname(&before)));
	cr_assert(zero(int, init_kernel(&init, &e)), "%s", e.text);
	cr_assert(zero(int, uname(&after)));
	cr_expect(eq(str, after.nodename, "first"));
	cr_expect(eq(str, after.domainname, before.domainname),
	    "one that is not asked for stays");
	spec = (struct spec){ .domainname = domain };
	cr_assert(zero(int, init_kernel(&init, &e)), "%s", e.text);
	cr_assert(zero(int, uname(&after)));
	cr_expect(eq(str, after.nodename, "first"));
	cr_expect(eq(str, after.domainname, "example.org"));
}

Test(init_kernel, a_name_that_cannot_be_set_is_told)
{
	char longer[66];
	struct spec host = { .hostname = longer };
	struct spec domain = { .domainname = longer };
	struct init init = { .spec = &host, .proc = -1 };
	struct error first = { 0 }, second = { 0 };

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	cr_expect(lt(int, init_kernel(&init, &first), 0));
	cr_expect(zero(int, strncmp(first.text, "hostname xxx", 12)));
	init.spec = &domain;
	cr_expect(lt(int, init_kernel(&init, &second), 0));
	cr_expect(zero(int, strncmp(second.text, "domainname xxx", 14)));
}

/* ---- sysctls ------------------------------------------------------------- */

static int
set(const char *key, const char *value, struct error *e)
{
	char key_copy[128], value_copy[32];
	struct spec_pair pair = { key_copy, value_copy };
	struct spec spec = { .lnx.sysctl = { &pair, 1 } };
	AUTO_FD int proc = os_proc_root();
	struct init init = { .spec = &spec, .proc = proc };

	(void)snprintf(key_copy, sizeof(key_copy), "%s", key);
	(void)snprintf(value_copy, sizeof(value_copy), "%s", value);
	return init_kernel(&init, e);
}

Test(init_kernel, sysctls_are_written_by_either_name)
{
	static const char *const keys[] = { "kernel.shm_rmid_forced",
		"kernel/shm_rmid_forced" };

	apart();
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct error e = { 0 };
		char text[8] = "";

		cr_assert(zero(int, set(keys[i], i == 0 ? "1" : "0", &e)), "%s",
		    e.text);
		AUTO_FD int fd = open("/proc/sys/kernel/shm_rmid_forced",
		    O_RDONLY | O_CLOEXEC);
		cr_assert(gt(long, read(fd, text, sizeof(text) - 1), 0L));
		cr_expect(eq(str, text, i == 0 ? "1\n" : "0\n"));
	}
}

Test(init_kernel, a_sysctl_that_cannot_be_is_named)
{
	static const struct {
		const char *key, *text;
	} rows[] = {
		{ "kernel.not_there",
		    "linux.sysctl.kernel.not_there: write \"1\"" },
		{ "kernel.../../self/comm", NULL },
		{ "", "linux.sysctl.: is no name of a sysctl" },
		{ "..", NULL },
	};
	char before[32] = "", after[32] = "";

	AUTO_FD int comm = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
	cr_assert(gt(long, pread(comm, before, sizeof(before) - 1, 0), 0L));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char line[512];

		cr_expect(lt(int, set(rows[i].key, "1", &e), 0), "%s",
		    rows[i].key);
		error_format(&e, line, sizeof(line));
		cr_expect(zero(int, strncmp(line, "linux.sysctl.", 13)), "%s",
		    line);
		if (rows[i].text != NULL)
			cr_expect(zero(int, strncmp(line, rows[i].text,
						strlen(rows[i].text))),
			    "%s", line);
	}
	cr_assert(gt(long, pread(comm, after, sizeof(after) - 1, 0), 0L));
	cr_expect(eq(str, after, before), "nothing beside them is written");
}

/* ---- the procfs ---------------------------------------------------------- */

/* So that no mount of an image can stand in its way. */
Test(init_kernel, the_procfs_is_mounted_nowhere)
{
	static const struct spec spec;
	struct init init = { .spec = &spec, .proc = -1 };
	struct error e = { 0 };
	struct statfs fs;
	int before = mounts();

	if (!os_has_capability(CAP_SYS_ADMIN)) {
		cr_expect(eq(int, init_proc(&init, &e), -EPERM));
		cr_expect(eq(str, e.text, "fsopen proc"));
		cr_expect(eq(int, init.proc, -1));
		return;
	}
	cr_assert(zero(int, init_proc(&init, &e)), "%s", e.text);
	cr_assert(zero(int, fstatfs(init.proc, &fs)));
	cr_expect(eq(long, (long)fs.f_type, (long)PROC_SUPER_MAGIC));
	cr_expect(eq(int, mounts(), before));
	cr_expect(eq(int, fcntl(init.proc, F_GETFD), FD_CLOEXEC));
	cr_expect(zero(int, faccessat(init.proc, "self/status", R_OK, 0)));
	close(init.proc);
}
