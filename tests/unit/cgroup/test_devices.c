/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "cgroup/devices.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

Test(cgroup_devices, rules_of_a_configuration)
{
	AUTO(spec_free)
	struct spec *spec = spec_with(
	    "{\"devices\":[{\"allow\":false},"
	    "{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":-1,"
	    "\"access\":\"rm\"},"
	    "{\"allow\":true,\"type\":\"b\",\"minor\":0,\"access\":\"w\"},"
	    "{\"allow\":true,\"type\":\"a\",\"access\":\"\"}]}");
	static const struct device_rule wanted[] = {
		{ false, 7, 0, -1, -1 },
		{ true, 3, BPF_DEVCG_DEV_CHAR, 1, -1 },
		{ true, 4, BPF_DEVCG_DEV_BLOCK, -1, 0 },
		{ true, 7, 0, -1, -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct device_rule got =
		    device_rule_of(&spec->lnx.resources->devices[i]);

		cr_expect(eq(int, got.allow, wanted[i].allow), "%zu", i);
		cr_expect(eq(u32, got.access, wanted[i].access), "%zu", i);
		cr_expect(eq(u32, got.type, wanted[i].type), "%zu", i);
		cr_expect(eq(i64, got.major, wanted[i].major), "%zu", i);
		cr_expect(eq(i64, got.minor, wanted[i].minor), "%zu", i);
	}
}

/* Open it so in the cgroup. Returns 0 or the errno. */
static int
try_open(int cgroup, const char *path, int flags)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};
	pid_t pid = os_clone3(&args);
	int status;

	cr_assert(ge(int, pid, 0));
	if (pid == 0)
		_exit(open(path, flags) < 0 ? errno : 0);
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WEXITSTATUS(status);
}

static void
apply(int cgroup, int proc, const char *resources)
{
	AUTO(spec_free) struct spec *spec = spec_with(resources);
	struct error e = { 0 };

	cr_assert(zero(int, cgroup_devices_apply(cgroup, proc,
				spec->lnx.resources, &e)),
	    "%s", e.text);
}

static uint32_t
programs(int cgroup)
{
	uint32_t ids[8];
	union bpf_attr ask = { .query = { .target_fd = (__u32)cgroup,
				   .attach_type = BPF_CGROUP_DEVICE,
				   .prog_ids = (uintptr_t)ids,
				   .prog_cnt = 8 } };

	cr_assert(zero(int, os_bpf(BPF_PROG_QUERY, &ask, sizeof(ask))));
	return ask.query.prog_cnt;
}

/* /dev/kmsg's number, which nothing allows. */
Test(cgroup_devices, the_kernel_refuses_and_allows_and_replaces)
{
	char path[64];
	char node[] = "/tmp/lorica-device-XXXXXX";
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };

	if (geteuid() != 0)
		cr_skip_test("needs root");
	int cgroup = real_cgroup(&tree, path);
	cr_assert(ne(ptr, mkdtemp(node), NULL));
	AUTO_FD int dir = open(node, O_RDONLY | O_DIRECTORY);
	cr_assert(zero(int, mknodat(dir, "x", S_IFCHR | 0600, makedev(1, 11))));
	char file[80];
	(void)snprintf(file, sizeof(file), "%s/x", node);
	int before = try_open(cgroup, file, O_RDONLY | O_NONBLOCK);

	if (before == 0) {
		apply(cgroup, tree.proc, "{}");
		cr_expect(eq(int, try_open(cgroup, file, O_RDONLY), EPERM));
		cr_expect(zero(int, try_open(cgroup, "/dev/null", O_RDWR)));
		apply(cgroup, tree.proc,
		    "{\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":1,"
		    "\"minor\":11,\"access\":\"r\"}]}");
		cr_expect(eq(u32, programs(cgroup), 1), "replaced, not added");
		cr_expect(
		    zero(int, try_open(cgroup, file, O_RDONLY | O_NONBLOCK)));
		cr_expect(eq(int, try_open(cgroup, file, O_WRONLY), EPERM));
	}
	cr_expect(zero(int, unlinkat(dir, "x", 0)));
	cr_expect(zero(int, rmdir(node)));
	close(cgroup);
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
	if (before != 0)
		cr_skip_test("/dev/kmsg cannot be opened anyway: %s",
		    strerror(before));
}
