/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names - the words of the specification and the kernel's numbers for them.
 *
 * Private to spec. Each table ends with a NULL.
 */
#ifndef SPEC_NAMES_H
#define SPEC_NAMES_H

#include "base/json.h"

extern const struct json_word spec_capability_words[];
extern const struct json_word spec_rlimit_words[];
extern const struct json_word spec_arch_words[];
extern const struct json_word spec_scheduler_words[];
extern const struct json_word spec_scheduler_flag_words[];
extern const struct json_word spec_io_class_words[];
extern const struct json_word spec_namespace_words[];
extern const struct json_word spec_action_words[];
extern const struct json_word spec_operator_words[];
extern const struct json_word spec_filter_flag_words[];
extern const struct json_word spec_propagation_words[];
extern const struct json_word spec_memory_mode_words[];
extern const struct json_word spec_memory_flag_words[];
extern const struct json_word spec_personality_words[];

#endif
