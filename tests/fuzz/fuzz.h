/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz - what a fuzz target is: one file, one input format, one function.
 *
 * A target must return 0 for every input and find out by assert() whether what
 * it calls keeps its contract. libFuzzer calls it when the tree is configured
 * with CC=clang --enable-fuzzer; otherwise replay.c calls it with every file
 * of tests/fuzz/corpus/NAME, where the target is fuzz_NAME.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
