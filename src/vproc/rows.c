/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows - what becomes of each file of procfs and sysfs. The first row that fits
 * decides; what none fits is hidden.
 */
#include "out.h"
#include "vproc/vproc.h"

#define HIDDEN(in, name, why)                                                  \
	{                                                                      \
		.tree = VPROC_##in, .path = (name), .answer = VPROC_HIDDEN,    \
		.reason = (why)                                                \
	}
#define NATIVE(in, name, why)                                                  \
	{                                                                      \
		.tree = VPROC_##in, .path = (name), .answer = VPROC_NATIVE,    \
		.reason = (why)                                                \
	}
#define MADE(in, name, by, why)                                                \
	{                                                                      \
		.tree = VPROC_##in, .path = (name), .answer = VPROC_GENERATED, \
		.put = (by), .reason = (why)                                   \
	}
/* The same, of what is used by now. */
#define LIVE(in, name, by, why)                                                \
	{                                                                      \
		.tree = VPROC_##in, .path = (name), .answer = VPROC_GENERATED, \
		.put = (by), .reason = (why), .is_live = true                  \
	}
#define TEXT(in, name, always, why)                                            \
	{                                                                      \
		.tree = VPROC_##in, .path = (name), .answer = VPROC_GENERATED, \
		.text = (always), .reason = (why)                              \
	}

#define TOPOLOGY "devices/system/cpu/cpu#/topology/"

/* clang-format off */
const struct vproc_row vproc_rows[] = {
	/* ---- of a process; #/task/# is the same ---- */

	NATIVE(PROC, "#",
	    "the kernel lists what is hidden, too"),
	NATIVE(PROC, "#/task",
	    "a directory of them"),
	NATIVE(PROC, "#/{cmdline,comm,environ,auxv,exe,cwd,root}",
	    "what the process is"),
	NATIVE(PROC, "#/{stat,statm,status,io,limits,personality}",
	    "of the process; its start fits the uptime in a time namespace, and "
	    "status has the host's masks of processors"),
	NATIVE(PROC, "#/{maps,smaps,smaps_rollup}",
	    "its memory; collectors of garbage read it"),
	NATIVE(PROC, "#/{fd,fdinfo,ns}/**",
	    "its descriptors; what they open is asked for like any other path"),
	NATIVE(PROC, "#/{mounts,mountinfo,mountstats,cgroup,cpuset}",
	    "of its namespaces; Java looks for its limits by them"),
	NATIVE(PROC, "#/{uid_map,gid_map,projid_map,setgroups,timens_offsets}",
	    "of its namespaces"),
	NATIVE(PROC, "#/{oom_adj,oom_score,oom_score_adj,coredump_filter}",
	    "servers set them for themselves"),
	NATIVE(PROC, "#/{loginuid,sessionid}",
	    "libaudit asks"),
	NATIVE(PROC, "#/attr/**",
	    "labels: libselinux and libapparmor ask"),
	HIDDEN(PROC, "#/net/{softnet_stat,protocols,sockstat,rt_acct}",
	    "of all namespaces together, and by the host's processors"),
	HIDDEN(PROC, "#/net/stat/**",
	    "of all namespaces together, and by the host's processors"),
	HIDDEN(PROC, "#/net/{ptype,ip_tables_matches,ip_tables_targets,"
	    "ip6_tables_matches,ip6_tables_targets,arp_tables_matches,"
	    "arp_tables_targets}",
	    "the kernel's functions and modules"),
	NATIVE(PROC, "#/net/**",
	    "of the network namespace"),
	NATIVE(PROC, "{self,thread-self,mounts,net}",
	    "a link"),
	HIDDEN(PROC, "#/{clear_refs,pagemap}",
	    "page tables, physical addresses"),
	HIDDEN(PROC, "#/{mem,map_files}/**",
	    "memory past the protection of its pages; a debugger has no "
	    "tracer either"),
	HIDDEN(PROC, "#/{stack,syscall,wchan}",
	    "the kernel's functions and addresses"),
	HIDDEN(PROC, "#/{sched,schedstat,autogroup,timerslack_ns,timers}",
	    "the scheduler's inside"),
	HIDDEN(PROC, "#/{numa_maps,patch_state,arch_status}",
	    "the host's nodes, patches, processors"),
	HIDDEN(PROC, "#/{ksm_stat,ksm_merging_pages}",
	    "whether others have the same pages"),

	/* ---- of the machine ---- */

	MADE(PROC, "cpuinfo", put_cpuinfo,
	    "as many as the limit; what instructions tell anyway"),
	LIVE(PROC, "loadavg", put_loadavg,
	    "processor time that was used, averaged"),
	LIVE(PROC, "meminfo", put_meminfo,
	    "the limit, and memory.stat"),
	LIVE(PROC, "stat", put_stat,
	    "the container's time, on processors of the limit"),
	LIVE(PROC, "swaps", put_swaps,
	    "the limit of swap, where there is one"),
	LIVE(PROC, "uptime", put_uptime,
	    "since the container's start"),
	MADE(PROC, "version", put_version,
	    "a release that is one of few"),
	LIVE(PROC, "vmstat", put_vmstat,
	    "memory.stat, where it has it"),
	TEXT(PROC, "{diskstats,partitions}", "",
	    "no disks: the traffic of others is not told"),
	TEXT(PROC, "cmdline", "\n",
	    "the host's has its disks and mitigations"),
	TEXT(PROC, "filesystems",
	    "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\n"
	    "nodev\tdevpts\nnodev\tmqueue\nnodev\toverlay\n",
	    "what containers are made of, not the host's modules"),
	TEXT(PROC, "cgroups",
	    "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t1\t1\n"
	    "cpu\t0\t1\t1\nio\t0\t1\t1\nmemory\t0\t1\t1\npids\t0\t1\t1\n",
	    "version 2: Java asks; not how many containers there are"),
	NATIVE(PROC, "sysvipc/**",
	    "of the IPC namespace"),
	NATIVE(PROC, "net/**",
	    "of the network namespace"),
	HIDDEN(PROC, "{interrupts,softirqs,schedstat,pressure}/**",
	    "how busy others are, to the keystroke; the control group has the "
	    "container's own pressure"),
	HIDDEN(PROC, "{kallsyms,kcore,vmallocinfo,iomem,mtrr}",
	    "addresses of the kernel, physical addresses"),
	HIDDEN(PROC, "{kpagecgroup,kpagecount,kpageflags}",
	    "physical pages"),
	HIDDEN(PROC, "{slabinfo,buddyinfo,pagetypeinfo,zoneinfo}",
	    "the host's memory: how an attack on it goes"),
	HIDDEN(PROC, "{sched_debug,timer_list,timer_stats,locks,latency_stats}",
	    "processes and files of others"),
	HIDDEN(PROC, "{config.gz,version_signature,modules,crypto,misc,"
	    "devices}",
	    "which holes the host's kernel has, and its modules"),
	HIDDEN(PROC, "{kmsg,sysrq-trigger,consoles,tty}/**",
	    "the host's log and console"),
	HIDDEN(PROC, "{acpi,bus,driver,fs,irq,scsi}/**",
	    "the host's hardware and file systems"),
	HIDDEN(PROC, "{dma,fb,ioports,mdstat,execdomains}",
	    "the host's hardware"),
	HIDDEN(PROC, "{keys,key-users}",
	    "keys: the calls are not there either"),

	/* ---- settings ---- */

	MADE(PROC, "sys/kernel/osrelease", put_osrelease,
	    "as uname(2)"),
	MADE(PROC, "sys/kernel/version", put_version_line,
	    "as uname(2)"),
	TEXT(PROC, "sys/kernel/ostype", "Linux\n",
	    "as uname(2)"),
	NATIVE(PROC, "sys/kernel/{hostname,domainname}",
	    "of the UTS namespace"),
	MADE(PROC, "sys/kernel/random/boot_id", put_boot_id,
	    "one for each container"),
	NATIVE(PROC, "sys/kernel/random/uuid",
	    "another at each reading"),
	TEXT(PROC, "sys/kernel/random/{entropy_avail,poolsize}", "256\n",
	    "what every kernel says since 5.18"),
	MADE(PROC, "sys/kernel/threads-max", put_threads_max,
	    "from the limit of memory, as the kernel has it from the host's"),
	TEXT(PROC, "sys/kernel/pid_max", "4194304\n",
	    "what the kernel has on large machines"),
	NATIVE(PROC, "sys/kernel/cap_last_cap",
	    "capabilities are dropped by it: has to be true"),
	NATIVE(PROC, "sys/kernel/{ngroups_max,overflowuid,overflowgid}",
	    "constants"),
	TEXT(PROC, "sys/kernel/core_pattern", "core\n",
	    "not the host's program"),
	TEXT(PROC, "sys/kernel/randomize_va_space", "2\n",
	    "the default"),
	TEXT(PROC, "sys/kernel/{core_uses_pid,tainted}", "0\n",
	    "the default"),
	NATIVE(PROC, "sys/kernel/{msgmax,msgmnb,msgmni,sem,shmall,shmmax,"
	    "shmmni,shm_rmid_forced,auto_msgmni}",
	    "of the IPC namespace"),
	NATIVE(PROC, "sys/vm/{max_map_count,mmap_min_addr,legacy_va_layout}",
	    "Elasticsearch and Wine ask: has to be true"),
	NATIVE(PROC, "sys/vm/{overcommit_memory,overcommit_ratio}",
	    "Redis and jemalloc ask: has to be true"),
	TEXT(PROC, "sys/vm/swappiness", "60\n",
	    "the default"),
	TEXT(PROC, "sys/vm/{nr_hugepages,nr_overcommit_hugepages}", "0\n",
	    "none of the host's pool"),
	MADE(PROC, "sys/fs/file-max", put_file_max,
	    "from the limit of memory, as threads-max"),
	NATIVE(PROC, "sys/fs/{nr_open,pipe-max-size,pipe-user-pages-soft,"
	    "pipe-user-pages-hard}",
	    "bounds of calls: have to be true"),
	NATIVE(PROC, "sys/fs/{inotify,mqueue}/**",
	    "of the user namespace, of the IPC namespace"),
	TEXT(PROC, "sys/fs/aio-max-nr", "65536\n",
	    "the default"),
	TEXT(PROC, "sys/fs/{aio-nr,suid_dumpable}", "0\n",
	    "others' are not counted; the default"),
	TEXT(PROC, "sys/fs/{protected_hardlinks,protected_symlinks}", "1\n",
	    "what nearly every system sets"),
	NATIVE(PROC, "sys/net/**",
	    "of the network namespace"),
	HIDDEN(PROC, "sys/**",
	    "the host's settings; several follow from its memory"),

	/* ---- sysfs ---- */

	MADE(SYS, "devices/system/cpu/online", put_cpu_list,
	    "processors of the limit: glibc counts them"),
	MADE(SYS, "devices/system/cpu/present", put_cpu_list,
	    "as online"),
	MADE(SYS, "devices/system/cpu/possible", put_cpu_last,
	    "up to what getcpu(2) may answer: allocators have arrays of that "
	    "length"),
	TEXT(SYS, "devices/system/cpu/kernel_max", "8191\n",
	    "a common value"),
	TEXT(SYS, "devices/system/cpu/offline", "\n",
	    "none"),
	TEXT(SYS, "devices/system/cpu/isolated", "\n",
	    "none"),
	TEXT(SYS, TOPOLOGY "physical_package_id", "0\n",
	    "one package"),
	TEXT(SYS, TOPOLOGY "die_id", "0\n",
	    "one package"),
	MADE(SYS, TOPOLOGY "core_id", put_cpu_number,
	    "each is a core"),
	MADE(SYS, TOPOLOGY "core_cpus", put_own_map,
	    "each is a core"),
	MADE(SYS, TOPOLOGY "core_cpus_list", put_cpu_number,
	    "each is a core"),
	MADE(SYS, TOPOLOGY "thread_siblings", put_own_map,
	    "each is a core"),
	MADE(SYS, TOPOLOGY "thread_siblings_list", put_cpu_number,
	    "each is a core"),
	MADE(SYS, TOPOLOGY "core_siblings", put_cpu_map,
	    "one package"),
	MADE(SYS, TOPOLOGY "core_siblings_list", put_cpu_list,
	    "one package"),
	MADE(SYS, TOPOLOGY "die_cpus", put_cpu_map,
	    "one package"),
	MADE(SYS, TOPOLOGY "die_cpus_list", put_cpu_list,
	    "one package"),
	MADE(SYS, TOPOLOGY "package_cpus", put_cpu_map,
	    "one package"),
	MADE(SYS, TOPOLOGY "package_cpus_list", put_cpu_list,
	    "one package"),
	HIDDEN(SYS, "devices/system/cpu/**",
	    "vulnerabilities, frequencies, idle states; the processor tells "
	    "its caches"),
	TEXT(SYS, "devices/system/node/online", "0\n",
	    "one node"),
	TEXT(SYS, "devices/system/node/possible", "0\n",
	    "one node"),
	TEXT(SYS, "devices/system/node/has_cpu", "0\n",
	    "one node"),
	TEXT(SYS, "devices/system/node/has_memory", "0\n",
	    "one node"),
	TEXT(SYS, "devices/system/node/has_normal_memory", "0\n",
	    "one node"),
	MADE(SYS, "devices/system/node/node0/cpulist", put_cpu_list,
	    "one node"),
	MADE(SYS, "devices/system/node/node0/cpumap", put_cpu_map,
	    "one node"),
	TEXT(SYS, "devices/system/node/node0/distance", "10\n",
	    "one node"),
	LIVE(SYS, "devices/system/node/node0/meminfo", put_node_meminfo,
	    "as meminfo of procfs"),
	NATIVE(SYS, "kernel/mm/transparent_hugepage/enabled",
	    "Redis, Go and Java ask: has to be true"),
	NATIVE(SYS, "kernel/mm/transparent_hugepage/defrag",
	    "Redis, Go and Java ask: has to be true"),
	NATIVE(SYS, "kernel/mm/transparent_hugepage/shmem_enabled",
	    "Redis, Go and Java ask: has to be true"),
	NATIVE(SYS, "kernel/mm/transparent_hugepage/hpage_pmd_size",
	    "Redis, Go and Java ask: has to be true"),
	NATIVE(SYS, "class/net/**",
	    "of the network namespace"),
	NATIVE(SYS, "devices/virtual/net/**",
	    "of the network namespace"),
	HIDDEN(SYS, "class/**",
	    "the host's hardware; dmi has its maker and serial number"),
	HIDDEN(SYS, "{block,bus,dev,devices}/**",
	    "the host's hardware"),
	HIDDEN(SYS, "{firmware,hypervisor,power}/**",
	    "the host's hardware, and what it runs on"),
	HIDDEN(SYS, "{fs,kernel,module}/**",
	    "the host's kernel: slabs, tracing, modules, addresses"),

	{ .path = NULL },
};
/* clang-format on */
