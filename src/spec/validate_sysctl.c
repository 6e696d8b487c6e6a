/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_sysctl - the rules for linux.sysctl: what has a namespace, which.
 */
#include <string.h>

#include "base/auto.h"
#include "rules.h"

struct sysctl_rule {
	const char *path; /* below /proc/sys */
	bool prefix;      /* else the whole path */
	enum spec_namespace_kind needs;
};

static const struct sysctl_rule sysctl_rules[] = {
	{ "kernel/msgmax", false, SPEC_NS_IPC },
	{ "kernel/msgmnb", false, SPEC_NS_IPC },
	{ "kernel/msgmni", false, SPEC_NS_IPC },
	{ "kernel/sem", false, SPEC_NS_IPC },
	{ "kernel/shmall", false, SPEC_NS_IPC },
	{ "kernel/shmmax", false, SPEC_NS_IPC },
	{ "kernel/shmmni", false, SPEC_NS_IPC },
	{ "kernel/shm_rmid_forced", false, SPEC_NS_IPC },
	{ "fs/mqueue/", true, SPEC_NS_IPC },
	{ "net/", true, SPEC_NS_NETWORK },
	{ "kernel/domainname", false, SPEC_NS_UTS },
	{ "user/", true, SPEC_NS_USER },
};

/* No component that leads elsewhere than down. */
static bool
is_plain(const char *path)
{
	for (;;) {
		size_t length = strcspn(path, "/");

		if (length == 0 || (length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[length] == '\0')
			return true;
		path += length + 1;
	}
}

bool
spec_sysctl_path(const char *key, char *path, size_t size)
{
	const char *first = strpbrk(key, "./");
	bool dotted = first != NULL && *first == '.';
	size_t length = strlen(key);

	if (length >= size)
		return false;
	memcpy(path, key, length + 1);
	for (char *c = path; dotted && *c != '\0'; c++) {
		if (*c == '.')
			*c = '/';
		else if (*c == '/')
			*c = '.';
	}
	return is_plain(path);
}

static const struct sysctl_rule *
find_sysctl_rule(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysctl_rules); i++) {
		const struct sysctl_rule *rule = &sysctl_rules[i];
		size_t length = strlen(rule->path);

		if (strncmp(path, rule->path, length) == 0 &&
		    (rule->prefix || path[length] == '\0'))
			return rule;
	}
	return NULL;
}

bool
spec_sysctl_needs(const char *key, enum spec_namespace_kind *out)
{
	char path[SPEC_SYSCTL_MAX];
	const struct sysctl_rule *rule = NULL;

	if (spec_sysctl_path(key, path, sizeof(path)))
		rule = find_sysctl_rule(path);
	if (rule != NULL)
		*out = rule->needs;
	return rule != NULL;
}

static int
check_sysctl(const struct spec *spec, const struct spec_pair *pair,
    struct error *e)
{
	char path[SPEC_SYSCTL_MAX];

	if (!spec_sysctl_path(pair->key, path, sizeof(path)))
		return FAIL("linux.sysctl: \"%s\" is no name of a sysctl",
		    pair->key);
	const struct sysctl_rule *rule = find_sysctl_rule(path);
	if (strcmp(path, "kernel/hostname") == 0)
		return FAIL("linux.sysctl.%s: use hostname instead", pair->key);
	if (rule == NULL)
		return FAIL("linux.sysctl.%s: is not in a namespace",
		    pair->key);
	if (!has_namespace(spec, rule->needs))
		return FAIL("linux.sysctl.%s: needs a new %s namespace",
		    pair->key, spec_namespace_name(rule->needs));
	for (const char *c = pair->value; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 && *c != '\t')
			return FAIL("linux.sysctl.%s: a control character in "
				    "the value",
			    pair->key);
	}
	return 0;
}

static int
sysctls(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->lnx.sysctl.count; i++)
		TRY(check_sysctl(spec, &spec->lnx.sysctl.items[i], e));
	return 0;
}

spec_rule *const spec_sysctl_rules[] = {
	sysctls,
	NULL,
};
