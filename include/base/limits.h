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
#define LIMIT_LAYER_DEPTH   256u       /* directories in a sandbox's layer */
#define LIMIT_OVERLAYS      256u       /* of a sandbox */
#define LIMIT_CRIU_BYTES    (1u << 20) /* a request to lorica-criu */
#define LIMIT_CRIU_PARENTS  1024u      /* images that build on others */

/* An image. Bytes and files of its layers are options of the command. */
#define LIMIT_IMAGE_LAYERS    1024u
#define LIMIT_IMAGE_MANIFESTS 4096u  /* of an index, and of all together */
#define LIMIT_IMAGE_FILES     65536u /* members of an archive of an image */
#define LIMIT_IMAGE_NESTED    8u /* indexes in indexes, links of an archive */
#define LIMIT_IMAGE_XATTR     (64 << 10)  /* XATTR_SIZE_MAX: xattr(7) */
#define LIMIT_IMAGE_TEXT      (64u << 20) /* of its documents and names */
#define LIMIT_IMAGE_MEMORY    (1ul << 30) /* of the helper, for all of it */
#define LIMIT_IMAGE_DEPTH     512u /* directories that a whiteout looks through */

/* A policy: what is asked of it takes time in proportion to these. */
#define LIMIT_GUARD_RULES     1024  /* of a section */
#define LIMIT_GUARD_PATTERN   255   /* states of a pattern: one a byte */
#define LIMIT_GUARD_STATES    32768 /* of all patterns */
#define LIMIT_GUARD_ADDRESSES 65536 /* of all rules, with their sets */
#define LIMIT_GUARD_PORTS     1024  /* ranges of a rule */
#define LIMIT_GUARD_HASHES    16384 /* of all rules */
#define LIMIT_GUARD_CALLS     1024  /* names of a rule */

#endif
