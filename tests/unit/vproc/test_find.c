/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

#define HIDDEN    VPROC_HIDDEN
#define NATIVE    VPROC_NATIVE
#define GENERATED VPROC_GENERATED

Test(vproc_find, paths_of_procfs)
{
	static const struct {
		const char *path;
		enum vproc_answer answer;
	} rows[] = {
		{ "", NATIVE },
		{ "meminfo", GENERATED },
		{ "meminfo/x", HIDDEN },
		{ "meminf", HIDDEN },
		{ "meminfo2", HIDDEN },
		{ "diskstats", GENERATED },
		{ "partitions", GENERATED },
		{ "1", NATIVE },
		{ "1/maps", NATIVE },
		{ "self", NATIVE },
		{ "self/maps", NATIVE },
		{ "thread-self/maps", NATIVE },
		{ "selfish/maps", HIDDEN },
		{ "1/task", NATIVE },
		{ "1/task/2", NATIVE },
		{ "1/task/2/maps", NATIVE },
		{ "1/task/2/pagemap", HIDDEN },
		{ "1/task/2/new", HIDDEN },
		{ "1/task/x/maps", HIDDEN },
		{ "1/fd", NATIVE },
		{ "1/fd/3", NATIVE },
		{ "1/attr/apparmor/current", NATIVE },
		{ "1/mem", HIDDEN },
		{ "1/map_files", HIDDEN },
		{ "1/map_files/1-2", HIDDEN },
		{ "1/what_is_new", HIDDEN },
		{ "01/maps", HIDDEN },
		{ "1a/maps", HIDDEN },
		{ "9999999999/maps", HIDDEN },
		{ "net", NATIVE },
		{ "net/tcp", NATIVE },
		{ "1/net/tcp", NATIVE },
		{ "1/net", NATIVE },
		{ "1/net/sockstat6", NATIVE },
		{ "1/net/sockstat", HIDDEN },
		{ "1/task/2/net/softnet_stat", HIDDEN },
		{ "1/net/stat", HIDDEN },
		{ "1/net/stat/rt_cache", HIDDEN },
		{ "kcore", HIDDEN },
		{ "pressure", HIDDEN },
		{ "pressure/cpu", HIDDEN },
		{ "what_is_new", HIDDEN },
		{ "sys", NATIVE },
		{ "sys/kernel", NATIVE },
		{ "sys/kernel/osrelease", GENERATED },
		{ "sys/kernel/hostname", NATIVE },
		{ "sys/kernel/kexec_load_limit_panic", HIDDEN },
		{ "sys/kernel/random", NATIVE },
		{ "sys/kernel/random/boot_id", GENERATED },
		{ "sys/net/core/somaxconn", NATIVE },
		{ "sys/user/max_user_namespaces", HIDDEN },
		/* Another way to say it. */
		{ "/meminfo", HIDDEN },
		{ "./meminfo", HIDDEN },
		{ "net/../kcore", HIDDEN },
		{ "1/fd/../mem", HIDDEN },
		{ "1/fd/..", HIDDEN },
		{ "1//mem", HIDDEN },
		{ "1/fd/", HIDDEN },
		{ "net/", HIDDEN },
		{ "{self,net}", HIDDEN },
		{ "#", HIDDEN },
		{ "**", HIDDEN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      (int)vproc_find(VPROC_PROC, rows[i].path,
				  &some_limits)
				  .answer,
			      (int)rows[i].answer),
		    "%s", rows[i].path);
}

Test(vproc_find, paths_of_sysfs)
{
	static const struct {
		const char *path;
		enum vproc_answer answer;
		bool is_directory;
	} rows[] = {
		{ "", GENERATED, true },
		{ "devices", GENERATED, true },
		{ "devices/system/cpu", GENERATED, true },
		{ "devices/system/cpu/online", GENERATED, false },
		{ "devices/system/cpu/vulnerabilities", HIDDEN, false },
		{ "devices/system/cpu/vulnerabilities/mds", HIDDEN, false },
		{ "devices/system/cpu/cpu0", GENERATED, true },
		{ "devices/system/cpu/cpu1/topology", GENERATED, true },
		{ "devices/system/cpu/cpu1/topology/core_id", GENERATED,
		    false },
		{ "devices/system/cpu/cpu2", HIDDEN, false },
		{ "devices/system/cpu/cpu2/topology/core_id", HIDDEN, false },
		{ "devices/system/cpu/cpu01", HIDDEN, false },
		{ "devices/system/cpu/cpu", HIDDEN, false },
		{ "devices/system/cpu/cpufreq", HIDDEN, false },
		{ "devices/system/node/node0/meminfo", GENERATED, false },
		{ "devices/system/node/node1", HIDDEN, false },
		{ "devices/pci0000:00", HIDDEN, false },
		{ "devices/virtual", GENERATED, true },
		{ "devices/virtual/net", NATIVE, false },
		{ "devices/virtual/net/lo/mtu", NATIVE, false },
		{ "devices/virtual/dmi/id/product_name", HIDDEN, false },
		{ "class", GENERATED, true },
		{ "class/net/lo", NATIVE, false },
		{ "class/dmi", HIDDEN, false },
		{ "kernel/mm/transparent_hugepage/enabled", NATIVE, false },
		{ "kernel/slab", HIDDEN, false },
		{ "firmware/efi", HIDDEN, false },
		{ "what_is_new", HIDDEN, false },
		{ "class/net/../dmi", HIDDEN, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vproc_file file =
		    vproc_find(VPROC_SYS, rows[i].path, &some_limits);

		cr_expect(eq(int, (int)file.answer, (int)rows[i].answer), "%s",
		    rows[i].path);
		if (file.answer == GENERATED)
			cr_expect(eq(int, file.row == NULL,
				      rows[i].is_directory),
			    "%s", rows[i].path);
	}
}

static void
expect_names(const char *path, const char *wanted)
{
	char got[512] = "";
	char name[VPROC_NAME_MAX];

	for (size_t i = 0; vproc_list(path, &some_limits, i, name); i++) {
		size_t used = strlen(got);

		(void)snprintf(got + used, sizeof(got) - used, "%s ", name);
	}
	cr_expect(eq(str, got, (char *)wanted), "%s", path);
}

Test(vproc_find, directories_of_sysfs_have_each_name_once)
{
	expect_names("", "devices kernel class ");
	expect_names("devices", "system virtual ");
	expect_names("devices/system", "cpu node ");
	expect_names("devices/system/cpu",
	    "online present possible kernel_max offline isolated cpu0 cpu1 ");
	expect_names("devices/system/cpu/cpu1", "topology ");
	expect_names("devices/system/node",
	    "online possible has_cpu has_memory has_normal_memory node0 ");
	expect_names("class", "net ");
	expect_names("class/net", "");
	expect_names("devices/system/cpu/cpu2", "");
	expect_names("devices/system/cpu/online", "");
	expect_names("block", "");
}

/* All that is listed is there. */
static void
walk(const char *path, int *files)
{
	char name[VPROC_NAME_MAX];

	for (size_t i = 0; vproc_list(path, &some_limits, i, name); i++) {
		char below[512];

		(void)snprintf(below, sizeof(below), "%s%s%s", path,
		    *path == '\0' ? "" : "/", name);
		struct vproc_file file =
		    vproc_find(VPROC_SYS, below, &some_limits);
		cr_expect(ne(int, (int)file.answer, (int)HIDDEN), "%s", below);
		*files += file.row != NULL;
		if (file.answer == GENERATED && file.row == NULL)
			walk(below, files);
	}
}

Test(vproc_find, what_a_directory_lists_is_there)
{
	int files = 0;

	walk("", &files);
	cr_expect(eq(int, files, 6 + 2 * 13 + 9 + 4 + 2));
}

Test(vproc_find, a_path_of_any_length_is_looked_at)
{
	static char path[1 << 16];

	memset(path, 'x', sizeof(path) - 1);
	cr_expect(eq(int, (int)vproc_find(VPROC_SYS, path, &some_limits).answer,
	    (int)HIDDEN));
	for (size_t i = 1; i < sizeof(path) - 1; i += 2)
		path[i] = '/';
	cr_expect(
	    eq(int, (int)vproc_find(VPROC_PROC, path, &some_limits).answer,
		(int)HIDDEN));
}
