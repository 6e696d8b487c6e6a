/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, "unmapped ROUNDS": threads that take away the code by which another
 * one calls, in the middle of the call. It ends by SIGSEGV, as it does without
 * a tracer.
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
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

static void
call_for_ever(int delay)
{
	struct taken taken = { make_code(), delay };
	pthread_t thread;

	if (taken.code == NULL ||
	    pthread_create(&thread, NULL, take_away, &taken) != 0)
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
			call_for_ever((int)(i % 37) * 20000);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return tasks_bad("a child");
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
			return tasks_bad("its end");
	}
	return tasks_good();
}
