/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks - parts of the program, see tasks.c.
 */
#ifndef SUPPORT_TASKS_H
#define SUPPORT_TASKS_H

/* argv. */
extern char **tasks_words;

/* What main() returns. */
int tasks_good(void);
int tasks_bad(const char *what);

int tasks_trapped(void);
int tasks_foreign(void);
int tasks_interrupted(void);
int tasks_forged(void);
int tasks_longest(void);
int tasks_vsyscall(void);
int tasks_listener(void);
int tasks_untraced(void);
int tasks_asks(void);
int tasks_owned(void);
int tasks_sockets(void);
int tasks_opens(void);
int tasks_opens_exec(void);
int tasks_denied(void);
int tasks_denied_thread(void);
int tasks_place(void);
int tasks_replaced(void);
int tasks_replacement(void);
int tasks_memfd(void);
int tasks_unmapped(void);
int tasks_looped(void);
int tasks_stopped(void);
int tasks_watched(void);
int tasks_links(void);
int tasks_flight(void);
int tasks_leases(void);
int tasks_left(void);
int tasks_held(void);

#endif
