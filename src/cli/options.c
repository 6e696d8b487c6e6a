/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

static const struct cli_option *
find(const struct cli_option *options, const char *name, size_t length,
    bool is_letter)
{
	for (; options->name != NULL; options++) {
		if (is_letter && options->letter == name[0])
			return options;
		if (strlen(options->name) == length &&
		    strncmp(options->name, name, length) == 0)
			return options;
	}
	return NULL;
}

/* Returns how many words it took. */
static int
read_option(const struct cli_option *options, int left, char **argv,
    struct error *e)
{
	const char *name = argv[0] + 1 + (argv[0][1] == '-');
	const char *equals = strchr(name, '=');
	size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct cli_option *option =
	    find(options, name, length, length == 1);

	if (option == NULL)
		return error_set(e, EINVAL, "unknown option %s", argv[0]);
	if (option->flag != NULL) {
		if (equals != NULL && strcmp(equals + 1, "true") != 0 &&
		    strcmp(equals + 1, "false") != 0)
			return error_set(e, EINVAL, "option %s is a flag",
			    argv[0]);
		*option->flag = equals == NULL || equals[1] == 't';
		return 1;
	}
	if (equals == NULL && left < 2)
		return error_set(e, EINVAL, "option %s needs a value", argv[0]);
	*option->value = equals != NULL ? equals + 1 : argv[1];
	return equals != NULL ? 1 : 2;
}

int
cli_options(const struct cli_option *options, int argc, char **argv,
    struct error *e)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
		if (strcmp(argv[at], "--") == 0)
			return at + 1;
		int took = read_option(options, argc - at, argv + at, e);
		if (took < 0)
			return took;
		at += took;
	}
	return at;
}
