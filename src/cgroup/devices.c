/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices - put the device program of a container on its cgroup.
 *
 * It is there before the first process is, and an update replaces it at once
 * (BPF_F_REPLACE, 5.6): there is no moment with no program or with two.
 */
#define _GNU_SOURCE
#include "devices.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "os/os.h"

/* How it is told from programs of others, such as systemd's. */
#define PROGRAM_NAME "lorica_devices"
#define PROGRAMS_MAX 64

#define READ_WRITE (BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE)
#define ALL_ACCESS (READ_WRITE | BPF_DEVCG_ACC_MKNOD)

/* A node may be made of any device: using it is another matter. */
const struct device_rule device_defaults[] = {
	{ true, BPF_DEVCG_ACC_MKNOD, 0, DEVICE_ANY, DEVICE_ANY },
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 1, 3 },            /* null */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 1, 5 },            /* zero */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 1, 7 },            /* full */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 1, 8 },            /* random */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 1, 9 },            /* urandom */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 5, 0 },            /* tty */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 5, 1 },            /* console */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 5, 2 },            /* ptmx */
	{ true, ALL_ACCESS, BPF_DEVCG_DEV_CHAR, 136, DEVICE_ANY }, /* pts */
};
const size_t device_defaults_count = ARRAY_SIZE(device_defaults);

static int64_t
part(const struct spec_i64 *number)
{
	return number->is_set && number->value >= 0 ? number->value
						    : DEVICE_ANY;
}

struct device_rule
device_rule_of(const struct spec_device_rule *from)
{
	struct device_rule rule = {
		.allow = from->allow,
		.major = part(&from->major),
		.minor = part(&from->minor),
	};

	if (from->type == 'b')
		rule.type = BPF_DEVCG_DEV_BLOCK;
	if (from->type == 'c')
		rule.type = BPF_DEVCG_DEV_CHAR;
	for (const char *at = from->access; at != NULL && *at != '\0'; at++) {
		if (*at == 'r')
			rule.access |= BPF_DEVCG_ACC_READ;
		if (*at == 'w')
			rule.access |= BPF_DEVCG_ACC_WRITE;
		if (*at == 'm')
			rule.access |= BPF_DEVCG_ACC_MKNOD;
	}
	if (rule.access == 0)
		rule.access = ALL_ACCESS;
	return rule;
}

/* Returns a descriptor of the program, or -1. */
static int
load(const struct bpf_insn *code, size_t count)
{
	static const char license[] = "Apache-2.0";
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = (__u32)count,
		.insns = (uintptr_t)code,
		.license = (uintptr_t)license,
		.prog_name = PROGRAM_NAME,
	};

	return os_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* The rules of the configuration, then the defaults, as a loaded program. */
static int
load_rules(const struct spec_resources *resources)
{
	size_t given = resources == NULL ? 0 : resources->devices_count;
	size_t count = given + device_defaults_count;
	AUTO_FREE struct device_rule *rules = calloc(count, sizeof(*rules));
	AUTO_FREE struct bpf_insn *code =
	    calloc(program_room(count), sizeof(*code));

	if (rules == NULL || code == NULL)
		return -1;
	for (size_t i = 0; i < given; i++)
		rules[i] = device_rule_of(&resources->devices[i]);
	memcpy(rules + given, device_defaults, sizeof(device_defaults));
	return load(code, program_make(rules, count, code));
}

/* A descriptor of the program if it is ours, or -1. */
static int
open_ours(uint32_t id)
{
	union bpf_attr by_id = { .prog_id = id };
	AUTO_FD int fd = os_bpf(BPF_PROG_GET_FD_BY_ID, &by_id, sizeof(by_id));
	struct bpf_prog_info info = { 0 };
	union bpf_attr ask = {
		.info = {
			.bpf_fd = (__u32)fd,
			.info_len = sizeof(info),
			.info = (uintptr_t)&info,
		},
	};

	if (fd < 0 || os_bpf(BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof(ask)) < 0 ||
	    strncmp(info.name, PROGRAM_NAME, sizeof(info.name)) != 0)
		return -1;
	return take_fd(&fd);
}

/* The program that an earlier call put there, or -1. */
static int
find_ours(int dir)
{
	uint32_t ids[PROGRAMS_MAX] = { 0 };
	union bpf_attr ask = {
		.query = {
			.target_fd = (__u32)dir,
			.attach_type = BPF_CGROUP_DEVICE,
			.prog_ids = (uintptr_t)ids,
			.prog_cnt = PROGRAMS_MAX,
		},
	};

	if (os_bpf(BPF_PROG_QUERY, &ask, sizeof(ask)) < 0)
		return -1;
	for (uint32_t i = 0; i < ask.query.prog_cnt; i++) {
		int fd = open_ours(ids[i]);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Nobody gets BPF in a user namespace, nor without the capability. */
bool
cgroup_devices_are_limited(int proc)
{
	return geteuid() == 0 && os_has_capability(CAP_SYS_ADMIN) &&
	       os_is_first_user_namespace(proc);
}

int
cgroup_devices_apply(int dir, int proc, const struct spec_resources *resources,
    struct error *e)
{
	if (!cgroup_devices_are_limited(proc))
		return 0;

	AUTO_FD int program = load_rules(resources);
	if (program < 0)
		return error_sys(e,
		    "linux.resources.devices: load the program");
	AUTO_FD int old = find_ours(dir);
	union bpf_attr attach = {
		.target_fd = (__u32)dir,
		.attach_bpf_fd = (__u32)program,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags =
		    BPF_F_ALLOW_MULTI | (old >= 0 ? BPF_F_REPLACE : 0),
		.replace_bpf_fd = old >= 0 ? (__u32)old : 0,
	};
	if (os_bpf(BPF_PROG_ATTACH, &attach, sizeof(attach)) < 0)
		return error_sys(e,
		    "linux.resources.devices: attach the program");
	return 0;
}
