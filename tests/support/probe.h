/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe - what a program in a container sees of itself, as JSON.
 *
 * A static program for test bundles: it needs nothing of the root file system
 * but /proc for what no system call tells. Every value is printed as the
 * kernel gives it; a test judges it with jq.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Output. The name is of a member, or NULL in an array; commas are put where
 * they belong.
 */
void out_open(const char *name, char bracket); /* '{' or '[' */
void out_close(char bracket);                  /* '}' or ']' */
void out_i64(const char *name, int64_t value);
void out_u64(const char *name, uint64_t value);
void out_bool(const char *name, bool value);
void out_string(const char *name, const char *value); /* NULL: null */
void out_words(const char *name, const char *list, char separator);
void out_errno(const char *name, int code); /* "EPERM"; 0: null */

/* A file's text without its last newline, cut to size; NULL with errno. */
char *read_text(const char *path, char *buf, size_t size);

/* A member of the report prints one value under the name that it gets. */
typedef void probe_section(const char *name);

/* probe_process.c */
probe_section probe_ids, probe_capabilities, probe_security, probe_rlimits,
    probe_scheduler, probe_io_priority, probe_memory_policy, probe_keyring,
    probe_signals, probe_process, probe_affinity;

/* probe_place.c */
probe_section probe_namespaces, probe_names, probe_mounts, probe_descriptors,
    probe_devices, probe_terminal, probe_clocks, probe_maps, probe_interfaces;

/* probe_entries.c: a member for each. */
void probe_entries(void);

/* probe_seize.c: for ever. */
int probe_seize(void);

/* probe_agent.c: serve one listener; the status to exit with. */
int probe_agent(const char *path, int64_t result);

/* probe_events.c: serve one who listens; the status to exit with. */
int probe_events(const char *path);

/* probe_notify.c: send each text to NOTIFY_SOCKET; the status to exit with. */
int probe_notify(char *const *texts);

#endif
