/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "support.h"

#define PROFILE                                                                \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "  \
	"[\"read\", \"openat2\"], \"action\": \"SCMP_ACT_ALLOW\"}]}"

/* A root directory with a cache, a profile, and its program. */
struct fixture {
	char path[64];
	int root;
	int cache;
	struct spec *spec;
	struct filter filter;
	char name[2 * SHA256_BYTES + 1]; /* of its file, once there is one */
	struct filter_key key;
};

static unsigned
count_entries(int cache, char *last)
{
	DIR *list = fdopendir(openat(cache, ".", O_RDONLY | O_DIRECTORY));
	const struct dirent *entry;
	unsigned count = 0;

	cr_assert(ne(ptr, list, NULL));
	while ((entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (last != NULL)
			strcpy(last, entry->d_name);
	}
	closedir(list);
	return count;
}

static struct fixture
begin(void)
{
	struct fixture f = { .spec = support_profile(PROFILE) };

	f.root = support_directory(f.path, sizeof(f.path));
	f.cache = filter_cache_open(f.root);
	cr_assert(ge(int, f.cache, 0));
	f.filter = support_filter(f.spec, f.cache);
	cr_assert(eq(u32, count_entries(f.cache, f.name), 1));
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		unsigned byte = 0;

		cr_assert(eq(int, sscanf(f.name + 2 * i, "%2x", &byte), 1));
		f.key.bytes[i] = (unsigned char)byte;
	}
	return f;
}

static void
end(struct fixture *f)
{
	filter_free(&f->filter);
	spec_free(&f->spec);
	close(f->cache);
	close(f->root);
	support_remove(f->path);
}

static bool
same(const struct filter *a, const struct filter *b)
{
	return a->count == b->count &&
	       memcmp(a->insns, b->insns, a->count * sizeof(*a->insns)) == 0;
}

static bool
reads(const struct fixture *f)
{
	AUTO(filter_free) struct filter got = { 0 };

	return filter_cache_read(f->cache, &f->key, &got) &&
	       same(&got, &f->filter);
}

/* Whatever is there is not used, and the next one replaces it. */
static void
expect_mended(const struct fixture *f, const char *what)
{
	AUTO(filter_free) struct filter before = { 0 };

	cr_expect(not(filter_cache_read(f->cache, &f->key, &before)), "%s",
	    what);
	AUTO(filter_free) struct filter got = support_filter(f->spec, f->cache);
	cr_expect(same(&got, &f->filter), "%s: the program is right", what);
	cr_expect(reads(f), "%s: mended", what);
}

static size_t
read_file(const struct fixture *f, unsigned char *out, size_t size)
{
	AUTO_FD int fd = openat(f->cache, f->name, O_RDONLY);
	ssize_t got = read(fd, out, size);

	cr_assert(gt(int, (int)got, (int)sizeof(struct filter_header)));
	return (size_t)got;
}

static void
write_file(const struct fixture *f, const void *data, size_t size)
{
	AUTO_FD int fd =
	    openat(f->cache, f->name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert(eq(int, (int)write(fd, data, size), (int)size));
}

/* A file with a right hash over whatever it says. */
static void
write_sealed(const struct fixture *f, struct filter_header *header,
    const struct sock_filter *insns, size_t count)
{
	unsigned char data[sizeof(*header) + 64 * sizeof(*insns)];
	struct sha256 hash;

	sha256_begin(&hash);
	sha256_add(&hash, header, offsetof(struct filter_header, hash));
	sha256_add(&hash, insns, count * sizeof(*insns));
	sha256_end(&hash, header->hash);
	memcpy(data, header, sizeof(*header));
	memcpy(data + sizeof(*header), insns, count * sizeof(*insns));
	write_file(f, data, sizeof(*header) + count * sizeof(*insns));
}

Test(filter_cache, a_program_in_the_cache_is_used)
{
	struct fixture f = begin();
	struct sock_filter kill[] = { BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_TRAP) };
	struct filter other = { .insns = kill, .count = 1 };

	cr_expect(reads(&f));
	/* Only somebody with our powers could; it shows where it came from. */
	filter_cache_write(f.cache, &f.key, &other);
	AUTO(filter_free) struct filter got = support_filter(f.spec, f.cache);
	cr_expect(same(&got, &other));
	end(&f);
}

Test(filter_cache, a_file_is_not_written_again)
{
	struct fixture f = begin();
	struct stat before;
	struct stat after;

	cr_assert(zero(int, fstatat(f.cache, f.name, &before, 0)));
	AUTO(filter_free) struct filter got = support_filter(f.spec, f.cache);
	cr_assert(gt(u32, got.count, 0));
	cr_assert(zero(int, fstatat(f.cache, f.name, &after, 0)));
	cr_expect(eq(u64, after.st_ino, before.st_ino));
	cr_expect(eq(u32, before.st_mode, S_IFREG | 0600));
	end(&f);
}

Test(filter_cache, the_callers_umask_does_not_matter)
{
	struct fixture f = begin();

	cr_assert(zero(int, unlinkat(f.cache, f.name, 0)));
	umask(0377);
	AUTO(filter_free) struct filter got = support_filter(f.spec, f.cache);
	umask(077);
	cr_expect(same(&got, &f.filter));
	cr_expect(reads(&f));
	end(&f);
}

Test(filter_cache, every_flipped_bit_is_noticed)
{
	struct fixture f = begin();
	unsigned char good[4096];
	unsigned char bad[4096];
	size_t size = read_file(&f, good, sizeof(good));

	for (size_t bit = 0; bit < 8 * size; bit++) {
		AUTO(filter_free) struct filter got = { 0 };

		memcpy(bad, good, size);
		bad[bit / 8] ^= (unsigned char)(1u << bit % 8);
		write_file(&f, bad, size);
		cr_expect(not(filter_cache_read(f.cache, &f.key, &got)),
		    "bit %zu", bit);
		if (bit % 97 == 0)
			expect_mended(&f, "a flipped bit");
	}
	end(&f);
}

Test(filter_cache, every_other_length_is_noticed)
{
	struct fixture f = begin();
	unsigned char data[4096] = { 0 };
	size_t size = read_file(&f, data, sizeof(data));

	for (size_t length = 0; length < size + 24; length++) {
		AUTO(filter_free) struct filter got = { 0 };

		write_file(&f, data, length);
		cr_expect(eq(int, filter_cache_read(f.cache, &f.key, &got),
			      length == size),
		    "%zu bytes", length);
	}
	write_file(&f, data, size - 8);
	expect_mended(&f, "a short file");
	AUTO_FD int fd = openat(f.cache, f.name, O_WRONLY);
	cr_assert(zero(int, ftruncate(fd, 1 << 30)));
	expect_mended(&f, "a gigabyte");
	end(&f);
}

Test(filter_cache, only_a_private_file_is_used)
{
	static const mode_t modes[] = { 0400, 0601, 0604, 0620, 0640, 0644,
		0666, 0700, 0777, 01600, 04600 };
	struct fixture f = begin();

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		cr_assert(zero(int, fchmodat(f.cache, f.name, modes[i], 0)));
		expect_mended(&f, "a mode");
	}
	end(&f);
}

Test(filter_cache, only_our_own_file_is_used)
{
	if (geteuid() != 0)
		cr_skip_test("only root can give a file away");
	struct fixture f = begin();

	cr_assert(zero(int, fchownat(f.cache, f.name, 1, 0, 0)));
	expect_mended(&f, "an owner");
	end(&f);
}

Test(filter_cache, only_a_regular_file_is_used)
{
	struct fixture f = begin();

	cr_assert(zero(int, renameat(f.cache, f.name, f.cache, "good")));
	cr_assert(zero(int, symlinkat("good", f.cache, f.name)));
	expect_mended(&f, "a link to a good file");
	cr_assert(zero(int, unlinkat(f.cache, f.name, 0)));
	cr_assert(zero(int, mkfifoat(f.cache, f.name, 0600)));
	expect_mended(&f, "a fifo");
	cr_assert(zero(int, unlinkat(f.cache, f.name, 0)));
	cr_assert(zero(int, mkdirat(f.cache, f.name, 0600)));
	AUTO(filter_free) struct filter got = support_filter(f.spec, f.cache);
	cr_expect(same(&got, &f.filter), "a directory cannot be replaced");
	cr_expect(eq(u32, count_entries(f.cache, NULL), 2));
	end(&f);
}

/* With a hash that is right, so that nothing else gives them away. */
Test(filter_cache, what_was_made_for_something_else_is_not_used)
{
	struct fixture f = begin();
	struct filter_header header;
	struct sock_filter bad = BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX);

	filter_header_make(&f.filter, &f.key, &header);
	write_sealed(&f, &header, f.filter.insns, f.filter.count);
	cr_expect(reads(&f), "the test's own way to write is right");

	header.format++;
	write_sealed(&f, &header, f.filter.insns, f.filter.count);
	expect_mended(&f, "another format");
	filter_header_make(&f.filter, &f.key, &header);
	header.magic[0] ^= 1;
	write_sealed(&f, &header, f.filter.insns, f.filter.count);
	expect_mended(&f, "another magic");
	filter_header_make(&f.filter, &f.key, &header);
	header.key.bytes[31] ^= 1;
	write_sealed(&f, &header, f.filter.insns, f.filter.count);
	expect_mended(&f, "another key");
	filter_header_make(&f.filter, &f.key, &header);
	header.count--;
	write_sealed(&f, &header, f.filter.insns, f.filter.count);
	expect_mended(&f, "another count");
	filter_header_make(&f.filter, &f.key, &header);
	header.count = 1;
	write_sealed(&f, &header, &bad, 1);
	expect_mended(&f, "a program that is not sound");
	end(&f);
}

Test(filter_cache, only_a_directory_of_ours_is_used)
{
	char path[64];
	AUTO_FD int root = support_directory(path, sizeof(path));
	AUTO_FD int cache = filter_cache_open(root);
	struct stat st;

	cr_assert(ge(int, cache, 0));
	cr_assert(zero(int, fstat(cache, &st)));
	cr_expect(eq(u32, st.st_mode, S_IFDIR | 0700));
	AUTO_FD int again = filter_cache_open(root);
	cr_expect(ge(int, again, 0));
	cr_assert(zero(int, fchmod(cache, 0720)));
	cr_expect(eq(int, filter_cache_open(root), -1), "the group may write");
	cr_assert(zero(int, fchmod(cache, 0702)));
	cr_expect(eq(int, filter_cache_open(root), -1), "all may write");
	cr_assert(zero(int, fchmod(cache, 0700)));
	if (geteuid() == 0) {
		cr_assert(zero(int, fchown(cache, 1, 0)));
		cr_expect(eq(int, filter_cache_open(root), -1), "not ours");
		cr_assert(zero(int, fchown(cache, 0, 0)));
	}
	cr_assert(zero(int, renameat(root, ".seccomp", root, "elsewhere")));
	cr_assert(zero(int, symlinkat("elsewhere", root, ".seccomp")));
	cr_expect(eq(int, filter_cache_open(root), -1), "a link");
	cr_assert(zero(int, unlinkat(root, ".seccomp", 0)));
	AUTO_FD int file = openat(root, ".seccomp", O_CREAT | O_WRONLY, 0600);
	cr_assert(ge(int, file, 0));
	cr_expect(eq(int, filter_cache_open(root), -1), "a file");
	support_remove(path);
}

Test(filter_cache, none_that_can_be_used_is_no_error)
{
	struct fixture f = begin();
	AUTO_FD int proc = open("/proc/self", O_RDONLY | O_DIRECTORY);
	AUTO(filter_free) struct filter without = support_filter(f.spec, -1);
	AUTO(filter_free)
	struct filter unwritable = support_filter(f.spec, proc);

	cr_expect(same(&without, &f.filter));
	cr_expect(same(&unwritable, &f.filter));
	end(&f);
}

Test(filter_cache, many_entries_are_dropped)
{
	struct fixture f = begin();

	for (unsigned i = 0; i < 3 * FILTER_CACHE_ENTRIES; i++) {
		struct filter_key key = { .bytes = { (unsigned char)i,
					      (unsigned char)(i >> 8) } };
		AUTO(filter_free) struct filter got = { 0 };

		filter_cache_write(f.cache, &key, &f.filter);
		cr_assert(filter_cache_read(f.cache, &key, &got),
		    "the newest stays");
	}
	cr_expect(le(u32, count_entries(f.cache, NULL), FILTER_CACHE_ENTRIES));
	end(&f);
}

/* ---- many at once ---------------------------------------------------------
 */

/* Returns whether every program was right. */
static bool
use(const struct fixture *f, unsigned seed)
{
	for (unsigned i = 0; i < 150; i++) {
		AUTO(filter_free) struct filter got = { 0 };
		struct error e = { 0 };

		if (filter_prepare(f->spec->lnx.seccomp, f->cache, &got, &e) <
			0 ||
		    !same(&got, &f->filter))
			return false;
		if ((i + seed) % 5 == 0) {
			AUTO_FD int fd =
			    openat(f->cache, f->name, O_WRONLY | O_TRUNC);
			(void)!write(fd, "damaged", 7);
		}
		if ((i + seed) % 7 == 0)
			(void)unlinkat(f->cache, f->name, 0);
	}
	return true;
}

Test(filter_cache, eight_processes_at_once)
{
	struct fixture f = begin();
	pid_t pids[8];

	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(use(&f, i) ? 0 : 1);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++) {
		int status = -1;

		cr_assert(eq(int, waitpid(pids[i], &status, 0), pids[i]));
		cr_expect(zero(int, status), "process %u", i);
	}
	(void)unlinkat(f.cache, f.name, 0);
	cr_expect(zero(u32, count_entries(f.cache, NULL)), "nothing half made");
	end(&f);
}
