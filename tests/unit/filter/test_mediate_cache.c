/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "filter/mediate.h"
#include "support.h"

static struct filter
mediate(unsigned groups, int cache)
{
	const struct filter_mediation want = { .mode = SYSCALL_MODE_GUARD,
		.groups = groups };
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_mediate(&want, cache, &filter, &e)), "%s",
	    e.text);
	return filter;
}

static bool
same(const struct filter *a, const struct filter *b)
{
	return a->count == b->count && a->flags == b->flags &&
	       a->has_listener == b->has_listener &&
	       a->can_check == b->can_check &&
	       memcmp(a->insns, b->insns, a->count * sizeof(*a->insns)) == 0;
}

static unsigned
count_entries(int cache)
{
	DIR *list = fdopendir(openat(cache, ".", O_RDONLY | O_DIRECTORY));
	unsigned count = 0;

	cr_assert(ne(ptr, list, NULL));
	for (const struct dirent *entry = readdir(list); entry != NULL;
	     entry = readdir(list))
		count += entry->d_name[0] != '.';
	closedir(list);
	return count;
}

Test(filter_mediate, what_is_kept_is_what_is_made)
{
	static const unsigned groups[] = { SYSCALL_GROUP_OPEN,
		SYSCALL_GROUP_NETWORK, ~0u };
	char path[64];
	AUTO_FD int root = support_directory(path, sizeof(path));
	AUTO_FD int cache = filter_cache_open(root);

	cr_assert(ge(int, cache, 0));
	for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
		AUTO(filter_free)
		struct filter fresh = mediate(groups[i], -1);
		AUTO(filter_free)
		struct filter first = mediate(groups[i], cache);
		cr_expect(eq(u32, count_entries(cache), i + 1));
		AUTO(filter_free)
		struct filter second = mediate(groups[i], cache);
		cr_expect(eq(u32, count_entries(cache), i + 1));
		cr_expect(same(&first, &fresh));
		cr_expect(same(&second, &fresh));
	}
	support_remove(path);
}
