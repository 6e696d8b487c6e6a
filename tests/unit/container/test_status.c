/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"

Test(container_status, only_the_recorded_process_is_alive)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	struct container_record record = { .pid = pid,
		.start_time = store_start_time(pid),
		.status = CONTAINER_CREATED };
	int pidfd = -1;

	cr_expect(eq(int, store_status(&record, &pidfd), CONTAINER_CREATED));
	cr_expect(ge(int, pidfd, 0));
	auto_close(&pidfd);
	record.status = CONTAINER_RUNNING;
	cr_expect(eq(int, store_status(&record, NULL), CONTAINER_RUNNING));
	record.start_time++;
	cr_expect(eq(int, store_status(&record, &pidfd), CONTAINER_STOPPED),
	    "a reused pid");
	cr_expect(eq(int, pidfd, -1));
	record.start_time--;
	kill(pid, SIGKILL);
	siginfo_t info;
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	cr_expect(eq(int, store_status(&record, NULL), CONTAINER_STOPPED),
	    "a zombie");
	waitpid(pid, NULL, 0);
	record.pid = 0;
	cr_expect(eq(int, store_status(&record, NULL), CONTAINER_CREATING));
}

Test(container_status, the_oci_state_of_a_stopped_container_has_no_pid)
{
	char id[] = "c1", bundle[] = "/b", version[] = "1.3.0";
	struct container_record record = { .id = id,
		.bundle = bundle,
		.oci_version = version,
		.pid = 42 };
	AUTO_FREE char *state = store_oci_state(&record, CONTAINER_STOPPED);

	cr_assert(ne(ptr, state, NULL));
	cr_expect(ne(ptr, strstr(state, "\"status\":\"stopped\""), NULL));
	cr_expect(ne(ptr, strstr(state, "\"pid\":0,"), NULL));
	cr_expect(eq(ptr, strstr(state, "owner"), NULL), "hooks need no more");
}

Test(container_status, times_have_nanoseconds)
{
	char got[STORE_TIME_MAX];

	store_format_time(1700000000123456789u, got, sizeof(got));
	cr_expect(eq(str, got, "2023-11-14T22:13:20.123456789Z"));
	store_format_time(7, got, sizeof(got));
	cr_expect(eq(str, got, "1970-01-01T00:00:00.000000007Z"));
}

Test(container_status, owners_have_the_name_that_passwd_gives)
{
	char got[STORE_OWNER_MAX];

	store_format_owner(0, got, sizeof(got));
	cr_expect(eq(str, got, getpwuid(0)->pw_name));
	store_format_owner(4294967294u, got, sizeof(got));
	cr_expect(eq(str, got, "#4294967294"));
}
