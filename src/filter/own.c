/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own - the filters of our own processes.
 */
#include <string.h>

#include "base/auto.h"
#include "filter/filter.h"

int
filter_prepare_own(const char *process, int cache, struct filter *out,
    struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;
	const char *text = spec_profile_of_process(process);

	if (text == NULL)
		return error_set(e, ENOENT, "the profile %s", process);
	if (spec_parse_profile(text, strlen(text), 0, &spec, e) < 0 ||
	    filter_prepare(spec->lnx.seccomp, cache, out, e) < 0)
		return error_wrap(e, "the profile %s", process);
	return 0;
}

int
filter_load_own(const char *process, struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };
	int listener;

	TRY(filter_prepare_own(process, -1, &filter, e));
#ifdef __SANITIZE_ADDRESS__
	if (filter.count > 0)
		return 0;
#endif
	return filter_load(&filter, &listener, e);
}
