/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - tell of calls that are denied, in the tracer: by one write(2) each,
 * to a file or stderr, as the program may write there too.
 */
#define _GNU_SOURCE
#include "watch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"

int
cli_denials_open(struct cli_denials *denials, struct error *e)
{
	denials->shared = mmap(NULL, sizeof(*denials->shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (denials->shared == MAP_FAILED) {
		denials->shared = NULL;
		return error_sys(e, "mmap");
	}
	return 0;
}

void
cli_denials_close(struct cli_denials *denials)
{
	if (denials->shared != NULL)
		munmap(denials->shared, sizeof(*denials->shared));
	denials->shared = NULL;
}

/* What has another way by design, as libc has for clone3. */
static bool
is_fallback(uint32_t answer)
{
	return answer == (SECCOMP_RET_ERRNO | ENOSYS);
}

void
cli_denied(void *context, const struct trace_call *call,
    const struct spec_seccomp *profile, uint32_t answer)
{
	struct cli_denials *denials = context;
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	char name[64];
	const struct filter_denial denial = { profile, &call->data, answer,
		trace_name(call, name, sizeof(name)), name };

	if (denials->quiet_fallbacks && is_fallback(answer))
		return;
	denials->shared->count++;
	if (!filter_told_add(&denials->shared->told, &denial))
		return;
	FILE *out = open_memstream(&text, &length);
	if (out == NULL)
		return;
	fputs("lorica: ", out);
	filter_explain(out, &denial);
	if (fclose(out) == 0 && write(denials->fd, text, length) < 0)
		return; /* nobody reads it */
}

int
cli_explain_open(struct cli_explain *explain, bool detach,
    const struct container_watch **out, struct error *e)
{
	if (!explain->is_asked && explain->path == NULL)
		return 0;
	if (detach)
		return error_set(e, EINVAL,
		    "--explain: who watches the program ends with this "
		    "command, so that --detach cannot be");
	explain->denials.fd = STDERR_FILENO;
	if (explain->path != NULL) {
		explain->file = open(explain->path,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (explain->file < 0)
			return error_sys(e, "--explain-file %s", explain->path);
		explain->denials.fd = explain->file;
	}
	TRY(cli_denials_open(&explain->denials, e));
	explain->watch = (struct container_watch){ .denied = cli_denied,
		.context = &explain->denials,
		.keep = explain->file };
	*out = &explain->watch;
	return 0;
}

void
cli_explain_close(struct cli_explain *explain)
{
	cli_denials_close(&explain->denials);
	auto_close(&explain->file);
}
