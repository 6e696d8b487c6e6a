/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

const struct json_word names_kinds[EVENT_KINDS + 1] = {
	{ "call", EVENT_CALL },
	{ "exec", EVENT_EXEC },
	{ "fork", EVENT_FORK },
	{ "exit", EVENT_EXIT },
	{ "lost", EVENT_LOST },
	{ NULL, 0 },
};

const struct json_word names_decisions[EVENT_DECISIONS + 1] = {
	{ "undecided", EVENT_UNDECIDED },
	{ "allowed", EVENT_ALLOWED },
	{ "logged", EVENT_LOGGED },
	{ "asked", EVENT_ASKED },
	{ "denied", EVENT_DENIED },
	{ "killed", EVENT_KILLED },
	{ "frozen", EVENT_FROZEN },
	{ NULL, 0 },
};
