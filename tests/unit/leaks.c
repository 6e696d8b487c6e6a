/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

/*
 * Tests are processes of criterion's, and asked for their leaks. Its own, the
 * one that starts them, now and then ends before it has freed what it knows of
 * the last: that is not ours, and would fail all of them.
 */
int
__lsan_is_turned_off(void)
{
	return criterion_current_test == NULL;
}
#endif
