/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_sysctl - the rules for linux.sysctl: what has a namespace, which.
 */
#include <string.h>

#include "base/auto.h"
#include "rules.h"

struct sysctl_rule {
	const char *name;
	bool prefix; /* else the whole name */
	enum spec_namespace_kind needs;
};

static const struct sysctl_rule sysctl_rules[] = {
	{ "kernel.msgmax", false, SPEC_NS_IPC },
	{ "kernel.msgmnb", false, SPEC_NS_IPC },
	{ "kernel.msgmni", false, SPEC_NS_IPC },
	{ "kernel.sem", false, SPEC_NS_IPC },
	{ "kernel.shmall", false, SPEC_NS_IPC },
	{ "kernel.shmmax", false, SPEC_NS_IPC },
	{ "kernel.shmmni", false, SPEC_NS_IPC },
	{ "kernel.shm_rmid_forced", false, SPEC_NS_IPC },
	{ "fs.mqueue.", true, SPEC_NS_IPC },
	{ "net.", true, SPEC_NS_NETWORK },
	{ "kernel.domainname", false, SPEC_NS_UTS },
	{ "user.", true, SPEC_NS_USER },
};

/* The dotted form, whichever separator came first in the key. */
static void
normalise(const char *key, char *out, size_t size)
{
	const char *first = strpbrk(key, "./");
	bool slashed = first != NULL && *first == '/';
	size_t i = 0;

	for (; key[i] != '\0' && i + 1 < size; i++) {
		char c = key[i];

		if (slashed && c == '/')
			c = '.';
		else if (slashed && c == '.')
			c = '/';
		out[i] = c;
	}
	out[i] = '\0';
}

static const struct sysctl_rule *
find_sysctl_rule(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysctl_rules); i++) {
		const struct sysctl_rule *rule = &sysctl_rules[i];
		size_t length = strlen(rule->name);

		if (strncmp(name, rule->name, length) == 0 &&
		    (rule->prefix || name[length] == '\0'))
			return rule;
	}
	return NULL;
}

static int
check_sysctl(const struct spec *spec, const struct spec_pair *pair,
    struct error *e)
{
	char name[256];

	if (strlen(pair->key) >= sizeof(name))
		return FAIL("linux.sysctl: a name is too long");
	normalise(pair->key, name, sizeof(name));
	const struct sysctl_rule *rule = find_sysctl_rule(name);
	if (strcmp(name, "kernel.hostname") == 0)
		return FAIL("linux.sysctl.%s: use hostname instead", pair->key);
	if (rule == NULL || strstr(name, "..") != NULL)
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
