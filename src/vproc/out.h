/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out - a window on a text that is written from its beginning: what lies
 * before and behind it is counted and goes nowhere, so that a text of any
 * length fits any buffer.
 */
#ifndef VPROC_OUT_H
#define VPROC_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "vproc/vproc.h"

struct vproc_out {
	char *buf;
	size_t size;
	uint64_t from; /* of the text goes to buf[0] */
	uint64_t at;   /* so much of it was written */
};

void out_bytes(struct vproc_out *out, const char *bytes, size_t length)
    __attribute__((nonnull));
void out_text(struct vproc_out *out, const char *text) __attribute__((nonnull));

/* At most 255 bytes. */
void out_format(struct vproc_out *out, const char *format, ...)
    __attribute__((nonnull, format(printf, 2, 3)));

/* What share of an amount one of the processors has; all shares are it. */
uint64_t share_of(uint64_t amount, unsigned cpu, unsigned cpus);

/* ---- what rows.c names ----------------------------------------------------
 */

#define VPROC_PUT(name)                                                        \
	void name(struct vproc_out *out, const struct vproc_file *file,        \
	    const struct vproc_limits *limits,                                 \
	    const struct vproc_usage *usage)

VPROC_PUT(put_boot_id);
VPROC_PUT(put_cpu_last);
VPROC_PUT(put_cpu_list);
VPROC_PUT(put_cpu_map);
VPROC_PUT(put_cpu_number);
VPROC_PUT(put_cpuinfo);
VPROC_PUT(put_file_max);
VPROC_PUT(put_loadavg);
VPROC_PUT(put_meminfo);
VPROC_PUT(put_node_meminfo);
VPROC_PUT(put_osrelease);
VPROC_PUT(put_own_map);
VPROC_PUT(put_stat);
VPROC_PUT(put_swaps);
VPROC_PUT(put_threads_max);
VPROC_PUT(put_uptime);
VPROC_PUT(put_version);
VPROC_PUT(put_version_line);
VPROC_PUT(put_vmstat);

#endif
