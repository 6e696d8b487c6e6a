/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vproc - what a sealed container sees in place of the host's own numbers.
 *
 * Layer 2. Uses base and os. One table (rows.c) says for each file of procfs
 * and sysfs whether it is the kernel's own, made here from the container's
 * limits, or not there; what has no row is not there. docs/sealed-proc.md shows
 * the table, and argues it. uname(2), sysinfo(2) and sched_getaffinity(2)
 * answer from the same limits.
 *
 * Nothing allocates, and nothing reads what a container wrote: control groups
 * arrive as descriptors, texts are the kernel's. What is missing there is not
 * known, and gives values that programs can live with.
 *
 * Callers: vproc_host_read() once; vproc_limits_read() and vproc_usage_read()
 * about once a second, and before a text is written; then the rest, from any
 * thread that holds the struct still. Programs such as top(1) keep a file open
 * and read it again, so a caller that hands a copy over writes it anew.
 */
#ifndef VPROC_VPROC_H
#define VPROC_VPROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#define VPROC_PROCESSOR_MAX 4096
#define VPROC_CPUS_MAX      8192
#define VPROC_NAME_MAX      32 /* of an entry of a directory */
#define VPROC_UNLIMITED     UINT64_MAX

/* ---- the host: host.c, processor.c -------------------------------------- */

struct vproc_host {
	unsigned cpus;         /* that this process may use */
	unsigned last_cpu;     /* the highest number among them */
	uint64_t memory_bytes; /* of the machine */
	struct utsname names;
	char processor[VPROC_PROCESSOR_MAX]; /* vproc_processor() */
};

/* proc: os_proc_root(). Returns 0, or -1 with errno. */
int vproc_host_read(int proc, struct vproc_host *out)
    __attribute__((nonnull, warn_unused_result));

/*
 * Reduce the first processor of a /proc/cpuinfo to what a program can find out
 * by instructions of the processor alone. Lines that differ between processors
 * are left out. Always ended by NUL; "" when there is nothing of use.
 */
void vproc_processor(const char *cpuinfo, char out[VPROC_PROCESSOR_MAX])
    __attribute__((nonnull));

/* The newest release among those that are shown which the host's contains. */
const char *vproc_release(const char *host) __attribute__((nonnull));

/* ---- limits: limits.c ---------------------------------------------------- */

struct vproc_limits {
	unsigned cpus;     /* shown as 0 to cpus - 1; at least 1 */
	unsigned last_cpu; /* getcpu(2) may answer up to this */
	/* The host's that it has by the control group; none: by no group. */
	unsigned long set[VPROC_CPUS_MAX / (8 * sizeof(unsigned long))];
	uint64_t memory_bytes;
	uint64_t swap_bytes;
	bool memory_is_limited; /* else memory_bytes is a default */
	uint64_t start_ns;      /* CLOCK_BOOTTIME of the container's start */
	int64_t start_s;        /* CLOCK_REALTIME of it */
	uint8_t boot_id[16];    /* random */
	struct utsname names;   /* as uname(2) answers; the host name is the
				   caller's to set and to keep */
	char processor[VPROC_PROCESSOR_MAX];
};

/*
 * From the files of the control group and those above it, the least of each;
 * cgroup -1: there is none. Leaves the start, boot_id and the names' host and
 * domain as they are, so that it can be called again after an update. False:
 * there may be less, as one of the files that are there could not be read.
 */
bool vproc_limits_read(int cgroup, const struct vproc_host *host,
    struct vproc_limits *out) __attribute__((nonnull));

/* ---- usage: usage.c ------------------------------------------------------ */

enum vproc_count {
	VPROC_ANON,
	VPROC_FILE,
	VPROC_SHMEM,
	VPROC_MAPPED,
	VPROC_DIRTY,
	VPROC_WRITEBACK,
	VPROC_ACTIVE_ANON,
	VPROC_INACTIVE_ANON,
	VPROC_ACTIVE_FILE,
	VPROC_INACTIVE_FILE,
	VPROC_UNEVICTABLE,
	VPROC_RECLAIMABLE,
	VPROC_UNRECLAIMABLE,
	VPROC_STACKS,
	VPROC_PAGETABLES,
	VPROC_FAULTS,
	VPROC_MAJOR_FAULTS,
	VPROC_COUNTS,
};

/* Zeroed before the first reading. What is added up never goes back. */
struct vproc_usage {
	uint64_t memory_bytes; /* in use, page cache too */
	uint64_t swap_bytes;
	uint64_t count[VPROC_COUNTS]; /* of memory.stat */
	uint64_t user_us, system_us;
	uint64_t tasks;
	uint64_t uptime_ns;        /* since the container's start */
	uint64_t total_us;         /* that its processors had */
	uint64_t idle_us;          /* of these */
	uint64_t loads[3];         /* 1, 5, 15 minutes, 1 << VPROC_LOAD */
	uint64_t load_ns, load_us; /* when counted, and user and system then */
};

#define VPROC_LOAD 11 /* FSHIFT: loads are multiples of 1 / 2048 */

/* now_ns: CLOCK_BOOTTIME. cgroup -1: nothing but time is known. */
void vproc_usage_read(int cgroup, const struct vproc_limits *limits,
    uint64_t now_ns, struct vproc_usage *usage) __attribute__((nonnull));

/* ---- files: find.c, rows.c, write.c -------------------------------------- */

enum vproc_tree { VPROC_PROC, VPROC_SYS };

enum vproc_answer {
	VPROC_HIDDEN,    /* ENOENT */
	VPROC_NATIVE,    /* the kernel's own */
	VPROC_GENERATED, /* vproc_write(), or for a directory vproc_list() */
};

struct vproc_out;
struct vproc_file;
struct vproc_row {
	enum vproc_tree tree;
	const char *path; /* # is a number, and / ** all that is below */
	enum vproc_answer answer;
	const char *text; /* of a generated file that is always the same */
	void (*put)(struct vproc_out *out, const struct vproc_file *file,
	    const struct vproc_limits *limits, const struct vproc_usage *usage);
	const char *reason;
	bool is_live; /* the text tells of what is used, or of time */
};

/* Ended by a row without a path. The first that fits decides. */
extern const struct vproc_row vproc_rows[];

struct vproc_file {
	enum vproc_answer answer;
	const struct vproc_row *row; /* NULL: none, or a directory above some */
	unsigned number;             /* what # stood for in sysfs */
};

/*
 * path is relative to the root of its file system, resolved, and "" for the
 * root; it may be of any length.
 */
struct vproc_file vproc_find(enum vproc_tree tree, const char *path,
    const struct vproc_limits *limits) __attribute__((nonnull));

/*
 * The names in a directory of sysfs that is generated, one for each index from
 * 0 on. False when there are no more.
 */
bool vproc_list(const char *path, const struct vproc_limits *limits,
    size_t index, char name[VPROC_NAME_MAX]) __attribute__((nonnull));

/* Both of what the container is like. */
struct vproc_view {
	const struct vproc_limits *limits;
	const struct vproc_usage *usage;
};

/*
 * Bytes from..from + size of the text of a generated file. Returns the length
 * of the whole text, whatever went into buf; it is not ended by NUL.
 */
uint64_t
vproc_write(const struct vproc_file *file, const struct vproc_view *view,
    uint64_t from, char *buf, size_t size) __attribute__((nonnull));

/* ---- system calls: calls.c ----------------------------------------------- */

void vproc_uname(const struct vproc_limits *limits, struct utsname *out)
    __attribute__((nonnull));
void vproc_sysinfo(const struct vproc_view *view, struct sysinfo *out)
    __attribute__((nonnull));

/*
 * sched_getaffinity(2) of any task, as the kernel answers: the bytes that were
 * written to mask, or -EINVAL where size is not for a mask.
 */
long vproc_affinity(const struct vproc_limits *limits, size_t size, void *mask)
    __attribute__((nonnull));

#endif
