/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

static char null_path[] = "/dev/null", pipe_path[] = "/run/deep/pipe";

static struct stat
look_at(const char *name)
{
	AUTO_FD int root = open(tree_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st = { 0 };

	cr_expect(zero(int, fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW)),
	    "%s", name);
	return st;
}

/* Nodes of this process's making, or the host's where it may make none. */
static struct rootfs_plan *
plan_devices(struct spec *spec, struct spec_device *devices, size_t count)
{
	apart();
	spec->lnx.devices = devices;
	spec->lnx.devices_count = count;
	struct rootfs_plan *plan = plan_tree(spec, NULL, 0);
	plan->request.can_mknod =
	    mknod("/tmp/probe", S_IFCHR | 0600, makedev(1, 3)) == 0;
	return plan;
}

Test(rootfs_dev, the_default_ones_are_there)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} rows[] = {
		{ "dev/null", 1, 3 },
		{ "dev/zero", 1, 5 },
		{ "dev/full", 1, 7 },
		{ "dev/random", 1, 8 },
		{ "dev/urandom", 1, 9 },
		{ "dev/tty", 5, 0 },
	};
	struct spec spec = { 0 };
	struct rootfs_plan *plan = plan_devices(&spec, NULL, 0);
	char text[32] = "";

	FINE(dev_fill(plan, fine));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat st = look_at(rows[i].name);

		cr_expect(eq(u32, st.st_mode, S_IFCHR | 0666), "%s",
		    rows[i].name);
		cr_expect(eq(u64, st.st_rdev,
			      makedev(rows[i].major, rows[i].minor)),
		    "%s", rows[i].name);
	}
	cr_expect(eq(long, readlinkat(plan->root, "dev/fd", text, 31), 13L));
	cr_expect(eq(str, text, "/proc/self/fd"));
	FINE(dev_fill(plan, fine)); /* the image has them */
	rootfs_free(&plan);
}

/* It would be what the container thinks is the null device. */
Test(rootfs_dev, a_file_in_the_place_of_one_is_refused)
{
	struct spec spec = { 0 };
	struct error e = { 0 };
	char line[128];
	struct rootfs_plan *plan = plan_devices(&spec, NULL, 0);

	if (!plan->request.can_mknod)
		cr_skip_test("the host's would be bound on it");
	cr_assert(zero(int, mkdirat(plan->root, "dev", 0755)));
	close(openat(plan->root, "dev/null", O_CREAT | O_WRONLY, 0666));
	cr_expect(eq(int, dev_fill(plan, &e), -EEXIST));
	error_format(&e, line, sizeof(line));
	cr_expect(eq(str, line, "device /dev/null: mknod: file exists"));
	rootfs_free(&plan);
}

Test(rootfs_dev, others_have_the_mode_and_the_owner_that_is_asked_for)
{
	struct spec_device fifo = { .path = pipe_path,
		.type = 'p',
		.file_mode = { true, 0620 } };
	struct spec spec = { 0 };
	struct rootfs_plan *plan = plan_devices(&spec, &fifo, 1);
	bool may_give = plan->request.can_mknod;

	fifo.uid = (struct spec_u32){ true, may_give ? 12 : 0 };
	fifo.gid = (struct spec_u32){ true, may_give ? 34 : 0 };
	FINE(dev_fill(plan, fine));
	struct stat st = look_at("run/deep/pipe");
	cr_expect(eq(u32, st.st_mode, S_IFIFO | 0620));
	cr_expect(eq(u32, st.st_uid, fifo.uid.value));
	cr_expect(eq(u32, st.st_gid, fifo.gid.value));
	rootfs_free(&plan);
}

Test(rootfs_dev, the_hosts_is_bound_only_if_it_is_the_one)
{
	struct spec_device device = { .path = null_path,
		.type = 'c',
		.major = { true, 1 },
		.minor = { true, 5 } };
	struct spec spec = { 0 };
	struct error e = { 0 };
	char line[128];
	struct rootfs_plan *plan = plan_devices(&spec, &device, 1);
	struct options bound = { .bind = true };
	char dev[] = "/dev";
	struct planned of_the_host = { .options = bound, .destination = dev };

	/* So that the default ones are not made. */
	plan->mounts[0] = of_the_host;
	plan->count = 1;
	plan->request.can_mknod = false;
	cr_expect(eq(int, dev_fill(plan, &e), -ENODEV));
	error_format(&e, line, sizeof(line));
	cr_expect(eq(str, line,
	    "linux.devices[0]: /dev/null: the host's is another device"));
	device.minor.value = 3;
	FINE(dev_fill(plan, fine));
	cr_expect(eq(u64, look_at("dev/null").st_rdev, makedev(1, 3)));
	cr_expect(lt(int, faccessat(plan->root, "dev/zero", F_OK, 0), 0),
	    "a /dev of the host is left alone");
	plan->count = 0;
	rootfs_free(&plan);
}

/* CVE-2025-52565: a terminal comes from the container's devpts, or not. */
Test(rootfs_dev, a_terminal_comes_from_a_devpts)
{
	struct spec spec = { 0 };
	struct error e = { 0 };
	int slave = -1;
	struct rootfs_plan *plan = plan_devices(&spec, NULL, 0);

	cr_assert(zero(int, mkdirat(plan->root, "dev", 0755)));
	cr_assert(zero(int, mkdirat(plan->root, "dev/pts", 0755)));
	close(openat(plan->root, "dev/pts/ptmx", O_CREAT | O_WRONLY, 0666));
	cr_expect(eq(int, rootfs_console_open(plan, 0, &slave, &e), -ENODEV));
	cr_expect(eq(str, e.text, "/dev/pts is not a devpts"));
	cr_expect(eq(int, slave, -1));
	cr_assert(zero(int, mount("devpts", "/tmp/tree/dev/pts", "devpts", 0,
				"newinstance,ptmxmode=0666")));
	FINE(rootfs_console_open(plan, 0, &slave, fine));
	cr_expect(ge(int, slave, 0));
	cr_expect(eq(u32, look_at("dev/console").st_mode & S_IFMT, S_IFCHR));
	rootfs_free(&plan);
}
