/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_process - what belongs to the process: ids, powers, limits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

/* "Name:\tvalue" of /proc/self/status, or NULL. */
static const char *
status_value(const char *name)
{
	static char text[8192];
	size_t length = strlen(name);

	if (read_text("/proc/self/status", text, sizeof(text)) == NULL)
		return NULL;
	for (char *line = strtok(text, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			return line + length + 2;
	}
	return NULL;
}

static void
three_ids(const char *name, uid_t real, uid_t effective, uid_t saved, int fs)
{
	out_open(name, '[');
	out_u64(NULL, real);
	out_u64(NULL, effective);
	out_u64(NULL, saved);
	out_u64(NULL, (uid_t)fs);
	out_close(']');
}

void
probe_ids(const char *name)
{
	gid_t groups[256];
	int count = getgroups(256, groups);
	uid_t r, e, s;

	out_open(name, '{');
	if (getresuid(&r, &e, &s) == 0)
		three_ids("uid", r, e, s, setfsuid((uid_t)-1));
	if (getresgid(&r, &e, &s) == 0)
		three_ids("gid", r, e, s, setfsgid((gid_t)-1));
	out_open("groups", '[');
	for (int i = 0; i < count; i++)
		out_u64(NULL, groups[i]);
	out_close(']');
	out_u64("umask", umask(0));
	out_close('}');
}

/* One set as a list of bit numbers. */
static void
set_bits(const char *name, uint64_t set)
{
	out_open(name, '[');
	for (unsigned bit = 0; bit < 64; bit++) {
		if (set >> bit & 1)
			out_u64(NULL, bit);
	}
	out_close(']');
}

void
probe_capabilities(const char *name)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t bounding = 0;
	uint64_t ambient = 0;

	if (syscall(SYS_capget, &header, data) < 0)
		return;
	for (unsigned bit = 0; bit <= CAP_LAST_CAP; bit++) {
		if (prctl(PR_CAPBSET_READ, bit) == 1)
			bounding |= UINT64_C(1) << bit;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, bit, 0, 0) ==
		    1)
			ambient |= UINT64_C(1) << bit;
	}
	out_open(name, '{');
	set_bits("bounding", bounding);
	set_bits("effective",
	    data[0].effective | (uint64_t)data[1].effective << 32);
	set_bits("inheritable",
	    data[0].inheritable | (uint64_t)data[1].inheritable << 32);
	set_bits("permitted",
	    data[0].permitted | (uint64_t)data[1].permitted << 32);
	set_bits("ambient", ambient);
	out_close('}');
}

void
probe_security(const char *name)
{
	const char *filters = status_value("Seccomp_filters");
	char label[4096];

	out_open(name, '{');
	out_bool("noNewPrivs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	out_i64("securebits", prctl(PR_GET_SECUREBITS));
	out_i64("dumpable", prctl(PR_GET_DUMPABLE));
	out_i64("filters", filters != NULL ? atoi(filters) : -1);
	const char *mode = status_value("Seccomp");
	out_i64("seccomp", mode != NULL ? atoi(mode) : -1);
	out_string("label",
	    read_text("/proc/self/attr/current", label, sizeof(label)));
	out_close('}');
}

static void
limit_value(rlim_t value)
{
	if (value == RLIM_INFINITY)
		out_string(NULL, "unlimited");
	else
		out_u64(NULL, value);
}

void
probe_rlimits(const char *name)
{
	static const char *const names[] = {
		[RLIMIT_AS] = "AS",
		[RLIMIT_CORE] = "CORE",
		[RLIMIT_CPU] = "CPU",
		[RLIMIT_DATA] = "DATA",
		[RLIMIT_FSIZE] = "FSIZE",
		[RLIMIT_LOCKS] = "LOCKS",
		[RLIMIT_MEMLOCK] = "MEMLOCK",
		[RLIMIT_MSGQUEUE] = "MSGQUEUE",
		[RLIMIT_NICE] = "NICE",
		[RLIMIT_NOFILE] = "NOFILE",
		[RLIMIT_NPROC] = "NPROC",
		[RLIMIT_RSS] = "RSS",
		[RLIMIT_RTPRIO] = "RTPRIO",
		[RLIMIT_RTTIME] = "RTTIME",
		[RLIMIT_SIGPENDING] = "SIGPENDING",
		[RLIMIT_STACK] = "STACK",
	};

	out_open(name, '{');
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)i, &limit) < 0)
			continue;
		out_open(names[i], '[');
		limit_value(limit.rlim_cur);
		limit_value(limit.rlim_max);
		out_close(']');
	}
	out_close('}');
}

/* struct sched_attr: its header and glibc's do not go together. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t clamp_min, clamp_max;
};

void
probe_scheduler(const char *name)
{
	struct scheduling attr = { .size = sizeof(attr) };

	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) < 0) {
		out_errno(name, errno);
		return;
	}
	out_open(name, '{');
	out_u64("policy", attr.policy);
	out_i64("nice", attr.nice);
	out_u64("priority", attr.priority);
	out_u64("flags", attr.flags);
	out_u64("runtime", attr.runtime);
	out_u64("deadline", attr.deadline);
	out_u64("period", attr.period);
	out_close('}');
}

void
probe_io_priority(const char *name)
{
	long value = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);

	out_open(name, '{');
	out_i64("class", value >> IOPRIO_CLASS_SHIFT);
	out_i64("level", value & 7);
	out_close('}');
}

void
probe_memory_policy(const char *name)
{
	unsigned long nodes[16] = { 0 };
	int mode = 0;

	if (syscall(SYS_get_mempolicy, &mode, nodes, 1024ul, NULL, 0) < 0) {
		out_errno(name, errno);
		return;
	}
	out_open(name, '{');
	out_i64("mode", mode & ~MPOL_MODE_FLAGS);
	out_i64("flags", mode & MPOL_MODE_FLAGS);
	out_u64("nodes", nodes[0]);
	out_close('}');
}

/* "keyring;uid;gid;perm;name" */
void
probe_keyring(const char *name)
{
	char text[512] = "";
	long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE,
	    KEY_SPEC_SESSION_KEYRING, text, sizeof(text));

	if (length < 0)
		out_errno(name, errno);
	else
		out_string(name, text);
}

void
probe_signals(const char *name)
{
	static const char *const names[] = { "SigBlk", "SigIgn", "SigPnd" };

	out_open(name, '{');
	for (unsigned i = 0; i < 3; i++)
		out_string(names[i], status_value(names[i]));
	out_close('}');
}

void
probe_affinity(const char *name)
{
	cpu_set_t set;

	out_open(name, '[');
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (CPU_ISSET(cpu, &set))
				out_u64(NULL, cpu);
		}
	}
	out_close(']');
}

void
probe_process(const char *name)
{
	char text[64];
	char cwd[4096];

	out_open(name, '{');
	out_i64("pid", getpid());
	out_i64("ppid", getppid());
	out_i64("session", getsid(0));
	out_i64("group", getpgrp());
	out_string("cwd", getcwd(cwd, sizeof(cwd)));
	out_i64("personality", personality(0xffffffff));
	const char *score =
	    read_text("/proc/self/oom_score_adj", text, sizeof(text));
	out_i64("oomScoreAdj", score != NULL ? atoi(score) : -10000);
	out_close('}');
}
