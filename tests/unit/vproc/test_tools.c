/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that read these files, over a procfs and a sysfs of the test's
 * own: what they make of the texts.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

#define PLACE "/tmp" /* a mount of the test's own */

static struct vproc_limits limits;

static void
put_text(enum vproc_tree tree, const char *path, const char *to)
{
	const char *text = text_at(tree, path, &limits, &some_usage);
	AUTO_FD int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert(ge(int, fd, 0), "%s", to);
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

static void
put_proc(const char *path)
{
	char from[64];
	char to[64];

	(void)snprintf(from, sizeof(from), PLACE "/%s", path);
	for (char *at = from + sizeof(PLACE); *at != '\0'; at++)
		*at = *at == '/' ? '-' : *at;
	(void)snprintf(to, sizeof(to), "/proc/%s", path);
	put_text(VPROC_PROC, path, from);
	cr_assert(zero(int, mount(from, to, NULL, MS_BIND, NULL)), "%s", path);
}

static void
put_sys(const char *path)
{
	char name[VPROC_NAME_MAX];

	for (size_t i = 0; vproc_list(path, &limits, i, name); i++) {
		char below[128];
		char to[160];

		(void)snprintf(below, sizeof(below), "%s%s%s", path,
		    *path == '\0' ? "" : "/", name);
		(void)snprintf(to, sizeof(to), "/sys/%s", below);
		struct vproc_file file = vproc_find(VPROC_SYS, below, &limits);
		if (file.answer == VPROC_GENERATED && file.row != NULL) {
			put_text(VPROC_SYS, below, to);
		} else if (file.answer == VPROC_GENERATED) {
			cr_assert(zero(int, mkdir(to, 0755)));
			put_sys(below);
		}
	}
}

/* A machine of three processors, made from this one's and the limits. */
static void
enter(void)
{
	static const char *const files[] = { "cpuinfo", "diskstats", "loadavg",
		"meminfo", "partitions", "stat", "swaps", "uptime", "version",
		"vmstat", "sys/kernel/osrelease" };
	AUTO_FD int proc = os_proc_root();
	struct vproc_host host;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0)
		cr_skip_test("no mount namespace can be made here");
	cr_assert(zero(int, vproc_host_read(proc, &host)));
	cr_assert(zero(int, mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL)));
	limits = some_limits;
	limits.cpus = 3;
	memcpy(limits.processor, host.processor, sizeof(host.processor));
	cr_assert(zero(int, mount("none", PLACE, "tmpfs", 0, NULL)));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put_proc(files[i]);
	cr_assert(zero(int, mount("none", "/sys", "tmpfs", 0, NULL)));
	put_sys("");
}

static bool
has(const char *program)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "command -v %s >/dev/null", program);
	return system(line) == 0; /* NOLINT(cert-env33-c): a test's own words */
}

/* What a shell prints, blanks made one. */
static void
expect_output(const char *program, const char *command, const char *wanted)
{
	char line[512];
	char text[1024] = "";
	FILE *out;

	cr_assert(has(program), "%s is not installed", program);
	(void)snprintf(line, sizeof(line), "{ %s; } 2>&1 | tr -s ' \\n' ' '",
	    command);
	out = popen(line, "re"); /* NOLINT(cert-env33-c): as above */
	cr_assert(ne(ptr, out, NULL));
	size_t got = fread(text, 1, sizeof(text) - 1, out);
	text[got] = '\0';
	pclose(out);
	cr_expect(eq(str, text, (char *)wanted), "%s", command);
}

Test(vproc_tools, procps)
{
	enter();
	expect_output("free", "LC_ALL=C free -m | tail -n 2",
	    "Mem: 1024 198 624 8 210 826 Swap: 256 16 240 ");
	expect_output("uptime", "LC_ALL=C uptime | sed 's/.*load/load/'",
	    "load average: 1.00, 0.51, 0.01 ");
	expect_output("uptime", "LC_ALL=C uptime -p", "up 1 minute ");
	expect_output("vmstat",
	    "LC_ALL=C vmstat | awk 'END { print $1, $2, $3, $4, $5, $6 }'",
	    "1 0 16384 638976 0 215040 ");
	expect_output("vmstat", "vmstat -d; vmstat -s | grep -c .", "28 ");
	expect_output("top",
	    "LC_ALL=C top -b -n1 | grep -E '^(MiB|KiB|GiB) Mem' | "
	    "sed 's/ free,.*//'",
	    "MiB Mem : 1024.0 total, 624.0 ");
	expect_output("swapon", "swapon --show=NAME,SIZE,USED --noheadings",
	    "/swap 256M 16M ");
}

Test(vproc_tools, processors)
{
	enter();
	expect_output("getconf", "getconf _NPROCESSORS_ONLN", "3 ");
	expect_output("lscpu",
	    "LC_ALL=C lscpu | grep -E '^(CPU\\(s\\)|On-line|Thread|Core|Socket|"
	    "NUMA node\\(s\\)|NUMA node0)|^ +(Thread|Core|Socket)'",
	    "CPU(s): 3 On-line CPU(s) list: 0-2 Thread(s) per core: 1 "
	    "Core(s) per socket: 3 Socket(s): 1 NUMA node(s): 1 "
	    "NUMA node0 CPU(s): 0-2 ");
}

Test(vproc_tools, python)
{
	if (!has("/usr/bin/python3"))
		cr_skip_test("python3 is not installed");
	enter();
	expect_output("/usr/bin/python3",
	    "/usr/bin/python3 -c 'import os; print(os.cpu_count(), "
	    "os.getloadavg()[0] >= 0)'",
	    "3 True ");
}

Test(vproc_tools, node)
{
	if (!has("node"))
		cr_skip_test("node is not installed");
	enter();
	expect_output("node",
	    "node -e 'const c = os.cpus(); console.log(c.length, "
	    "c[0].model.length > 0, c[2].times.idle, os.totalmem(), "
	    "os.freemem())'",
	    "3 true 40260 1073741824 866123776 ");
}
