/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe report [WHAT...]  everything it sees, and what is asked for:
 *     read:PATH   text of a file        write:PATH  errno of opening it so
 *     list:PATH   names in a directory  stat:PATH   kind, owner, mode, device
 * probe hook FILE [WHAT...]    the same at the end of FILE, with what stdin has
 * probe call NAME [NUMBER...]  the result of one system call; NAME may be its
 *                              number
 * probe call32 NUMBER          the same by int 0x80, on x86-64 only
 * probe entries                try every entry point that a profile shuts: the
 *                              error of each, null where it succeeded
 * probe seize                  try to trace every process that came from
 *                              outside; what came of it in /dev/shm/seized
 * probe agent SOCKET RESULT    outside: take a seccomp listener, print what
 *                              came with it, answer every call with RESULT
 *
 * Prints one JSON object. Ends with 1 when it could not print it.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const struct {
	const char *name;
	probe_section *print;
} sections[] = {
	{ "ids", probe_ids },
	{ "capabilities", probe_capabilities },
	{ "security", probe_security },
	{ "rlimits", probe_rlimits },
	{ "scheduler", probe_scheduler },
	{ "ioPriority", probe_io_priority },
	{ "memoryPolicy", probe_memory_policy },
	{ "keyring", probe_keyring },
	{ "signals", probe_signals },
	{ "affinity", probe_affinity },
	{ "process", probe_process },
	{ "namespaces", probe_namespaces },
	{ "names", probe_names },
	{ "mounts", probe_mounts },
	{ "descriptors", probe_descriptors },
	{ "devices", probe_devices },
	{ "terminal", probe_terminal },
	{ "clocks", probe_clocks },
	{ "maps", probe_maps },
	{ "interfaces", probe_interfaces },
};

/* ---- what is asked for ------------------------------------------------ */

static void
ask_read(const char *name, const char *path)
{
	static char text[65536];

	if (read_text(path, text, sizeof(text)) == NULL)
		out_errno(name, errno);
	else
		out_string(name, text);
}

/* "EROFS" and its like; null when it may be written to. */
static void
ask_write(const char *name, const char *path)
{
	struct stat st;
	bool directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	int fd = directory ? open(path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)
			   : open(path, O_WRONLY | O_CLOEXEC);

	out_errno(name, fd < 0 ? errno : 0);
	if (fd >= 0)
		close(fd);
}

static void
ask_list(const char *name, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (directory == NULL) {
		out_errno(name, errno);
		return;
	}
	out_open(name, '[');
	while ((entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			out_string(NULL, entry->d_name);
	}
	out_close(']');
	closedir(directory);
}

static void
ask_stat(const char *name, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		out_errno(name, errno);
		return;
	}
	out_open(name, '{');
	out_u64("type", st.st_mode >> 12);
	out_u64("mode", st.st_mode & 07777);
	out_u64("uid", st.st_uid);
	out_u64("gid", st.st_gid);
	out_u64("major", major(st.st_rdev));
	out_u64("minor", minor(st.st_rdev));
	out_i64("size", st.st_size);
	out_close('}');
}

static void
ask(const char *what)
{
	static const struct {
		const char *prefix;
		void (*answer)(const char *name, const char *path);
	} rows[] = {
		{ "read:", ask_read },
		{ "write:", ask_write },
		{ "list:", ask_list },
		{ "stat:", ask_stat },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length = strlen(rows[i].prefix);

		if (strncmp(what, rows[i].prefix, length) == 0)
			rows[i].answer(what, what + length);
	}
}

static void
report(char **arguments)
{
	out_open("args", '[');
	for (char **at = arguments; *at != NULL; at++)
		out_string(NULL, *at);
	out_close(']');
	out_open("env", '[');
	for (char **at = environ; *at != NULL; at++)
		out_string(NULL, *at);
	out_close(']');
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		sections[i].print(sections[i].name);
	for (char **at = arguments; *at != NULL; at++)
		ask(*at);
}

static void
hook(char **arguments)
{
	static char text[65536];

	size_t got = fread(text, 1, sizeof(text) - 1, stdin);
	text[got] = '\0';
	out_string("stdin", text);
	report(arguments);
}

/* ---- one system call -------------------------------------------------- */

static void
call(const char *name, char **numbers)
{
	static const struct {
		const char *name;
		long number;
	} rows[] = {
		{ "getpgid", SYS_getpgid },
		{ "getpriority", SYS_getpriority },
		{ "personality", SYS_personality },
		{ "prctl", SYS_prctl },
		{ "socket", SYS_socket },
		{ "umask", SYS_umask },
		{ "unshare", SYS_unshare },
	};
	long values[6] = { 0 };

	for (size_t i = 0; i < 6 && numbers[i] != NULL; i++)
		values[i] = (long)strtoul(numbers[i], NULL, 0);
	long which = strtol(name, NULL, 10);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0)
			which = rows[i].number;
	}
	long result = syscall(which, values[0], values[1], values[2], values[3],
	    values[4], values[5]);
	int code = result < 0 ? errno : 0;
	out_i64("result", result);
	out_errno("errno", code);
}

static void
call32(long number)
{
#ifdef __x86_64__
	long result = number;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(0l)
			 : "memory", "r8", "r9", "r10", "r11");
	int code = (int)result < 0 ? -(int)result : 0;
	out_i64("result", code != 0 ? -1 : (int)result);
	out_errno("errno", code);
#else
	(void)number;
	out_errno("errno", ENOSYS);
#endif
}

int
main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "agent") == 0)
		return probe_agent(argv[2], strtol(argv[3], NULL, 0));
	if (argc > 2 && strcmp(argv[1], "events") == 0)
		return probe_events(argv[2]);
	if (argc > 2 && strcmp(argv[1], "notify") == 0)
		return probe_notify(argv + 2);
	if (argc > 2 && strcmp(argv[1], "hook") == 0 &&
	    freopen(argv[2], "ae", stdout) == NULL)
		return EXIT_FAILURE;
	if (argc > 1 && strcmp(argv[1], "seize") == 0)
		return probe_seize();
	out_open(NULL, '{');
	if (argc > 1 && strcmp(argv[1], "report") == 0)
		report(argv);
	else if (argc > 2 && strcmp(argv[1], "call") == 0)
		call(argv[2], argv + 3);
	else if (argc > 2 && strcmp(argv[1], "call32") == 0)
		call32(strtol(argv[2], NULL, 0));
	else if (argc > 1 && strcmp(argv[1], "entries") == 0)
		probe_entries();
	else if (argc > 2 && strcmp(argv[1], "hook") == 0)
		hook(argv);
	out_close('}');
	putchar('\n');
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
