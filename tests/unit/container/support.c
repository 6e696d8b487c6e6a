/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

char test_root[64];

int
make_root(void)
{
	struct error e = { 0 };

	(void)snprintf(test_root, sizeof(test_root), "/tmp/container.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(test_root), NULL));
	int root = store_open_root(test_root, false, &e);
	cr_assert(ge(int, root, 0));
	return root;
}

pid_t
make_container(int root, const char *id, enum container_status status)
{
	char empty[] = "";
	struct container_record record = { .id = (char *)id,
		.bundle = empty,
		.rootfs = empty,
		.oci_version = empty,
		.uid = getuid(),
		.status = status };
	struct error e = { 0 };

	record.pid = fork();
	if (record.pid == 0) {
		pause();
		_exit(0);
	}
	record.start_time = store_start_time(record.pid);
	AUTO_FD int dir = store_claim(root, id, &e);
	cr_assert(ge(int, dir, 0));
	cr_assert(zero(int, store_write(dir, &record, &e)));
	cr_assert(zero(int, store_write_init(dir, &record, &e)));
	return record.pid;
}

pid_t
make_running(void)
{
	AUTO_FD int root = make_root();

	return make_container(root, "c1", CONTAINER_RUNNING);
}

void
clean_up(pid_t pid)
{
	struct error e = { 0 };

	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	cr_expect(
	    zero(int, container_delete(test_root, "c1", true, NULL, NULL, &e)));
	cr_expect(zero(int, rmdir(test_root)));
}
