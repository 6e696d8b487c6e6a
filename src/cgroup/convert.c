/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert - from the units of cgroup v1, which the specification kept, to v2's.
 */
#include <math.h>

#include "limits.h"

/*
 * Shares of 2 to 262144 to a weight of 1 to 10000: 10^((x^2 + 125 x) / 612 -
 * 7/34), x the logarithm of the shares to base 2. It maps the least, the
 * default (1024 to 100) and the most onto each other, as the older straight
 * line did not.
 */
uint64_t
convert_shares(uint64_t shares)
{
	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	double x = log2((double)shares);
	double weight = pow(10, (x * x + 125 * x) / 612 - 7.0 / 34);

	/* What is whole but for rounding is not to be rounded up. */
	return (uint64_t)ceil(weight - 1e-9);
}

/* 10 to 1000 onto 1 to 10000. */
uint64_t
convert_io_weight(uint64_t weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}
