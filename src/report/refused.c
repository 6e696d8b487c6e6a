/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused - who has refused a call, if anybody has.
 */
#include <string.h>

#include "report.h"

const char *const report_bys[REPORT_BYS] = {
	[REPORT_BY_MOUNT] = "mount",
	[REPORT_BY_HIDDEN] = "hidden",
	[REPORT_BY_NETWORK] = "network",
	[REPORT_BY_POLICY] = "policy",
	[REPORT_BY_PERMISSION] = "permission",
};

static bool
is_one_of(const char *error, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(error, *list) == 0)
			return true;
	}
	return false;
}

static bool
is_loopback(const char *object)
{
	return strncmp(object, "127.", 4) == 0 ||
	       strncmp(object, "[::1]:", 6) == 0;
}

static bool
has_no_path(const char *object)
{
	return object[0] != '/' && strncmp(object, "unix:", 5) != 0 &&
	       strncmp(object, "family:", 7) != 0;
}

/*
 * Was it for want of a network? With a list lorica-net says what it refused, by
 * names, and all that is not seen of it is the machine's own loopback.
 */
static bool
lacks_network(const struct report_config *config, const char *object,
    const char *error)
{
	static const char *const network[] = { "ENETUNREACH", "EHOSTUNREACH",
		"ENETDOWN", "EADDRNOTAVAIL", "ECONNREFUSED", NULL };

	if (config->has_network)
		return false;
	return config->net == NULL
		   ? is_one_of(error, network)
		   : is_loopback(object) && strcmp(error, "ECONNREFUSED") == 0;
}

/* In a user namespace an owner that it does not know is EINVAL. */
static bool
is_permission(const struct report_call *call)
{
	static const char *const permission[] = { "EACCES", "EPERM", NULL };

	return is_one_of(call->error, permission) ||
	       (call->is_of_owners && strcmp(call->error, "EINVAL") == 0);
}

/* Whose doing is the error? False: nobody's. */
static bool
find_by_error(const struct report_config *config,
    const struct report_call *call, enum report_by *by)
{
	bool is_internet = call->is_of_network && has_no_path(call->object);

	if (strcmp(call->error, "EROFS") == 0)
		*by = REPORT_BY_MOUNT;
	else if (is_internet &&
		 lacks_network(config, call->object, call->error))
		*by = REPORT_BY_NETWORK;
	else if ((!is_internet || config->net == NULL) && is_permission(call))
		*by = REPORT_BY_PERMISSION;
	else
		return false;
	return true;
}

/* Covered by something empty, whether it is there or not. */
static bool
is_hidden(const struct report_request *request, const struct report_call *call)
{
	const char *path = call->object;

	return path[0] == '/' && report_hidden(request, path) != NULL &&
	       (call->error == NULL || strcmp(call->error, "EEXIST") != 0);
}

/* Looked for in the sandbox's own /tmp, say, and in that of the machine. */
static bool
is_emptied(const struct report_request *request, const struct report_call *call)
{
	const char *path = call->object;

	return call->is_search && call->error != NULL && path[0] == '/' &&
	       strcmp(call->error, "ENOENT") == 0 &&
	       report_is_emptied(request, path) && report_is_there(path);
}

/* A file that is not there is nobody's doing. */
bool
report_who(const struct report_request *request, const struct report_call *call,
    enum report_by *by)
{
	if (call->was_decided)
		*by = REPORT_BY_POLICY;
	else if (is_hidden(request, call) || is_emptied(request, call))
		*by = REPORT_BY_HIDDEN;
	else
		return call->error != NULL &&
		       find_by_error(&request->config, call, by);
	return true;
}
