/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/os.h"

int
os_bpf(int command, union bpf_attr *attributes, size_t size)
{
	return (int)syscall(SYS_bpf, command, attributes, size);
}
