/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fused DIR WORD... - serve a file system there, by FUSE, that answers but for
 * what the words say, until it is killed. Root's.
 *
 *   flush   no close(2) of its file "f"
 *   access  no question whether somebody may enter its directory "d", but by
 *           those whose program's name begins with "lorica"
 *   program no reading of its script "x" by those, once the kernel has, for
 *           somebody who executes it
 *
 * Prints a line when it is mounted, and one when it falls silent. Who waits for
 * it when it is killed goes on, with an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES (1 << 17)

enum node { TOP = FUSE_ROOT_ID, FILE_F, DIRECTORY_D, SCRIPT_X };

static const char script[] = "#!/bin/sh\nexit 0\n";
static char *const *words;
static bool is_executed;
static int fuse;

static void
say(const char *what)
{
	puts(what);
	fflush(stdout);
}

/* Where nothing is answered. */
static bool
is_silent_at(const char *word)
{
	for (char *const *at = words; *at != NULL; at++) {
		if (strcmp(*at, word) == 0) {
			say("silent");
			return true;
		}
	}
	return false;
}

static void
answer(const struct fuse_in_header *in, int error, const void *out,
    size_t length)
{
	static char bytes[BYTES];
	struct fuse_out_header header = { .len = (uint32_t)(sizeof(header) +
							    length),
		.error = -error,
		.unique = in->unique };

	memcpy(bytes, &header, sizeof(header));
	if (length > 0)
		memcpy(bytes + sizeof(header), out, length);
	/* It may be interrupted by now. */
	if (write(fuse, bytes, header.len) < 0 && errno != ENOENT)
		exit(1);
}

static struct fuse_attr
attr_of(uint64_t node)
{
	uint32_t mode = node == FILE_F     ? S_IFREG | 0666
			: node == SCRIPT_X ? S_IFREG | 0755
					   : S_IFDIR | 0777;
	uint64_t size = node == FILE_F     ? 2
			: node == SCRIPT_X ? sizeof(script) - 1
					   : 0;

	return (struct fuse_attr){ .ino = node,
		.mode = mode,
		.nlink = 1,
		.size = size };
}

static void
look_up(const struct fuse_in_header *in, const char *name)
{
	uint64_t node = strcmp(name, "f") == 0   ? FILE_F
			: strcmp(name, "d") == 0 ? DIRECTORY_D
			: strcmp(name, "x") == 0 ? SCRIPT_X
						 : 0;
	struct fuse_entry_out out = { .nodeid = node,
		.entry_valid = 1000,
		.attr_valid = 1000,
		.attr = attr_of(node) };

	answer(in, node == 0 ? ENOENT : 0, &out, node == 0 ? 0 : sizeof(out));
}

static bool
is_the_sentry(uint32_t tid)
{
	char path[64], name[64] = "";

	(void)snprintf(path, sizeof(path), "/proc/%u/comm", tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_it = fd >= 0 && read(fd, name, sizeof(name) - 1) > 0 &&
		     strncmp(name, "lorica", 6) == 0;
	if (fd >= 0)
		close(fd);
	return is_it;
}

/* Each time, whoever has read it before: FOPEN_DIRECT_IO. */
static void
read_script(const struct fuse_in_header *in, const void *body)
{
	struct fuse_read_in asked;
	bool by_sentry = is_the_sentry(in->pid);

	memcpy(&asked, body, sizeof(asked));
	if (by_sentry && is_executed && is_silent_at("program"))
		return;
	is_executed = is_executed || !by_sentry;
	answer(in, 0, script, asked.offset == 0 ? sizeof(script) - 1 : 0);
}

static void
begin(const struct fuse_in_header *in)
{
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = 4096,
		.max_write = 4096,
		.max_background = 16,
		.congestion_threshold = 16 };

	answer(in, 0, &out, sizeof(out));
	say("mounted");
}

static void
serve(const struct fuse_in_header *in, const char *body)
{
	struct fuse_attr_out attr = { .attr_valid = 1000,
		.attr = attr_of(in->nodeid) };
	struct fuse_open_out opened = { .fh = 1,
		.open_flags = in->nodeid == SCRIPT_X ? FOPEN_DIRECT_IO : 0 };
	struct fuse_statfs_out whole = { .st = { .bsize = 4096,
					     .namelen = 255 } };

	switch (in->opcode) {
	case FUSE_INIT:
		begin(in);
		return;
	case FUSE_LOOKUP:
		look_up(in, body);
		return;
	case FUSE_GETATTR:
		answer(in, 0, &attr, sizeof(attr));
		return;
	case FUSE_STATFS:
		answer(in, 0, &whole, sizeof(whole));
		return;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in, 0, &opened, sizeof(opened));
		return;
	case FUSE_READ:
		if (in->nodeid == SCRIPT_X)
			read_script(in, body);
		else
			answer(in, 0, "f\n", 2);
		return;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(in, 0, NULL, 0);
		return;
	case FUSE_FLUSH:
		if (!is_silent_at("flush"))
			answer(in, 0, NULL, 0);
		return;
	case FUSE_ACCESS:
		if (in->nodeid != DIRECTORY_D || is_the_sentry(in->pid) ||
		    !is_silent_at("access"))
			answer(in, 0, NULL, 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

int
main(int argc, char **argv)
{
	static char bytes[BYTES] __attribute__((aligned(8)));
	char options[128];

	if (argc < 2)
		return 2;
	words = argv + 2;
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	(void)snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	if (fuse < 0 || mount("none", argv[1], "fuse", 0, options) < 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		struct fuse_in_header in;
		ssize_t got = read(fuse, bytes, sizeof(bytes) - 1);

		if (got < (ssize_t)sizeof(in)) {
			if (got < 0 && (errno == ENOENT || errno == EINTR))
				continue;
			return 0;
		}
		memcpy(&in, bytes, sizeof(in));
		bytes[got] = '\0';
		serve(&in, bytes + sizeof(in));
	}
}
