/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where there is no resctrl, as nearly everywhere; what becomes of its
 * directories is tests/unit/rdt/.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/auto.h"
#include "container/making.h"
#include "support.h"

#define RESCTRL_MAGIC 0x7655821

static char schema[] = "L3:0=f";
static const struct spec_intel_rdt wanted = { .l3_cache_schema = schema };
static const char refusal[] = "linux.intelRdt: ";

static void
skip_with_resctrl(void)
{
	struct statfs fs;

	if (statfs("/sys/fs/resctrl", &fs) == 0 && fs.f_type == RESCTRL_MAGIC)
		cr_skip_test("there is a resctrl here");
}

static bool
is_refused(const struct error *e)
{
	char line[512];

	error_format(e, line, sizeof(line));
	return e->code == ENOTSUP &&
	       strncmp(line, refusal, strlen(refusal)) == 0;
}

Test(container_rdt, one_that_wants_no_class_needs_no_file_system)
{
	const struct container_create request = { .id = "c1" };
	struct spec spec = { 0 };
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = &request;
	making.spec = &spec;
	cr_expect(zero(int, making_rdt_prepare(&making, &e)));
	cr_expect(eq(int, making.rdt, -1));
	cr_expect(eq(ptr, making.record.rdt_own, NULL));
	cr_expect(zero(int, making_rdt_create(&making, &e)));
	cr_expect(not(making.is_rdt_begun));
	cr_expect(zero(int, making_rdt_join(&making, &e)));
	cr_expect(zero(int, making_rdt_remove(&making, &e)));
	cr_expect(zero(int, container_rdt_join(NULL, "c1", 1, &e)));
	cr_expect(zero(int, e.code));
}

/* It must not run with all of the cache instead. */
Test(container_rdt, one_that_wants_a_class_is_refused_without)
{
	const struct container_create request = { .id = "c1" };
	struct spec spec = { .lnx.intel_rdt =
				 (struct spec_intel_rdt *)&wanted };
	struct making making = MAKING_NONE;
	struct error made = { 0 };
	struct error joined = { 0 };

	skip_with_resctrl();
	making.request = &request;
	making.spec = &spec;
	cr_expect(lt(int, making_rdt_prepare(&making, &made), 0));
	cr_expect(is_refused(&made), "%s", made.text);
	cr_expect(eq(ptr, making.record.rdt_own, NULL), "nothing to remove");
	cr_expect(lt(int, container_rdt_join(&wanted, "c1", 1, &joined), 0));
	cr_expect(is_refused(&joined), "%s", joined.text);
}

/* A container whose class went with the file system can be deleted. */
Test(container_rdt, what_is_gone_is_removed)
{
	char *const owns[] = { NULL, (char[]){ "" }, (char[]){ "lorica/c1" } };

	skip_with_resctrl();
	for (size_t i = 0; i < ARRAY_SIZE(owns); i++) {
		const struct container_record record = { .rdt_own = owns[i] };
		struct error e = { 0 };

		cr_expect(zero(int, container_rdt_remove(&record, &e)),
		    "row %zu", i);
		cr_expect(zero(int, e.code), "row %zu", i);
		cr_expect(eq(str, e.text, ""), "row %zu", i);
	}
}
