/* SPDX-License-Identifier: Apache-2.0 */
/* A report of lines, as text. */
#ifndef TESTS_REPORT_SUPPORT_H
#define TESTS_REPORT_SUPPORT_H

#include "report/report.h"

typedef void report_put(FILE *out, const struct report *report);

/* Of a sandbox that works in /h/p, with the home /h, where /h/.ssh is hidden,
 * /tmp its own, and the rest read-only. The caller's to free. */
char *report_of(const char *const *lines, report_put *put);

/* An event of a call: its name, what is beside it as members, and its object.
 * In a buffer that the next call uses again. */
const char *
report_call(const char *call, const char *members, const char *object);

#endif
