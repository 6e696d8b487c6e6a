/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - the table.
 *
 * A list has what programs were seen to need, not all that is harmless. What is
 * not in it is answered as by a kernel that does not know it.
 */
#define _GNU_SOURCE
#include "syscall/limit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* An int, of which the kernel looks at the lower half. */
#define INT 0xffffffffu
/* A pointer. */
#define ALL UINT64_MAX
/* How the descriptor behaves is in the upper bits of a socket's type. */
#define TYPE 0xfu

/* clang-format off */
#define WORD(word) { #word, (uint32_t)(word) }
#define NAMED(name, number) { #name, (number) }
#define KINDS(name, byte) { #name, (uint32_t)(byte) << 8 }
#define END { NULL, 0 }
/* clang-format on */

static const struct syscall_value zero[] = { NAMED(0, 0), END };

static const struct syscall_value paths[] = { WORD(O_PATH), END };

/* O_TMPFILE is O_DIRECTORY too, which changes nothing by itself. */
#define OPEN_CHANGES                                                           \
	((uint32_t)(O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY)))

static const struct syscall_value only_to_list[] = { WORD(O_DIRECTORY), END };
static const struct syscall_value only_to_write[] = { WORD(O_WRONLY), END };

/* ---- descriptors --------------------------------------------------------- */

static const struct syscall_value fcntls_to_lock[] = { WORD(F_OFD_SETLK),
	WORD(F_OFD_SETLKW), END };
static const struct syscall_value flocks[] = { WORD(LOCK_SH), WORD(LOCK_EX),
	END };
static const struct syscall_value fcntls[] = {
	WORD(F_DUPFD),
	WORD(F_DUPFD_CLOEXEC),
	WORD(F_GETFD),
	WORD(F_SETFD),
	WORD(F_GETFL),
	WORD(F_SETFL),
	NAMED(F_GETLK, 5),
	NAMED(F_SETLK, 6),
	NAMED(F_SETLKW, 7),
	WORD(F_OFD_GETLK),
	WORD(F_OFD_SETLK),
	WORD(F_OFD_SETLKW),
	WORD(F_GETOWN),
	WORD(F_SETOWN),
	/* By a struct, with the same in it: what libraries call. */
	NAMED(F_SETOWN_EX, 15),
	NAMED(F_GETOWN_EX, 16),
	WORD(F_GETPIPE_SZ),
	WORD(F_SETPIPE_SZ),
	WORD(F_ADD_SEALS),
	WORD(F_GET_SEALS),
	END,
};

/* Terminals, but not what puts words into their input; descriptors; and what a
 * network device is called and has. */
static const struct syscall_value ioctls[] = {
	WORD(FIOASYNC),
	WORD(FIOCLEX),
	WORD(FIONBIO),
	WORD(FIONCLEX),
	WORD(FIONREAD),
	WORD(TCFLSH),
	WORD(TCGETA),
	WORD(TCGETS),
	NAMED(TCGETS2, 0x802c542a),
	WORD(TCSBRK),
	WORD(TCSETA),
	WORD(TCSETAF),
	WORD(TCSETAW),
	WORD(TCSETS),
	WORD(TCSETSF),
	WORD(TCSETSW),
	NAMED(TCSETS2, 0x402c542b),
	NAMED(TCSETSW2, 0x402c542c),
	NAMED(TCSETSF2, 0x402c542d),
	WORD(TCXONC),
	WORD(TIOCGPGRP),
	WORD(TIOCGPTLCK),
	WORD(TIOCGPTN),
	WORD(TIOCGSID),
	WORD(TIOCGWINSZ),
	WORD(TIOCNOTTY),
	WORD(TIOCOUTQ),
	WORD(TIOCPKT),
	WORD(TIOCSCTTY),
	WORD(TIOCSPGRP),
	WORD(TIOCSPTLCK),
	WORD(TIOCSWINSZ),
	WORD(SIOCATMARK),
	WORD(SIOCGIFADDR),
	WORD(SIOCGIFBRDADDR),
	WORD(SIOCGIFCONF),
	WORD(SIOCGIFFLAGS),
	WORD(SIOCGIFHWADDR),
	WORD(SIOCGIFINDEX),
	WORD(SIOCGIFMTU),
	WORD(SIOCGIFNAME),
	WORD(SIOCGIFNETMASK),
	END,
};

/* Of files: what only tells, and what the kernel asks a descriptor that is open
 * for writing for. A file system's own alter what is only read, and give names:
 * a snapshot, a link that shares the data, a file by its handle. */
static const struct syscall_value ioctls_of_files[] = {
	NAMED(FIBMAP, 1),
	NAMED(FIGETBSZ, 2),
	NAMED(FS_IOC_GETUUID, 0x80111500),
	NAMED(FS_IOC_GETFSSYSFSPATH, 0x80811501),
	NAMED(FS_IOC_GETFLAGS, 0x80086601),
	NAMED(FS_IOC_GETVERSION, 0x80087601),
	NAMED(FS_IOC_FIEMAP, 0xc020660b),
	NAMED(FS_IOC_FSGETXATTR, 0x801c581f),
	NAMED(FS_IOC_GETFSLABEL, 0x81009431),
	NAMED(FS_IOC_MEASURE_VERITY, 0xc0046686),
	NAMED(FS_IOC_GET_ENCRYPTION_POLICY, 0x400c6615),
	NAMED(FS_IOC_GET_ENCRYPTION_POLICY_EX, 0xc0096616),
	NAMED(FICLONE, 0x40049409),
	NAMED(FICLONERANGE, 0x4020940d),
	NAMED(FIDEDUPERANGE, 0xc0189436),
	NAMED(FS_IOC_RESVSP, 0x40305828),
	NAMED(FS_IOC_UNRESVSP, 0x40305829),
	NAMED(FS_IOC_RESVSP64, 0x4030582a),
	NAMED(FS_IOC_UNRESVSP64, 0x4030582b),
	NAMED(FS_IOC_ZERO_RANGE, 0x40305839),
	NAMED(FAT_IOCTL_GET_ATTRIBUTES, 0x80047210),
	NAMED(FAT_IOCTL_GET_VOLUME_ID, 0x80047213),
	NAMED(VFAT_IOCTL_READDIR_BOTH, 0x82307201),
	NAMED(VFAT_IOCTL_READDIR_SHORT, 0x82307202),
	NAMED(PAGEMAP_SCAN, 0xc0606610),
	NAMED(PROCMAP_QUERY, 0xc0686611),
	END,
};

/* The second byte of a number says whose it is: terminals, sockets and devices,
 * which no file system shares it with. */
#define KIND 0xff00u
static const struct syscall_value ioctls_of_devices[] = {
	KINDS(blocks, 0x12),
	KINDS(scsi, 0x22),
	KINDS(perf, '$'),
	KINDS(vfio, ';'),
	KINDS(fences, '>'),
	KINDS(sound, 'A'),
	KINDS(mixer, 'M'),
	KINDS(sound_cards, 'U'),
	KINDS(evdev, 'E'),
	KINDS(framebuffer, 'F'),
	KINDS(hid, 'H'),
	KINDS(inotify, 'I'),
	KINDS(console, 'K'),
	KINDS(loop, 'L'),
	KINDS(ntsync, 'N'),
	KINDS(sequencer, 'Q'),
	KINDS(random, 'R'),
	KINDS(cdrom, 'S'),
	KINDS(terminals, 'T'),
	KINDS(video, 'V'),
	KINDS(watchdog, 'W'),
	KINDS(buffers, 'b'),
	KINDS(drm, 'd'),
	KINDS(joystick, 'j'),
	KINDS(spi, 'k'),
	KINDS(rtc, 'p'),
	KINDS(ppp, 't'),
	KINDS(udmabuf, 'u'),
	KINDS(media, '|'),
	KINDS(i2c, 0x07),
	KINDS(sockets, 0x89),
	KINDS(epoll, 0x8a),
	KINDS(wireless, 0x8b),
	KINDS(userfaultfd, 0xaa),
	KINDS(kvm, 0xae),
	KINDS(vhost, 0xaf),
	KINDS(namespaces, 0xb7),
	KINDS(fuse, 0xe5),
	KINDS(pidfd, 0xff),
	END,
};

/* The other end of a terminal, without its name. */
static const struct syscall_value terminals[] = {
	NAMED(TIOCGPTPEER, 0x5441),
	END,
};

/* ---- memory -------------------------------------------------------------- */

static const struct syscall_value advice[] = {
	WORD(MADV_NORMAL),
	WORD(MADV_RANDOM),
	WORD(MADV_SEQUENTIAL),
	WORD(MADV_WILLNEED),
	WORD(MADV_DONTNEED),
	WORD(MADV_FREE),
	WORD(MADV_HUGEPAGE),
	WORD(MADV_NOHUGEPAGE),
	WORD(MADV_DONTDUMP),
	WORD(MADV_DODUMP),
	WORD(MADV_WIPEONFORK),
	WORD(MADV_KEEPONFORK),
	NAMED(MADV_POPULATE_READ, 22),
	NAMED(MADV_POPULATE_WRITE, 23),
	END,
};

/* Those of the whole machine make every processor wait. */
static const struct syscall_value barriers[] = {
	WORD(MEMBARRIER_CMD_QUERY),
	WORD(MEMBARRIER_CMD_PRIVATE_EXPEDITED),
	WORD(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED),
	WORD(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE),
	WORD(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE),
	END,
};

#define MAPS_RARELY  (MAP_HUGETLB | MAP_GROWSDOWN)
#define MOVES_RARELY (~(uint32_t)(MREMAP_MAYMOVE | MREMAP_FIXED))

/* ---- processes ----------------------------------------------------------- */

static const struct syscall_value prctls[] = {
	WORD(PR_SET_PDEATHSIG),
	WORD(PR_GET_PDEATHSIG),
	WORD(PR_GET_DUMPABLE),
	WORD(PR_SET_DUMPABLE),
	WORD(PR_GET_KEEPCAPS),
	WORD(PR_SET_KEEPCAPS),
	WORD(PR_SET_NAME),
	WORD(PR_GET_NAME),
	WORD(PR_GET_SECCOMP),
	WORD(PR_CAPBSET_READ),
	WORD(PR_CAPBSET_DROP),
	WORD(PR_GET_SECUREBITS),
	WORD(PR_SET_SECUREBITS),
	WORD(PR_SET_TIMERSLACK),
	WORD(PR_GET_TIMERSLACK),
	WORD(PR_SET_CHILD_SUBREAPER),
	WORD(PR_GET_CHILD_SUBREAPER),
	WORD(PR_SET_NO_NEW_PRIVS),
	WORD(PR_GET_NO_NEW_PRIVS),
	WORD(PR_SET_THP_DISABLE),
	WORD(PR_GET_THP_DISABLE),
	WORD(PR_CAP_AMBIENT),
	NAMED(PR_SET_VMA, 0x53564d41),
	END,
};

/* A core is written where no path was asked for. */
static const struct syscall_value cores[] = { WORD(RLIMIT_CORE), END };
static const struct syscall_value limits_but_cores[] = {
	WORD(RLIMIT_CPU),
	WORD(RLIMIT_FSIZE),
	WORD(RLIMIT_DATA),
	WORD(RLIMIT_STACK),
	WORD(RLIMIT_RSS),
	WORD(RLIMIT_NPROC),
	WORD(RLIMIT_NOFILE),
	WORD(RLIMIT_MEMLOCK),
	WORD(RLIMIT_AS),
	WORD(RLIMIT_LOCKS),
	WORD(RLIMIT_SIGPENDING),
	WORD(RLIMIT_MSGQUEUE),
	WORD(RLIMIT_NICE),
	WORD(RLIMIT_RTPRIO),
	NAMED(RLIMIT_RTTIME, 15),
	END,
};

static const struct syscall_value segments[] = {
	NAMED(ARCH_SET_GS, 0x1001),
	NAMED(ARCH_SET_FS, 0x1002),
	NAMED(ARCH_GET_FS, 0x1003),
	NAMED(ARCH_GET_GS, 0x1004),
	END,
};

/* A child that is untraced would not have the sentry for its tracer, so that
 * another process of the container could become that. */
#define CLONE_HIDDEN CLONE_UNTRACED
#define CLONE_KEPT                                                             \
	(CLONE_HIDDEN | CLONE_PTRACE | CLONE_NEWNS | CLONE_NEWCGROUP |         \
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |       \
	    CLONE_NEWNET | CLONE_PIDFD)

static const struct syscall_value mounts[] = { WORD(CLONE_NEWNS), END };

/* Of unshare(2) alone: one without the mounts that there are. Linux 7.1. */
#define EMPTY_MOUNTS 0x00100000u
static const struct syscall_value empty_mounts[] = {
	NAMED(UNSHARE_EMPTY_MNTNS, EMPTY_MOUNTS),
	END,
};

/* Without priority inheritance, and moving waiters to what has it. */
static const struct syscall_value futexes[] = {
	WORD(FUTEX_WAIT),
	WORD(FUTEX_WAKE),
	WORD(FUTEX_REQUEUE),
	WORD(FUTEX_CMP_REQUEUE),
	WORD(FUTEX_WAKE_OP),
	WORD(FUTEX_WAIT_BITSET),
	WORD(FUTEX_WAKE_BITSET),
	END,
};

#define FUTEX_OPERATION                                                        \
	(INT & ~(uint32_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

static const struct syscall_value filtering[] = {
	WORD(SECCOMP_SET_MODE_FILTER),
	END,
};
static const struct syscall_value listening[] = {
	WORD(SECCOMP_FILTER_FLAG_NEW_LISTENER),
	END,
};

/* ---- network ------------------------------------------------------------- */

static const struct syscall_value local[] = { WORD(AF_UNIX), END };
static const struct syscall_value netlink[] = { WORD(AF_NETLINK), END };
static const struct syscall_value route[] = { WORD(NETLINK_ROUTE), END };
static const struct syscall_value internet[] = {
	WORD(AF_INET),
	WORD(AF_INET6),
	END,
};
static const struct syscall_value stream[] = { WORD(SOCK_STREAM), END };
static const struct syscall_value datagram[] = { WORD(SOCK_DGRAM), END };
static const struct syscall_value raw[] = { WORD(SOCK_RAW), END };
static const struct syscall_value transports[] = {
	WORD(SOCK_STREAM),
	WORD(SOCK_DGRAM),
	END,
};
static const struct syscall_value other_types[] = {
	WORD(SOCK_RDM),
	WORD(SOCK_SEQPACKET),
	WORD(SOCK_DCCP),
	END,
};
/* Not SCTP, whose options have addresses in them. */
static const struct syscall_value streams[] = {
	NAMED(0, 0),
	WORD(IPPROTO_TCP),
	NAMED(IPPROTO_MPTCP, 262),
	END,
};
static const struct syscall_value datagrams[] = {
	NAMED(0, 0),
	WORD(IPPROTO_UDP),
	WORD(IPPROTO_ICMP),
	WORD(IPPROTO_ICMPV6),
	END,
};
/* Not IPPROTO_RAW, whose packets say themselves where they go. */
static const struct syscall_value pings[] = {
	WORD(IPPROTO_ICMP),
	WORD(IPPROTO_ICMPV6),
	END,
};

static const struct syscall_value levels_socket[] = { WORD(SOL_SOCKET), END };
static const struct syscall_value levels_tcp[] = { WORD(IPPROTO_TCP), END };
static const struct syscall_value levels_ip[] = { WORD(IPPROTO_IP), END };
static const struct syscall_value levels_ipv6[] = { WORD(IPPROTO_IPV6), END };
/* IPv6 takes its option of raw sockets there, too. */
static const struct syscall_value levels_raw[] = {
	NAMED(SOL_RAW, 255),
	END,
};
static const struct syscall_value levels_netlink[] = {
	NAMED(SOL_NETLINK, 270),
	END,
};

static const struct syscall_value options_socket[] = {
	WORD(SO_REUSEADDR),
	WORD(SO_TYPE),
	WORD(SO_ERROR),
	WORD(SO_BROADCAST),
	WORD(SO_SNDBUF),
	WORD(SO_RCVBUF),
	WORD(SO_KEEPALIVE),
	WORD(SO_OOBINLINE),
	WORD(SO_LINGER),
	WORD(SO_REUSEPORT),
	WORD(SO_PASSCRED),
	WORD(SO_PEERCRED),
	WORD(SO_RCVLOWAT),
	WORD(SO_SNDLOWAT),
	NAMED(SO_RCVTIMEO, 20),
	NAMED(SO_SNDTIMEO, 21),
	WORD(SO_ACCEPTCONN),
	NAMED(SO_TIMESTAMP, 29),
	WORD(SO_PEERSEC),
	WORD(SO_PROTOCOL),
	WORD(SO_DOMAIN),
	END,
};

static const struct syscall_value options_tcp[] = {
	WORD(TCP_NODELAY),
	WORD(TCP_MAXSEG),
	WORD(TCP_CORK),
	WORD(TCP_KEEPIDLE),
	WORD(TCP_KEEPINTVL),
	WORD(TCP_KEEPCNT),
	WORD(TCP_SYNCNT),
	WORD(TCP_LINGER2),
	WORD(TCP_DEFER_ACCEPT),
	WORD(TCP_INFO),
	WORD(TCP_QUICKACK),
	WORD(TCP_USER_TIMEOUT),
	WORD(TCP_FASTOPEN),
	NAMED(TCP_NOTSENT_LOWAT, 25),
	NAMED(TCP_FASTOPEN_CONNECT, 30),
	END,
};

static const struct syscall_value options_ip[] = {
	WORD(IP_TOS),
	WORD(IP_TTL),
	WORD(IP_PKTINFO),
	WORD(IP_MTU_DISCOVER),
	WORD(IP_RECVERR),
	WORD(IP_RECVTTL),
	WORD(IP_RECVTOS),
	NAMED(IP_BIND_ADDRESS_NO_PORT, 24),
	WORD(IP_MULTICAST_IF),
	WORD(IP_MULTICAST_TTL),
	WORD(IP_MULTICAST_LOOP),
	WORD(IP_ADD_MEMBERSHIP),
	WORD(IP_DROP_MEMBERSHIP),
	WORD(IP_MULTICAST_ALL),
	END,
};

static const struct syscall_value options_ipv6[] = {
	WORD(IPV6_UNICAST_HOPS),
	WORD(IPV6_MULTICAST_IF),
	WORD(IPV6_MULTICAST_HOPS),
	WORD(IPV6_MULTICAST_LOOP),
	WORD(IPV6_JOIN_GROUP),
	WORD(IPV6_LEAVE_GROUP),
	WORD(IPV6_MTU_DISCOVER),
	WORD(IPV6_RECVERR),
	WORD(IPV6_V6ONLY),
	WORD(IPV6_RECVPKTINFO),
	WORD(IPV6_RECVHOPLIMIT),
	WORD(IPV6_DONTFRAG),
	WORD(IPV6_RECVTCLASS),
	WORD(IPV6_TCLASS),
	END,
};

static const struct syscall_value options_netlink[] = {
	NAMED(NETLINK_ADD_MEMBERSHIP, 1),
	NAMED(NETLINK_EXT_ACK, 11),
	NAMED(NETLINK_GET_STRICT_CHK, 12),
	END,
};

/* Source routes, and packets with heads of the caller's making. */
static const struct syscall_value routes_ip[] = {
	WORD(IP_HDRINCL),
	WORD(IP_OPTIONS),
	END,
};
static const struct syscall_value routes_ipv6[] = {
	WORD(IPV6_2292RTHDR),
	WORD(IPV6_2292PKTOPTIONS),
	WORD(IPV6_HDRINCL),
	WORD(IPV6_RTHDRDSTOPTS),
	WORD(IPV6_RTHDR),
	/* It takes control messages, with routes in them. */
	NAMED(IPV6_FLOWLABEL_MGR, 32),
	END,
};

static const struct syscall_value routes_raw[] = { WORD(IPV6_HDRINCL), END };

/* A handle on the process at the other end. */
static const struct syscall_value peers[] = {
	NAMED(SO_PASSPIDFD, 76),
	NAMED(SO_PEERPIDFD, 77),
	END,
};

/* Where packets leave, and what else comes in: of the host's interfaces. */
static const struct syscall_value outside_socket[] = {
	WORD(SO_DONTROUTE),
	WORD(SO_BINDTODEVICE),
	NAMED(SO_BINDTOIFINDEX, 62),
	END,
};
#define GROUPS_OF_HOST                                                         \
	WORD(MCAST_JOIN_GROUP), WORD(MCAST_BLOCK_SOURCE),                      \
	    WORD(MCAST_UNBLOCK_SOURCE), WORD(MCAST_LEAVE_GROUP),               \
	    WORD(MCAST_JOIN_SOURCE_GROUP), WORD(MCAST_LEAVE_SOURCE_GROUP),     \
	    WORD(MCAST_MSFILTER)
static const struct syscall_value outside_ip[] = {
	WORD(IP_MULTICAST_IF),
	WORD(IP_ADD_MEMBERSHIP),
	WORD(IP_DROP_MEMBERSHIP),
	WORD(IP_UNBLOCK_SOURCE),
	WORD(IP_BLOCK_SOURCE),
	WORD(IP_ADD_SOURCE_MEMBERSHIP),
	WORD(IP_DROP_SOURCE_MEMBERSHIP),
	WORD(IP_MSFILTER),
	GROUPS_OF_HOST,
	NAMED(IP_UNICAST_IF, 50),
	END,
};
static const struct syscall_value outside_ipv6[] = {
	WORD(IPV6_NEXTHOP),
	WORD(IPV6_MULTICAST_IF),
	WORD(IPV6_JOIN_GROUP),
	WORD(IPV6_LEAVE_GROUP),
	WORD(IPV6_JOIN_ANYCAST),
	WORD(IPV6_LEAVE_ANYCAST),
	GROUPS_OF_HOST,
	WORD(IPV6_PKTINFO),
	NAMED(IPV6_UNICAST_IF, 76),
	END,
};
static const struct syscall_value routed[] = { WORD(MSG_DONTROUTE), END };

/* ---- the table ----------------------------------------------------------- */

/* clang-format off */
#define WAY(...) { .tests = { __VA_ARGS__ } }
#define REFUSED(number, ...) { .tests = { __VA_ARGS__ }, .error = (number) }
#define TEST(argument, mask, words) { (argument), (mask), (words) }
#define WAYS(...) (const struct syscall_way[]){ __VA_ARGS__, { .tests = { { 0, 0, NULL } } } }
#define ONE_OF(argument, mask, words) WAYS(WAY(TEST(argument, mask, words)))

/* Of families that are there: as to somebody without CAP_NET_RAW, and where
 * nobody serves the protocol, or the type: socket(2). */
static const struct syscall_way unknown_sockets[] = {
	REFUSED(EPERM, TEST(0, INT, internet), TEST(1, TYPE, raw)),
	REFUSED(EPROTONOSUPPORT, TEST(0, INT, internet), TEST(1, TYPE, transports)),
	REFUSED(ESOCKTNOSUPPORT, TEST(0, INT, internet), TEST(1, TYPE, other_types)),
	REFUSED(EPROTONOSUPPORT, TEST(0, INT, netlink)),
	WAY(TEST(0, 0, NULL)),
};

/* Answered as done: programs that want none have that, and who raises a limit
 * seldom looks whether it has risen. */
static const struct syscall_way unset_cores[] = {
	REFUSED(0, TEST(0, INT, cores)),
	WAY(TEST(0, 0, NULL)),
};

static const struct syscall_arguments limits[SYSCALL_LIMITS] = {
	[SYSCALL_LIMIT_ARCH_PRCTL] = { "the bases of segments", ONE_OF(0, INT, segments), false },
	[SYSCALL_LIMIT_CLONE] = { "no new namespaces, no descriptor for the child, and none that is not traced",
	    ONE_OF(0, CLONE_KEPT, zero), false },
	[SYSCALL_LIMIT_CLONE_TRACED] = { "no child that is not traced", ONE_OF(0, CLONE_HIDDEN, zero), false },
	[SYSCALL_LIMIT_CLONE_MOUNTS] = { "CLONE_NEWNS", ONE_OF(0, CLONE_NEWNS, mounts), false },
	[SYSCALL_LIMIT_FCNTL] = { "descriptors, their flags and locks; pipes; seals", ONE_OF(1, INT, fcntls), false },
	[SYSCALL_LIMIT_FCNTL_LOCK] = { "locks of what is open", ONE_OF(1, INT, fcntls_to_lock), false },
	[SYSCALL_LIMIT_FLOCK_LOCK] = { "a lock", ONE_OF(1, INT & ~(uint32_t)LOCK_NB, flocks), false },
	[SYSCALL_LIMIT_FUTEX] = { "no priority inheritance", ONE_OF(1, FUTEX_OPERATION, futexes), false },
	[SYSCALL_LIMIT_IOCTL] = { "terminals, descriptors, what a network device has", ONE_OF(1, INT, ioctls), false },
	[SYSCALL_LIMIT_IOCTL_DECIDED] = { "of a file system what tells, and what asks for a descriptor to write", WAYS(
	    WAY(TEST(1, INT, ioctls_of_files)),
	    WAY(TEST(1, KIND, ioctls_of_devices))), false },
	[SYSCALL_LIMIT_IOCTL_PEER] = { "TIOCGPTPEER", ONE_OF(1, INT, terminals), false },
	[SYSCALL_LIMIT_LOOKED_UP] = { "no MSG_DONTROUTE", ONE_OF(3, MSG_DONTROUTE, routed), true },
	[SYSCALL_LIMIT_MADVISE] = { "use, dumps and children, of one's own memory", ONE_OF(2, INT, advice), false },
	[SYSCALL_LIMIT_MEMBARRIER] = { "of the process itself", ONE_OF(0, INT, barriers), false },
	[SYSCALL_LIMIT_MMAP] = { "no huge pages, and none that grow downwards", ONE_OF(3, MAPS_RARELY, zero), false },
	[SYSCALL_LIMIT_MREMAP] = { "nothing stays where it was", ONE_OF(3, MOVES_RARELY, zero), false },
	[SYSCALL_LIMIT_NO_ADDRESS] = { "no address", ONE_OF(4, ALL, zero), false },
	[SYSCALL_LIMIT_NO_LISTENER] = { "no listener", WAYS(
	    WAY(TEST(0, INT, filtering), TEST(1, SECCOMP_FILTER_FLAG_NEW_LISTENER, listening))), true },
	[SYSCALL_LIMIT_OPEN_PATH] = { "O_PATH", ONE_OF(1, O_PATH, paths), false },
	[SYSCALL_LIMIT_OPENAT_PATH] = { "O_PATH", ONE_OF(2, O_PATH, paths), false },
	[SYSCALL_LIMIT_OPEN_LIST] = { "an open that only lists", ONE_OF(1, OPEN_CHANGES | O_DIRECTORY, only_to_list), false },
	[SYSCALL_LIMIT_OPENAT_LIST] = { "an open that only lists", ONE_OF(2, OPEN_CHANGES | O_DIRECTORY, only_to_list), false },
	[SYSCALL_LIMIT_OPEN_READ] = { "an open that only reads", ONE_OF(1, OPEN_CHANGES, zero), false },
	[SYSCALL_LIMIT_OPENAT_READ] = { "an open that only reads", ONE_OF(2, OPEN_CHANGES, zero), false },
	[SYSCALL_LIMIT_OPEN_WRITE] = { "an open that only writes", ONE_OF(1, O_ACCMODE, only_to_write), false },
	[SYSCALL_LIMIT_OPENAT_WRITE] = { "an open that only writes", ONE_OF(2, O_ACCMODE, only_to_write), false },
	[SYSCALL_LIMIT_PRLIMIT] = { "its own, and no RLIMIT_CORE but to ask for it", WAYS(
	    WAY(TEST(0, INT, zero), TEST(1, INT, limits_but_cores)),
	    WAY(TEST(0, INT, zero), TEST(1, INT, cores), TEST(2, ALL, zero))), false },
	[SYSCALL_LIMIT_PRCTL] = { "names, ends, capabilities, and what a process may ask of itself",
	    ONE_OF(0, INT, prctls), false },
	[SYSCALL_LIMIT_SETNS_MOUNTS] = { "CLONE_NEWNS, or of any kind", WAYS(
	    WAY(TEST(1, CLONE_NEWNS, mounts)),
	    WAY(TEST(1, INT, zero))), false },
	[SYSCALL_LIMIT_SETRLIMIT] = { "no RLIMIT_CORE", ONE_OF(0, INT, limits_but_cores), false,
	    unset_cores },
	[SYSCALL_LIMIT_SOCKET] = { "AF_UNIX; TCP, UDP and echoes of AF_INET and AF_INET6; NETLINK_ROUTE", WAYS(
	    WAY(TEST(0, INT, local)),
	    WAY(TEST(0, INT, internet), TEST(1, TYPE, stream), TEST(2, INT, streams)),
	    WAY(TEST(0, INT, internet), TEST(1, TYPE, datagram), TEST(2, INT, datagrams)),
	    WAY(TEST(0, INT, netlink), TEST(2, INT, route))), false, unknown_sockets },
	[SYSCALL_LIMIT_SOCKET_DECIDED] = { "AF_UNIX, AF_NETLINK; TCP, UDP and echoes of AF_INET and AF_INET6", WAYS(
	    WAY(TEST(0, INT, local)),
	    WAY(TEST(0, INT, internet), TEST(1, TYPE, stream), TEST(2, INT, streams)),
	    WAY(TEST(0, INT, internet), TEST(1, TYPE, datagram), TEST(2, INT, datagrams)),
	    WAY(TEST(0, INT, internet), TEST(1, TYPE, raw), TEST(2, INT, pings)),
	    WAY(TEST(0, INT, netlink))), false, unknown_sockets },
	[SYSCALL_LIMIT_SOCKET_UNIX] = { "AF_UNIX", ONE_OF(0, INT, local), false },
	[SYSCALL_LIMIT_SOCKOPT] = { "options of sockets, TCP, IP, IPv6 and netlink that programs use", WAYS(
	    WAY(TEST(1, INT, levels_socket), TEST(2, INT, options_socket)),
	    WAY(TEST(1, INT, levels_tcp), TEST(2, INT, options_tcp)),
	    WAY(TEST(1, INT, levels_ip), TEST(2, INT, options_ip)),
	    WAY(TEST(1, INT, levels_ipv6), TEST(2, INT, options_ipv6)),
	    WAY(TEST(1, INT, levels_netlink), TEST(2, INT, options_netlink))), false },
	[SYSCALL_LIMIT_SOCKOPT_OUTSIDE] = { "no interface of the caller's choice, and no groups", WAYS(
	    WAY(TEST(1, INT, levels_socket), TEST(2, INT, outside_socket)),
	    WAY(TEST(1, INT, levels_ip), TEST(2, INT, outside_ip)),
	    WAY(TEST(1, INT, levels_ipv6), TEST(2, INT, outside_ipv6))), true },
	[SYSCALL_LIMIT_SOCKOPT_HANDLE] = { "a handle on who is at the other end",
	    WAYS(WAY(TEST(1, INT, levels_socket), TEST(2, INT, peers))), false },
	[SYSCALL_LIMIT_SOCKOPT_PEER] = { "no handle on who is at the other end",
	    WAYS(WAY(TEST(1, INT, levels_socket), TEST(2, INT, peers))), true },
	[SYSCALL_LIMIT_UNSHARE_MOUNTS] = { "a mount namespace", WAYS(
	    WAY(TEST(0, CLONE_NEWNS, mounts)),
	    WAY(TEST(0, EMPTY_MOUNTS, empty_mounts))), false },
	[SYSCALL_LIMIT_SOCKOPT_ROUTE] = { "no source routes, no packets with heads of the caller's, no handle on who is at the other end", WAYS(
	    WAY(TEST(1, INT, levels_socket), TEST(2, INT, peers)),
	    WAY(TEST(1, INT, levels_ip), TEST(2, INT, routes_ip)),
	    WAY(TEST(1, INT, levels_ipv6), TEST(2, INT, routes_ipv6)),
	    WAY(TEST(1, INT, levels_raw), TEST(2, INT, routes_raw))), true },
};
/* clang-format on */

const struct syscall_arguments *
syscall_limit_find(enum syscall_limit limit)
{
	return limit == SYSCALL_LIMIT_NONE ? NULL : &limits[limit];
}

static bool
test_holds(const struct syscall_test *test, const uint64_t args[6])
{
	uint64_t value = args[test->argument] & test->mask;

	for (const struct syscall_value *word = test->words; word->name != NULL;
	     word++) {
		if (value == word->number)
			return true;
	}
	return false;
}

static bool
way_holds(const struct syscall_way *way, const uint64_t args[6])
{
	for (size_t i = 0; i < SYSCALL_TESTS_MAX; i++) {
		if (way->tests[i].words != NULL &&
		    !test_holds(&way->tests[i], args))
			return false;
	}
	return true;
}

bool
syscall_limit_fits(enum syscall_limit limit, const uint64_t args[6])
{
	const struct syscall_arguments *found = syscall_limit_find(limit);

	if (found == NULL)
		return true;
	for (const struct syscall_way *way = found->ways;
	     way->tests[0].words != NULL; way++) {
		if (way_holds(way, args))
			return !found->otherwise;
	}
	return found->otherwise;
}
