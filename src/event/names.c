/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

const struct json_word names_kinds[EVENT_KINDS + 1] = {
	{ "call", EVENT_CALL },
	{ "exec", EVENT_EXEC },
	{ "fork", EVENT_FORK },
	{ "exit", EVENT_EXIT },
	{ "signal", EVENT_SIGNAL },
	{ "decision", EVENT_DECISION },
	{ "lost", EVENT_LOST },
	{ NULL, 0 },
};

const struct json_word names_decisions[EVENT_DECISIONS + 1] = {
	{ "undecided", EVENT_UNDECIDED },
	{ "allowed", EVENT_ALLOWED },
	{ "denied", EVENT_DENIED },
	{ "logged", EVENT_LOGGED },
	{ "killed", EVENT_KILLED },
	{ "frozen", EVENT_FROZEN },
	{ "asked", EVENT_ASKED },
	{ NULL, 0 },
};
