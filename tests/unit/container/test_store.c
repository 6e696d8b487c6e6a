/* SPDX-License-Identifier: Apache-2.0 */
#include "container/store.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/auto.h"

static int
temporary_root(char *path, size_t size)
{
	struct error e = { 0 };

	(void)snprintf(path, size, "/tmp/store.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(path), NULL));
	int root = store_open_root(path, false, &e);
	cr_assert(ge(int, root, 0));
	return root;
}

Test(container_store, only_plain_names_are_ids)
{
	static const struct {
		const char *id;
		int want;
	} rows[] = {
		{ "c1", 0 },
		{ "A_b+c.d-9", 0 },
		{ "", -EINVAL },
		{ ".", -EINVAL },
		{ "..", -EINVAL },
		{ ".hidden", -EINVAL },
		{ "a/b", -EINVAL },
		{ "a b", -EINVAL },
		{ "a\n", -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };

		cr_expect(eq(int, store_id_check(rows[i].id, &e), rows[i].want),
		    "row %zu", i);
		if (rows[i].want < 0)
			cr_expect(ne(ptr,
			    strstr(e.text, "invalid container ID format"),
			    NULL));
	}
}

Test(container_store, an_id_is_a_file_name_at_most)
{
	struct error e = { 0 };
	char id[300];

	memset(id, 'a', sizeof(id));
	id[255] = '\0';
	cr_expect(eq(int, store_id_check(id, &e), 0));
	id[255] = 'a';
	id[256] = '\0';
	cr_expect(eq(int, store_id_check(id, &e), -EINVAL));
}

Test(container_store, the_root_directory_holds_no_containers)
{
	static const char *const paths[] = { "", "/", "//" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error e = { 0 };

		cr_expect(
		    eq(int, store_open_root(paths[i], true, &e), -EINVAL));
	}
}

Test(container_store, an_id_is_claimed_once_and_private)
{
	char path[64];
	struct error e = { 0 };
	struct stat st;
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	cr_assert(zero(int, fstat(dir, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0700));
	cr_expect(eq(int, store_claim(root, "c1", &e), -EEXIST));
	cr_expect(eq(str, e.text, "container with given ID already exists"));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, an_absent_container_does_not_exist)
{
	char path[64];
	struct error e = { 0 };
	AUTO_FD int root = temporary_root(path, sizeof(path));

	cr_expect(eq(int, store_open(root, "c1", &e), -ENOENT));
	cr_expect(eq(str, e.text, "container does not exist"));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, a_record_is_read_back_as_written)
{
	char path[64];
	char id[] = "c1", bundle[] = "/b \"quoted\"", rootfs[] = "/b/r",
	     version[] = "1.3.0", key[] = "k", value[] = "line\n\xc3\xa9";
	struct spec_pair pair = { key, value };
	struct container_record want = { .id = id,
		.bundle = bundle,
		.rootfs = rootfs,
		.oci_version = version,
		.created_ns = 1700000000123456789u,
		.pid = 42,
		.start_time = UINT64_MAX,
		.uid = 4294967294u,
		.started = true,
		.annotations = { &pair, 1 } };
	AUTO(store_record_free) struct container_record got = { 0 };
	struct error e = { 0 };
	AUTO_FD int root = temporary_root(path, sizeof(path));
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	cr_expect(eq(int, store_read(dir, &got, &e), -ENOENT));
	e = (struct error){ 0 };
	cr_assert(zero(int, store_write(dir, &want, &e)));
	cr_assert(zero(int, store_read(dir, &got, &e)), "%s", e.text);
	cr_expect(eq(str, got.id, id));
	cr_expect(eq(str, got.bundle, bundle));
	cr_expect(eq(str, got.rootfs, rootfs));
	cr_expect(eq(str, got.oci_version, version));
	cr_expect(eq(u64, got.created_ns, want.created_ns));
	cr_expect(eq(int, got.pid, 42));
	cr_expect(eq(u64, got.start_time, UINT64_MAX));
	cr_expect(eq(u32, got.uid, want.uid));
	cr_expect(eq(int, got.started, true));
	cr_assert(eq(sz, got.annotations.count, 1));
	cr_expect(eq(str, got.annotations.items[0].value, value));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(path)));
}

Test(container_store, only_the_recorded_process_is_alive)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	struct container_record record = { .pid = pid,
		.start_time = store_start_time(pid) };
	int pidfd = -1;

	cr_expect(eq(int, store_status(&record, &pidfd), CONTAINER_CREATED));
	cr_expect(ge(int, pidfd, 0));
	auto_close(&pidfd);
	record.started = true;
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

Test(container_store, the_oci_state_of_a_stopped_container_has_no_pid)
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
	cr_expect(ne(ptr, strstr(state, "1970-01-01T00:00:00"), NULL));
}
