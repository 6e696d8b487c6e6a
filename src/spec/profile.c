/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile - profiles of our own, and Docker's format.
 *
 * Docker's profiles are written for every machine: a rule may count for some
 * capabilities, architectures and kernels alone ("includes", "excludes"), and
 * "archMap" lists the ABIs of each architecture. Docker resolves that before it
 * calls a runtime. A runtime that reads over the conditions would allow
 * mount(2) to everybody, so they are resolved here as Docker does it, wherever
 * a profile is read.
 *
 * The annotation takes the name of a profile of ours and nothing else: engines
 * copy annotations from images, which must not name files of the host. Where
 * the configuration has a profile already, it is refused: which of two is the
 * stricter cannot be told in general, and an image must not undo what the
 * engine asked for.
 */
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "fields.h"
#include "names.h"
#include "os/os.h"
#include "profiles.h"

#if defined(__x86_64__)
#define NATIVE_WORD "SCMP_ARCH_X86_64"
#define NATIVE_NAME "amd64"
#elif defined(__aarch64__)
#define NATIVE_WORD "SCMP_ARCH_AARCH64"
#define NATIVE_NAME "arm64"
#else
#error "spec: this architecture is not known"
#endif

/* ---- our own ------------------------------------------------------------ */

const char *const spec_profile_names[] = { PROFILE_NAMES NULL };
static const char *const profile_texts[] = { PROFILE_TEXTS };
static const char *const own_names[] = { OWN_PROFILE_NAMES NULL };
static const char *const own_texts[] = { OWN_PROFILE_TEXTS };

static const char *
find_text(const char *const *names, const char *const *texts, const char *name)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return texts[i];
	}
	return NULL;
}

const char *
spec_profile_find(const char *name)
{
	return find_text(spec_profile_names, profile_texts, name);
}

const char *
spec_profile_of_process(const char *name)
{
	return find_text(own_names, own_texts, name);
}

/* ---- Docker's conditions --------------------------------------------------
 */

static bool
lists(const struct spec_strings *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], word) == 0)
			return true;
	}
	return false;
}

/* One that is not known here is held by nobody. */
static bool
holds(uint64_t bounding, const char *capability)
{
	for (const struct json_word *at = spec_capability_words;
	     at->word != NULL; at++) {
		if (strcmp(at->word, capability) == 0)
			return (bounding & 1ull << at->number) != 0;
	}
	return false;
}

static size_t
count_held(const struct spec_strings *caps, uint64_t bounding)
{
	size_t count = 0;

	for (size_t i = 0; i < caps->count; i++)
		count += holds(bounding, caps->items[i]);
	return count;
}

/* "4.8": two numbers. */
static int
kernel_is_at_least(const char *text, bool *out, struct error *e)
{
	struct utsname name;
	char *end;
	unsigned long major = strtoul(text, &end, 10);
	unsigned long minor = 0;
	bool good = end != text && text[0] >= '0' && text[0] <= '9' &&
		    *end == '.' && end[1] >= '0' && end[1] <= '9';

	if (good)
		minor = strtoul(end + 1, &end, 10);
	if (!good || *end != '\0' || major > 1000000 || minor > 1000000)
		return error_set(e, EINVAL, "minKernel: \"%s\" is no version",
		    text);
	if (uname(&name) < 0)
		return error_sys(e, "uname");
	*out = os_release_is_at_least(name.release, (unsigned)major,
	    (unsigned)minor);
	return 0;
}

static int
counts(const struct spec_seccomp_rule *rule, uint64_t bounding, bool *out,
    struct error *e)
{
	const struct spec_seccomp_when *in = &rule->includes;
	const struct spec_seccomp_when *ex = &rule->excludes;
	bool new_enough = true;
	bool too_new = false;

	if (in->min_kernel != NULL)
		TRY(kernel_is_at_least(in->min_kernel, &new_enough, e));
	if (ex->min_kernel != NULL)
		TRY(kernel_is_at_least(ex->min_kernel, &too_new, e));
	*out = new_enough && !too_new &&
	       (in->arches.count == 0 || lists(&in->arches, NATIVE_NAME)) &&
	       !lists(&ex->arches, NATIVE_NAME) &&
	       count_held(&in->caps, bounding) == in->caps.count &&
	       count_held(&ex->caps, bounding) == 0;
	return 0;
}

static int
add_architecture(struct spec_seccomp *profile, const char *word,
    struct error *e)
{
	for (const struct json_word *at = spec_arch_words; at->word != NULL;
	     at++) {
		if (strcmp(at->word, word) == 0) {
			profile->architectures[profile->architectures_count++] =
			    (uint32_t)at->number;
			return 0;
		}
	}
	return error_set(e, EINVAL, "archMap: unknown value \"%s\"", word);
}

static int
map_architectures(const struct spec *spec, struct spec_seccomp *profile,
    struct error *e)
{
	if (profile->arch_map_count > 0 && profile->architectures_count > 0)
		return error_set(e, EINVAL,
		    "archMap: there is architectures as well");
	for (size_t i = 0; i < profile->arch_map_count; i++) {
		const struct spec_seccomp_arch_map *map = &profile->arch_map[i];

		if (strcmp(map->architecture, NATIVE_WORD) != 0)
			continue;
		profile->architectures = json_alloc(spec->arena,
		    (map->others.count + 1) * sizeof(uint32_t));
		if (profile->architectures == NULL)
			return error_sys(e, "memory");
		TRY(add_architecture(profile, NATIVE_WORD, e));
		for (size_t j = 0; j < map->others.count; j++)
			TRY(add_architecture(profile, map->others.items[j], e));
		return 0;
	}
	return 0;
}

int
spec_resolve_profile(const struct spec *spec, struct spec_seccomp *profile,
    uint64_t bounding, struct error *e)
{
	size_t kept = 0;

	TRY(map_architectures(spec, profile, e));
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		bool does_count = false;

		if (counts(&profile->syscalls[i], bounding, &does_count, e) < 0)
			return error_wrap(e, "syscalls[%zu]", i);
		if (does_count)
			profile->syscalls[kept++] = profile->syscalls[i];
	}
	profile->syscalls_count = kept;
	return 0;
}

/* ---- a configuration's --------------------------------------------------- */

static int
read_own(struct spec *spec, const char *name, struct error *e)
{
	const struct json_reader reader = { .arena = spec->arena };
	const char *text = spec_profile_find(name);
	const struct json *root = NULL;

	if (text == NULL)
		return error_set(e, EINVAL, "no profile is called \"%s\"",
		    name);
	if (spec->lnx.seccomp != NULL)
		return error_set(e, EINVAL,
		    "there is linux.seccomp as well: remove one");
	struct spec_seccomp *profile =
	    json_alloc(spec->arena, sizeof(*profile));
	if (profile == NULL)
		return error_sys(e, "memory");
	TRY(json_parse(spec->arena, text, strlen(text), &root, e));
	TRY(json_fill(&reader, root, spec_seccomp_fields, profile, e));
	spec->lnx.seccomp = profile;
	return 0;
}

int
spec_choose_profile(struct spec *spec, struct error *e)
{
	const char *name = spec_annotation_find(spec, SPEC_PROFILE_ANNOTATION);
	const struct spec_process *process = spec->process;
	uint64_t bounding = process == NULL || process->capabilities == NULL
				? 0
				: process->capabilities->bounding;

	if (name != NULL && read_own(spec, name, e) < 0)
		return error_wrap(e, "annotations." SPEC_PROFILE_ANNOTATION);
	if (spec->lnx.seccomp != NULL &&
	    spec_resolve_profile(spec, spec->lnx.seccomp, bounding, e) < 0)
		return error_wrap(e, "linux.seccomp");
	return 0;
}
