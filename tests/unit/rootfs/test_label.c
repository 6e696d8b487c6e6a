/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "rootfs/plan.h"

Test(rootfs_label, only_what_the_policy_does_not_label_gets_a_context)
{
	static char type[][8] = { "tmpfs", "overlay", "devpts", "mqueue",
		"proc", "sysfs", "cgroup", "cgroup2" };
	static const enum label_way want[] = { LABEL_CONTEXT, LABEL_CONTEXT,
		LABEL_CONTEXT, LABEL_XATTR, LABEL_NONE, LABEL_NONE, LABEL_NONE,
		LABEL_NONE };

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char *none[] = { NULL };
		struct spec_mount mount = { .type = type[i] };
		struct planned planned = {
			.mount = &mount,
			.options = { .data = none },
		};

		cr_expect(eq(int, label_way(&planned), want[i]), "%s", type[i]);
		planned.options.bind = true;
		cr_expect(eq(int, label_way(&planned), LABEL_NONE), "bind");
	}
}

Test(rootfs_label, a_context_of_its_own_stays)
{
	static char own[][32] = { "context=a:b:c:s0", "fscontext=a:b:c:s0",
		"defcontext=a:b:c:s0", "rootcontext=a:b:c:s0" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		char *data[] = { own[i], NULL };
		struct spec_mount mount = { .type = (char[]){ "tmpfs" } };
		struct planned planned = {
			.mount = &mount,
			.options = { .data = data },
		};

		cr_expect(eq(int, label_way(&planned), LABEL_NONE), "%s",
		    own[i]);
	}
}
