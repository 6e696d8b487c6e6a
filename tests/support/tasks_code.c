/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, "unmapped ROUNDS": threads that take away the code by which another
 * one calls, in the middle of the call. It ends by SIGSEGV, as it does without
 * a tracer.
 *
 * tasks, "looped ROUNDS": that write a loop over it, in which it stays until it
 * is killed. Another process opens files meanwhile.
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM 4096

typedef long (*code)(long dir, const char *path, long flags);

/* openat(2), and a return. */
static code
make_code(void)
{
#if defined(__x86_64__)
	const unsigned char bytes[] = { 0xb8, SYS_openat & 0xff,
		SYS_openat >> 8, 0, 0, 0x0f, 0x05, 0xc3 };
#elif defined(__aarch64__)
	const uint32_t bytes[] = { 0x52800008u | SYS_openat << 5, 0xd4000001,
		0xd65f03c0 };
#endif
	void *page = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memcpy(page, bytes, sizeof(bytes));
	__builtin___clear_cache(page, (char *)page + sizeof(bytes));
	return mprotect(page, ROOM, PROT_READ | PROT_EXEC) < 0
		   ? NULL
		   : (code)(uintptr_t)page;
}

/* The call becomes a jump to itself. */
static void
write_loop(code at)
{
#if defined(__x86_64__)
	const unsigned char loop[] = { 0xeb, 0xfe };
	size_t where = 5;
#elif defined(__aarch64__)
	const uint32_t loop[] = { 0x14000000 };
	size_t where = 4;
#endif
	char *page = (char *)(uintptr_t)at;

	if (mprotect(page, ROOM, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		_exit(2);
	memcpy(page + where, loop, sizeof(loop));
	__builtin___clear_cache(page, page + ROOM);
}

struct taken {
	code code;
	int delay;
};

static void *
take_away(void *context)
{
	const struct taken *taken = context;

	for (volatile int i = 0; i < taken->delay; i++)
		;
	munmap((void *)(uintptr_t)taken->code, ROOM);
	return NULL;
}

static atomic_bool *is_written;

static void *
replace(void *context)
{
	const struct taken *taken = context;

	for (volatile int i = 0; i < taken->delay; i++)
		;
	write_loop(taken->code);
	atomic_store(is_written, true);
	return NULL;
}

static void
call_for_ever(int delay, void *(*meanwhile)(void *))
{
	struct taken taken = { make_code(), delay };
	pthread_t thread;

	if (taken.code == NULL ||
	    pthread_create(&thread, NULL, meanwhile, &taken) != 0)
		_exit(1);
	for (;;)
		close((int)taken.code(AT_FDCWD, "/bin/tasks",
		    O_RDONLY | O_CLOEXEC));
}

int
tasks_unmapped(void)
{
	long rounds = strtol(tasks_words[2], NULL, 10);

	for (long i = 0; i < rounds; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0)
			call_for_ever((int)(i % 37) * 20000, take_away);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return tasks_bad("a child");
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
			return tasks_bad("its end");
	}
	return tasks_good();
}

static int
await_loop(pid_t child)
{
	while (!atomic_load(is_written)) {
		if (waitpid(child, NULL, WNOHANG) != 0)
			return tasks_bad("it has ended");
		sched_yield();
	}
	for (int i = 0; i < 30; i++) {
		int fd = open("/bin/tasks", O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return tasks_bad("open");
		close(fd);
	}
	return 0;
}

int
tasks_looped(void)
{
	long rounds = strtol(tasks_words[2], NULL, 10);

	is_written = mmap(NULL, sizeof(*is_written), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (is_written == MAP_FAILED)
		return tasks_bad("mmap");
	for (long i = 0; i < rounds; i++) {
		int status = 0;

		atomic_store(is_written, false);
		pid_t child = fork();
		if (child == 0)
			call_for_ever((int)(i % 37) * 20000, replace);
		if (child < 0 || await_loop(child) != 0)
			return 1;
		kill(child, SIGKILL);
		if (waitpid(child, &status, 0) != child ||
		    !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			return tasks_bad("its end");
	}
	return tasks_good();
}
