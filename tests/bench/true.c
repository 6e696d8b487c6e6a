/* SPDX-License-Identifier: Apache-2.0 */
/* true - the program of the benchmark's containers; with an argument it stays,
 * for others to be executed beside it. */
#include <unistd.h>

int
main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? pause() : 0;
}
