/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/bpf.h>

#include "os/os.h"

Test(os_bpf, a_command_that_is_none_is_refused)
{
	union bpf_attr attr = { 0 };

	errno = 0;
	cr_expect(eq(int, os_bpf(9999, &attr, sizeof(attr)), -1));
	cr_expect(ne(int, errno, 0));
}
