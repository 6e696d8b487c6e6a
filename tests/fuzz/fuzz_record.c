/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_record - state.json and init.json: what is known of a container.
 *
 * The input is both files. They are in a directory that only the runtime's
 * user may write to, and are what it believes of a process before it sends a
 * signal. What is read has everything, can be printed as the OCI state, and is
 * the same when it is written and read again.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "check.h"
#include "container/store.h"
#include "files.h"
#include "fuzz.h"

static void
check_state(const struct container_record *record)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *state = store_oci_state(record, CONTAINER_RUNNING);
	const struct json *root;
	struct error e = { 0 };

	assert(arena != NULL && state != NULL);
	int failed = json_parse(arena, state, strlen(state), &root, &e);
	assert(failed == 0 && json_find(root, "id") != NULL);
}

static bool
is_same(const struct container_record *a, const struct container_record *b)
{
	bool same = strcmp(a->id, b->id) == 0 &&
		    strcmp(a->bundle, b->bundle) == 0 &&
		    strcmp(a->rootfs, b->rootfs) == 0 &&
		    strcmp(a->oci_version, b->oci_version) == 0 &&
		    strcmp(a->cgroup_path, b->cgroup_path) == 0 &&
		    a->created_ns == b->created_ns && a->uid == b->uid &&
		    a->cgroups == b->cgroups && a->pid == b->pid &&
		    a->start_time == b->start_time && a->status == b->status &&
		    a->annotations.count == b->annotations.count;

	for (size_t i = 0; same && i < a->annotations.count; i++)
		same = strcmp(a->annotations.items[i].key,
			   b->annotations.items[i].key) == 0 &&
		       strcmp(a->annotations.items[i].value,
			   b->annotations.items[i].value) == 0;
	return same;
}

static void
check_again(const struct container_record *record)
{
	AUTO(store_record_free) struct container_record again = { 0 };
	struct error e = { 0 };
	int dir = files_none();

	int failed = store_write(dir, record, &e);
	assert(failed == 0);
	failed = store_write_init(dir, record, &e);
	assert(failed == 0);
	failed = store_read(dir, &again, &e);
	assert(failed == 0);
	bool same = is_same(record, &again);
	assert(same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "state.json", "init.json", NULL };
	AUTO(store_record_free) struct container_record record = { 0 };
	AUTO(store_record_free) struct container_record init = { 0 };
	struct error e = { 0 };
	struct error init_e = { 0 };
	int dir = files_hold(names, data, size);

	if (store_read(dir, &record, &e) < 0) {
		check_line(&e);
	} else {
		check_state(&record);
		check_again(&record);
	}
	if (store_read_init(dir, &init, &init_e) < 0)
		check_line(&init_e);
	else
		assert(init.cgroup_path != NULL);
	return 0;
}
