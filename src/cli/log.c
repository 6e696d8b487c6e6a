/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log - what callers read when a command fails.
 *
 * Exactly one object, only on error, unless --debug: some callers read the
 * whole file as one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli.h"

static void
write_log(const struct cli *cli, const char *level, const char *text)
{
	AUTO_FREE char *line = NULL;
	size_t length = 0;
	char when[40];
	struct tm tm;
	time_t now = time(NULL);

	if (cli->log == NULL)
		return;
	AUTO_FD int fd =
	    open(cli->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	FILE *out = open_memstream(&line, &length);
	if (fd < 0 || out == NULL)
		return;
	gmtime_r(&now, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (cli->log_format != NULL && strcmp(cli->log_format, "json") == 0) {
		fprintf(out, "{\"level\":\"%s\",\"msg\":", level);
		json_put_string(out, text);
		fprintf(out, ",\"time\":\"%s\"}\n", when);
	} else {
		fprintf(out, "time=\"%s\" level=%s msg=", when, level);
		json_put_string(out, text);
		fputc('\n', out);
	}
	if (fclose(out) == 0 && write(fd, line, length) < 0)
		return; /* stderr has it too */
}

void
cli_report(const struct cli *cli, const struct error *e)
{
	char line[4096];

	error_format(e, line, sizeof(line));
	fprintf(stderr, "lorica: %s\n", line);
	write_log(cli, "error", line);
}

void
cli_note(void *cli, const char *text)
{
	const struct cli *options = cli;

	if (options->debug)
		write_log(options, "debug", text);
}
