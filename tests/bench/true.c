/* SPDX-License-Identifier: Apache-2.0 */
/* true - the program in the containers that are timed. */
int
main(void)
{
	return 0;
}
