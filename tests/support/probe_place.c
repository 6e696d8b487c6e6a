/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_place - where the process is: namespaces, mounts, devices, terminal.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

void
probe_namespaces(const char *name)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net",
		"pid", "time", "user", "uts" };

	out_open(name, '{');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (stat(path, &st) == 0)
			out_u64(names[i], st.st_ino);
	}
	out_close('}');
}

void
probe_names(const char *name)
{
	struct utsname names;

	if (uname(&names) < 0)
		return;
	out_open(name, '{');
	out_string("hostname", names.nodename);
	out_string("domainname", names.domainname);
	out_string("machine", names.machine);
	out_close('}');
}

/* The octal escapes of mountinfo, undone in place. */
static char *
unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0'; from++, to++) {
		unsigned code;

		if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
			*to = (char)(unsigned char)code;
			from += 3;
		} else {
			*to = *from;
		}
	}
	*to = '\0';
	return text;
}

/* proc_pid_mountinfo(5): fixed fields, optional ones up to "-", then three. */
static void
mount_line(char *line)
{
	char *fixed[6];
	char tags[512] = "";
	char *word = strtok(line, " ");

	for (int i = 0; i < 6 && word != NULL; i++) {
		fixed[i] = word;
		word = strtok(NULL, " ");
	}
	for (; word != NULL && strcmp(word, "-") != 0;
	     word = strtok(NULL, " ")) {
		strncat(tags, word, sizeof(tags) - strlen(tags) - 2);
		strcat(tags, " ");
	}
	const char *type = strtok(NULL, " ");
	char *source = strtok(NULL, " ");
	const char *super = strtok(NULL, " ");
	if (type == NULL || source == NULL || super == NULL)
		return;
	out_open(NULL, '{');
	out_i64("id", atoi(fixed[0]));
	out_i64("parent", atoi(fixed[1]));
	out_string("device", fixed[2]);
	out_string("root", unescape(fixed[3]));
	out_string("place", unescape(fixed[4]));
	out_words("flags", fixed[5], ',');
	out_words("propagation", tags, ' ');
	out_string("type", type);
	out_string("source", unescape(source));
	out_words("super", super, ',');
	out_close('}');
}

void
probe_mounts(const char *name)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;

	out_open(name, '[');
	while (file != NULL && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		mount_line(line);
	}
	out_close(']');
	free(line);
	if (file != NULL)
		fclose(file);
}

static const char *
kind_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "pipe";
	case S_IFSOCK:
		return "socket";
	case S_IFLNK:
		return "link";
	default:
		return "other";
	}
}

void
probe_descriptors(const char *name)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;

	out_open(name, '[');
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		int fd = atoi(entry->d_name);
		char link[4096];
		struct stat st;

		if (entry->d_name[0] == '.' || fd == dirfd(directory) ||
		    fstat(fd, &st) < 0)
			continue;
		ssize_t length = readlinkat(dirfd(directory), entry->d_name,
		    link, sizeof(link) - 1);
		link[length > 0 ? length : 0] = '\0';
		out_open(NULL, '{');
		out_i64("fd", fd);
		out_string("kind", kind_name(st.st_mode));
		out_string("link", link);
		out_i64("flags", fcntl(fd, F_GETFL));
		out_close('}');
	}
	out_close(']');
	if (directory != NULL)
		closedir(directory);
}

static void
device(int directory, const char *name)
{
	char target[4096];
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	out_open(name, '{');
	out_string("kind", kind_name(st.st_mode));
	out_u64("major", major(st.st_rdev));
	out_u64("minor", minor(st.st_rdev));
	out_u64("mode", st.st_mode & 07777);
	out_u64("uid", st.st_uid);
	out_u64("gid", st.st_gid);
	if (S_ISLNK(st.st_mode)) {
		ssize_t length =
		    readlinkat(directory, name, target, sizeof(target) - 1);
		target[length > 0 ? length : 0] = '\0';
		out_string("target", target);
	}
	out_close('}');
}

void
probe_devices(const char *name)
{
	DIR *directory = opendir("/dev");
	const struct dirent *entry;

	out_open(name, '{');
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] != '.')
			device(dirfd(directory), entry->d_name);
	}
	out_close('}');
	if (directory != NULL)
		closedir(directory);
}

void
probe_terminal(const char *name)
{
	struct winsize size = { 0 };
	int control = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	out_open(name, '{');
	out_bool("isatty", isatty(0) && isatty(1) && isatty(2));
	out_bool("controlling", control >= 0);
	if (ioctl(0, TIOCGWINSZ, &size) == 0) {
		out_u64("height", size.ws_row);
		out_u64("width", size.ws_col);
	}
	out_close('}');
	if (control >= 0)
		close(control);
}

static void
clock_value(const char *name, clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	out_open(name, '{');
	out_i64("secs", now.tv_sec);
	out_i64("nanosecs", now.tv_nsec);
	out_close('}');
}

void
probe_clocks(const char *name)
{
	char text[256];

	out_open(name, '{');
	clock_value("boottime", CLOCK_BOOTTIME);
	clock_value("monotonic", CLOCK_MONOTONIC);
	out_string("offsets",
	    read_text("/proc/self/timens_offsets", text, sizeof(text)));
	out_close('}');
}

void
probe_maps(const char *name)
{
	static const char *const names[] = { "uid_map", "gid_map",
		"setgroups" };

	out_open(name, '{');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];
		char text[4096];

		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		const char *got = read_text(path, text, sizeof(text));
		out_open(names[i], '[');
		for (char *line = got != NULL ? strtok(text, "\n") : NULL;
		     line != NULL; line = strtok(NULL, "\n")) {
			unsigned id, outer, size;

			if (sscanf(line, "%u %u %u", &id, &outer, &size) != 3) {
				out_string(NULL, line);
				continue;
			}
			out_open(NULL, '[');
			out_u64(NULL, id);
			out_u64(NULL, outer);
			out_u64(NULL, size);
			out_close(']');
		}
		out_close(']');
	}
	out_close('}');
}

void
probe_interfaces(const char *name)
{
	struct if_nameindex *list = if_nameindex();

	out_open(name, '[');
	for (size_t i = 0; list != NULL && list[i].if_index != 0; i++)
		out_string(NULL, list[i].if_name);
	out_close(']');
	if (list != NULL)
		if_freenameindex(list);
}
