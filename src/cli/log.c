/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log - what callers read when a command fails.
 *
 * Exactly one object, only on error, unless --debug or --log-level ask for
 * more: some callers read the whole file as one.
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

/* Returns 0, or a negative errno. */
static int
write_log(const struct cli *cli, const char *level, const char *text)
{
	AUTO_FREE char *line = NULL;
	size_t length = 0;
	char when[40];
	struct tm tm;
	time_t now = time(NULL);
	AUTO_FD int fd =
	    open(cli->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	FILE *out = fd < 0 ? NULL : open_memstream(&line, &length);

	if (out == NULL)
		return -errno;
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
	if (fclose(out) != 0)
		return -errno;
	return write(fd, line, length) == (ssize_t)length ? 0 : -errno;
}

void
cli_report(const struct cli *cli, const struct error *e)
{
	char line[4096];
	int failed = 0;

	error_format(e, line, sizeof(line));
	if (cli->log != NULL)
		failed = write_log(cli, "error", line);
	fprintf(stderr, "lorica: %s", line);
	/* Still one line, for those who read one. */
	if (failed < 0)
		fprintf(stderr, " (--log: %s)", strerrordesc_np(-failed));
	fputc('\n', stderr);
}

void
cli_note(void *cli, const char *text)
{
	(void)write_log(cli, "debug", text);
}

bool
cli_takes_notes(const struct cli *cli)
{
	return cli->log != NULL &&
	       (cli->debug || (cli->log_level != NULL &&
				  strcmp(cli->log_level, "debug") == 0));
}

void
cli_warn(void *cli, const char *text)
{
	(void)write_log(cli, "warning", text);
}

bool
cli_takes_warnings(const struct cli *cli)
{
	return cli_takes_notes(cli) ||
	       (cli->log != NULL && cli->log_level != NULL &&
		   strcmp(cli->log_level, "warning") == 0);
}
