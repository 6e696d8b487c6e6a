/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - configurations for the tests of spec.
 */
#ifndef TESTS_UNIT_SPEC_SUPPORT_H
#define TESTS_UNIT_SPEC_SUPPORT_H

#include <stdbool.h>

#include "base/auto.h"
#include "spec/spec.h"

/*
 * tests/fuzz/corpus/config/full.json, which has every member, each with a
 * value of its own; reprinted: read, written by json_put_merged(), read again.
 */
struct spec *full_spec(bool reprinted);

/*
 * The line of error for a configuration that is fine but for what is laid over
 * it, by json_put_merged(), from JSON with ' for "; empty when there is none.
 */
const char *refusal(const char *change);

/* What is wrong with a linux.resources object alone. */
const char *resources_refusal(const char *resources);

#endif
