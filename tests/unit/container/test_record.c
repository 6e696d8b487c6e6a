/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

Test(container_record, a_record_is_read_back_as_written)
{
	char id[] = "c1", bundle[] = "/b \"quoted\"", rootfs[] = "/b/r",
	     version[] = "1.3.0", own[] = "gold/mon_groups/c1", key[] = "k",
	     scope[] = "lorica-c1.scope", mark[] = "lorica container c1",
	     value[] = "line\n\xc3\xa9";
	struct spec_pair pair = { key, value };
	struct container_record want = { .id = id,
		.bundle = bundle,
		.rootfs = rootfs,
		.oci_version = version,
		.rdt_own = own,
		.scope = scope,
		.scope_mark = mark,
		.scope_manager = UNIT_USER,
		.created_ns = 1700000000123456789u,
		.pid = 42,
		.start_time = UINT64_MAX,
		.uid = 4294967294u,
		.status = CONTAINER_RUNNING,
		.cgroups = CONTAINER_CGROUPS_SYSTEMD,
		.is_config_done = true,
		.annotations = { &pair, 1 } };
	AUTO(store_record_free) struct container_record got = { 0 };
	struct error e = { 0 };
	AUTO_FD int root = make_root();
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	cr_expect(eq(int, store_read(dir, &got, &e), -ENOENT));
	e = (struct error){ 0 };
	cr_assert(zero(int, store_write(dir, &want, &e)));
	cr_assert(zero(int, store_read(dir, &got, &e)));
	cr_expect(eq(int, got.status, CONTAINER_CREATING), "no process yet");
	store_record_free(&got);
	cr_assert(zero(int, store_write_init(dir, &want, &e)));
	cr_assert(zero(int, store_read(dir, &got, &e)), "%s", e.text);
	cr_expect(eq(str, got.id, id));
	cr_expect(eq(str, got.bundle, bundle));
	cr_expect(eq(str, got.rootfs, rootfs));
	cr_expect(eq(str, got.oci_version, version));
	cr_expect(eq(u64, got.created_ns, want.created_ns));
	cr_expect(eq(str, got.rdt_own, own));
	cr_expect(eq(int, got.pid, 42));
	cr_expect(eq(u64, got.start_time, UINT64_MAX));
	cr_expect(eq(u32, got.uid, want.uid));
	cr_expect(eq(int, got.status, CONTAINER_RUNNING));
	cr_expect(eq(int, got.cgroups, CONTAINER_CGROUPS_SYSTEMD));
	cr_expect(got.is_config_done);
	cr_expect(eq(str, got.scope, scope));
	cr_expect(eq(str, got.scope_mark, mark));
	cr_expect(eq(int, got.scope_manager, UNIT_USER));
	cr_assert(eq(sz, got.annotations.count, 1));
	cr_expect(eq(str, got.annotations.items[0].value, value));
	store_record_free(&got);
	cr_assert(zero(int, store_read_init(dir, &got, &e)));
	cr_expect(eq(str, got.rdt_own, own), "without a state.json too");
	cr_expect(eq(str, got.scope, scope));
	cr_expect(eq(str, got.scope_mark, mark));
	cr_expect(eq(int, got.scope_manager, UNIT_USER));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_record, what_is_spoilt_is_named)
{
	static const struct {
		const char *file;
		const char *text;
		const char *want;
	} rows[] = {
		{ "state.json", "{}", "state.json: id is required" },
		{ "init.json", "{\"pid\":1}",
		    "init.json: startTime is required" },
		{ "init.json", "{\"pid\":1,\"startTime\":1,\"status\":\"x\"}",
		    "init.json: status: unknown value \"x\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(store_record_free) struct container_record got = { 0 };
		AUTO_FD int root = make_root();
		struct error e = { 0 };
		char line[256];
		pid_t pid = make_container(root, "c1", CONTAINER_RUNNING);
		AUTO_FD int dir = store_open(root, "c1", &e);

		cr_assert(
		    zero(int, store_file_write(dir, rows[i].file, rows[i].text,
				  strlen(rows[i].text), &e)));
		cr_expect(lt(int, store_read(dir, &got, &e), 0));
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)rows[i].want), "row %zu", i);
		clean_up(pid);
	}
}

Test(container_record, managers_have_three_names)
{
	enum container_cgroups got = CONTAINER_CGROUPS_FS;

	cr_expect(container_cgroups_find("disabled", &got));
	cr_expect(eq(int, got, CONTAINER_CGROUPS_DISABLED));
	cr_expect(not(container_cgroups_find("", &got)));
	cr_expect(eq(int, got, CONTAINER_CGROUPS_DISABLED));
}

Test(container_record, an_entry_without_state_does_not_exist)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	struct error e = { 0 };
	AUTO_FD int root = make_root();
	AUTO_FD int dir = store_claim(root, "c1", &e);

	cr_expect(eq(int, store_entry_open(test_root, "c1", false, &entry, &e),
	    -ENOENT));
	cr_expect(eq(str, e.text, "container does not exist"));
	cr_expect(eq(int, entry.dir, -1));
	cr_expect(zero(int, store_remove(root, "c1", dir, &e)));
	cr_expect(zero(int, rmdir(test_root)));
}
