/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"
#include "support.h"

static char empty[] = "", nowhere[] = "/lorica-unit-nowhere";
static const struct container_create request = { .id = "c1" };

Test(container_group, one_without_a_path_has_none)
{
	char *const paths[] = { NULL, empty };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct container_record record = { .cgroup_path =
							     paths[i] };
		struct error e = { 0 };

		cr_expect(eq(int, group_open(&record, &e), -ENOENT));
		cr_expect(zero(int, e.code), "that is no error");
		cr_expect(zero(int, group_remove(&record, &e)));
		cr_expect(eq(int, group_require(&record, &e), -ENOTSUP));
		cr_expect(eq(str, e.text,
		    "the container has no cgroup: it was created where none "
		    "could be made, or is gone"));
	}
}

/* Its container may have been the last to know of it. */
Test(container_group, one_that_is_gone_is_none)
{
	const struct container_record record = { .cgroup_path = nowhere };
	struct error e = { 0 };
	int found = group_open(&record, &e);

	cr_expect(eq(int, found, -ENOENT));
	cr_expect(zero(int, e.code), "%s", e.text);
	cr_expect(zero(int, group_remove(&record, &e)), "%s", e.text);
	cr_expect(eq(int, group_require(&record, &e), -ENOTSUP));
}

Test(container_group, only_what_runs_can_be_paused)
{
	struct container_record record = { .cgroup_path = nowhere,
		.pid = getpid(),
		.start_time = store_start_time(getpid()),
		.status = CONTAINER_RUNNING };

	cr_expect(eq(int, group_status(&record), CONTAINER_RUNNING));
	record.status = CONTAINER_CREATED;
	cr_expect(eq(int, group_status(&record), CONTAINER_CREATED));
	record.start_time++;
	cr_expect(eq(int, group_status(&record), CONTAINER_STOPPED));
}

/* A limit that nothing enforces would be a lie. */
Test(container_group, limits_need_one)
{
	struct spec_resources resources = {
		.pids_limit = { true, 5 },
	};
	struct spec spec = { 0 };
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = &request;
	making.spec = &spec;
	making.record.cgroups = CONTAINER_CGROUPS_DISABLED;
	cr_expect(zero(int, making_group_prepare(&making, &e)));
	cr_expect(eq(ptr, making.record.cgroup_path, NULL));
	spec.lnx.resources = &resources;
	cr_expect(eq(int, making_group_prepare(&making, &e), -ENOTSUP));
	cr_expect(eq(str, e.text,
	    "linux.resources: limits need a cgroup, and cgroups are disabled"));
}

/* What was never made, or is another's, is not removed. */
Test(container_group, nothing_is_removed_that_was_not_made)
{
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.record.cgroup_path = nowhere;
	cr_expect(zero(int, making_group_remove(&making, &e)), "%s", e.text);
	cr_expect(zero(int, e.code));
}

/* It is what delete finds, whatever happens next. */
Test(container_group, the_record_is_there_before_the_cgroup)
{
	struct spec spec = { 0 };
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = &request;
	making.spec = &spec;
	making.root = make_root();
	making.dir = store_claim(making.root, "c1", &e);
	cr_assert(ge(int, making.dir, 0));
	making.record.id = making.record.bundle = making.record.rootfs =
	    making.record.oci_version = empty;
	cr_assert(zero(int, making_group_create(&making, &e)), "%s", e.text);
	cr_expect(zero(int, faccessat(making.dir, "state.json", F_OK, 0)));
	cr_expect(eq(int, making.cgroup, -1));
	cr_expect(zero(int, store_remove(making.root, "c1", making.dir, &e)));
	clean_up(0);
}
