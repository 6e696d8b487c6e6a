/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "cli.h"

/* --help is in every table, by being in none. */
static const struct cli_option help_option = { "help", 'h' };

static bool
is_called(const struct cli_option *option, const char *name, size_t length)
{
	if (length == 1 && option->letter == name[0])
		return true;
	return strlen(option->name) == length &&
	       strncmp(option->name, name, length) == 0;
}

static const struct cli_option *
find(const struct cli_option *options, const char *name, size_t length)
{
	for (; options->name != NULL; options++) {
		if (is_called(options, name, length))
			return options;
	}
	return is_called(&help_option, name, length) ? &help_option : NULL;
}

/* With "=" and what runc's flags understand behind it. */
static int
set_flag(bool *flag, const char *word, const char *equals, struct error *e)
{
	static const struct {
		const char *word;
		bool value;
	} rows[] = {
		{ "true", true },
		{ "false", false },
		{ "1", true },
		{ "0", false },
		{ "t", true },
		{ "f", false },
		{ "T", true },
		{ "F", false },
		{ "TRUE", true },
		{ "FALSE", false },
		{ "True", true },
		{ "False", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (equals != NULL && strcmp(equals + 1, rows[i].word) != 0)
			continue;
		*flag = rows[i].value;
		return 1;
	}
	return error_set(e, EINVAL, "option %s is a flag", word);
}

static int
check_word(const struct cli_option *option, const char *value, struct error *e)
{
	if (option->words == NULL)
		return 0;
	for (const char *const *word = option->words; *word != NULL; word++) {
		if (strcmp(*word, value) == 0)
			return 0;
	}
	return error_set(e, EINVAL, "--%s: unknown value \"%s\"", option->name,
	    value);
}

/* Returns how many words it took. */
static int
read_option(const struct cli_option *options, int left, char **argv, bool *help,
    struct error *e)
{
	const char *name = argv[0] + 1 + (argv[0][1] == '-');
	const char *equals = strchr(name, '=');
	size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct cli_option *option = find(options, name, length);

	if (option == NULL)
		return error_set(e, EINVAL, "unknown option %s", argv[0]);
	if (option == &help_option)
		return set_flag(help, argv[0], equals, e);
	if (option->flag != NULL && option->value != NULL) {
		*option->flag = true;
		*option->value = equals != NULL ? equals + 1 : NULL;
		return 1;
	}
	if (option->flag != NULL)
		return set_flag(option->flag, argv[0], equals, e);
	if (equals == NULL && left < 2)
		/* Podman looks for these words to know that an option is known.
		 */
		return error_set(e, EINVAL, "flag needs an argument: %s",
		    argv[0]);

	const char *value = equals != NULL ? equals + 1 : argv[1];
	TRY(check_word(option, value, e));
	if (option->list != NULL)
		option->list->items[option->list->count++] =
		    (char *)(uintptr_t)value;
	else
		*option->value = value;
	return equals != NULL ? 1 : 2;
}

int
cli_options(const struct cli_option *options, int argc, char **argv, bool *help,
    struct error *e)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
		if (strcmp(argv[at], "--") == 0)
			return at + 1;
		int took = read_option(options, argc - at, argv + at, help, e);
		if (took < 0)
			return took;
		at += took;
	}
	return at;
}

static void
print_words(const char *const *words)
{
	for (const char *separator = ""; *words != NULL; words++) {
		printf("%s%s", separator, *words);
		separator = "|";
	}
}

void
cli_options_print(const struct cli_option *options)
{
	for (; options->name != NULL; options++) {
		if (options->help == NULL)
			continue;
		char letter[] = { '-', options->letter, ',', ' ', '\0' };

		printf("  %s--%s", options->letter != 0 ? letter : "",
		    options->name);
		if (options->flag != NULL && options->value != NULL)
			printf("[=%s]", options->argument);
		else if (options->flag == NULL)
			putchar(' ');
		if (options->words != NULL)
			print_words(options->words);
		else if (options->flag == NULL)
			printf("%s", options->argument);
		printf("\n        %s\n", options->help);
	}
}
