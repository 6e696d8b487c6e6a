/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay - the main() of a fuzz target without a fuzzer: give it every file of
 * its corpus once, so that "make check" keeps what fuzzing has found.
 *
 * Arguments are files or directories; without any, it is
 * $srcdir/tests/fuzz/corpus/NAME of fuzz_NAME. An empty corpus is a failure.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"

static void
close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

static void
close_directory(DIR **directory)
{
	if (*directory != NULL)
		closedir(*directory);
}

/*
 * The input gets a block of exactly its size, so that a read past its end is
 * seen by a sanitizer. Returns how many inputs were run, or -1.
 */
static int
run_file(const char *path)
{
	AUTO(close_file) FILE *file = fopen(path, "re");
	AUTO_FREE char *read_in = NULL;
	size_t room = 0;

	if (file == NULL) {
		perror(path);
		return -1;
	}
	ssize_t length = getdelim(&read_in, &room, EOF, file);
	size_t size = length > 0 ? (size_t)length : 0;
	AUTO_FREE uint8_t *data = malloc(size > 0 ? size : 1);
	if (data == NULL || ferror(file)) {
		perror(path);
		return -1;
	}
	if (size > 0)
		memcpy(data, read_in, size);
	if (LLVMFuzzerTestOneInput(data, size) != 0) {
		fprintf(stderr, "%s: the target did not return 0\n", path);
		return -1;
	}
	return 1;
}

static int
run_directory(const char *path)
{
	AUTO(close_directory) DIR *directory = opendir(path);
	const struct dirent *entry;
	int count = 0;

	if (directory == NULL)
		return run_file(path);
	while ((entry = readdir(directory)) != NULL) {
		AUTO_FREE char *file = NULL;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&file, "%s/%s", path, entry->d_name) < 0 ||
		    run_file(file) < 0)
			return -1;
		count++;
	}
	return count;
}

/* The corpus of this target, or NULL. The caller frees it. */
static char *
own_corpus(const char *program)
{
	const char *tree = getenv("srcdir");
	const char *name = strstr(program, "fuzz_");
	char *path;

	if (name == NULL || asprintf(&path, "%s/tests/fuzz/corpus/%s",
				tree != NULL ? tree : ".", name + 5) < 0)
		return NULL;
	return path;
}

static int
replay(const char *path)
{
	int count = run_directory(path);

	printf("%s: %d inputs\n", path, count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	AUTO_FREE char *corpus = own_corpus(basename(argv[0]));
	int status = EXIT_SUCCESS;

	if (argc == 1)
		return corpus != NULL ? replay(corpus) : EXIT_FAILURE;
	for (int i = 1; i < argc && status == EXIT_SUCCESS; i++)
		status = replay(argv[i]);
	return status;
}
