/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swap A B COMMAND... - exchange two names as fast as it goes while the command
 * runs. Its status is the command's; afterwards each name is what it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
exchange(char **names)
{
	return renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1],
	    RENAME_EXCHANGE);
}

int
main(int argc, char **argv)
{
	struct stat before, after;
	int status;

	if (argc < 4 || lstat(argv[1], &before) < 0 || exchange(&argv[1]) < 0)
		return 126;
	pid_t swapper = fork();
	if (swapper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (exchange(&argv[1]) == 0)
			;
		perror(argv[1]);
		_exit(1);
	}
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[3], &argv[3]);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return 126;
	/* It ends by us alone: else nothing was tried. */
	kill(swapper, SIGKILL);
	int end = 0;
	waitpid(swapper, &end, 0);
	bool lived = WIFSIGNALED(end);
	if (lstat(argv[1], &after) < 0 ||
	    (after.st_ino != before.st_ino && exchange(&argv[1]) < 0) || !lived)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
