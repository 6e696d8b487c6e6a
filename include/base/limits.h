/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - every size that a user or a container controls has its bound here.
 *
 * Layer 0. Uses nothing.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_JSON_BYTES    (4u << 20) /* config.json and other documents */
#define LIMIT_JSON_DEPTH    64         /* nested arrays and objects */
#define LIMIT_ID_BYTES      255        /* a container's name is a file's name */
#define LIMIT_IDMAPS        340   /* lines of uid_map: user_namespaces(7) */
#define LIMIT_GROUPS        65536 /* NGROUPS_MAX: setgroups(2) */
#define LIMIT_FILTER_INSNS  4096  /* BPF_MAXINSNS: seccomp(2) */
#define LIMIT_NET_ADDRESSES 256   /* of one device that is moved */
#define LIMIT_PASSWD_BYTES  (1u << 20) /* an image's /etc/passwd */
#define LIMIT_PRESERVE_FDS  1024       /* --preserve-fds, LISTEN_FDS */
#define LIMIT_MOUNTS        4096       /* of a configuration */
#define LIMIT_MOUNT_DATA    4096       /* options of a mount: mount(2) */
#define LIMIT_MOUNT_LINE    (64 << 10) /* of mountinfo: many layers, say */
#define LIMIT_SYMLINKS      40         /* links followed while making a path */
#define LIMIT_CGROUP_DEPTH  256        /* cgroups of a container, nested */
#define LIMIT_UNIT_BYTES    (1u << 20) /* a request to lorica-systemd */
#define LIMIT_UNIT_VALUES   8192       /* of one property of a unit */
#define LIMIT_CPUS          8192       /* numbers in cpuset.cpus and .mems */
#define LIMIT_CRIU_BYTES    (1u << 20) /* a request to lorica-criu */
#define LIMIT_CRIU_PARENTS  1024u      /* images that build on others */

#endif
