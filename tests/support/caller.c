/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller - what an engine does around the runtime.
 *
 *   caller receive PATH COMMAND...  listen on the socket PATH, run the command,
 *       print what it sent: the text, what the descriptor is, how many came
 *   caller terminal ROWS COLS COMMAND...  run the command on a new terminal of
 *       that size; print what it writes there
 *   caller typist ROWS COLS COMMAND...  the same, with the standard input typed
 *   caller agent PATH COMMAND...  be who answers at PATH: run the command,
 *       print what comes, send the standard input; the command has none
 *   caller pipe COMMAND...  run the command with its output in a pipe; print
 *       what comes until the end of file, then whether that came in 5 s
 *   caller fds N COMMAND...  run the command with descriptors 3 to 2 + N open,
 *       each a file with its number in it, and one more that is not for it;
 *       LISTEN_PID becomes the command's own
 *   caller notify PATH COMMAND...  be the service manager at PATH, which begins
 *       with "@" for an abstract name: run the command with NOTIFY_SOCKET,
 * print each message that comes until it ends, with the names of descriptors
 *   caller reaper COMMAND...  run the command, print its status and what
 *       becomes of a child that it leaves
 *
 * The status is the command's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int
finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return 125;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void __attribute__((noreturn)) fail(const char *what)
{
	perror(what);
	exit(125);
}

/* ---- receive ----------------------------------------------------------- */

static void
describe(int fd)
{
	char link[32];
	char target[256];

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, target, sizeof(target) - 1);
	target[length > 0 ? length : 0] = '\0';
	printf("descriptor %s\n", target);
}

static void
receive_one(int peer)
{
	char text[4096];
	struct iovec part = { text, sizeof(text) - 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(8 * sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t length = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);

	if (length < 0)
		fail("recvmsg");
	text[length] = '\0';
	printf("text %s\n", text);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	size_t count =
	    header == NULL ? 0 : (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	printf("count %zu\n", count);
	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		describe(fd);
	}
	/* Nothing may follow. */
	printf("then %zd\n", read(peer, text, sizeof(text)));
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(server, 1) < 0)
		fail(path);
	return server;
}

static int
receive(char **argv)
{
	int server = listen_at(argv[0]);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	struct pollfd ready = { .fd = server, .events = POLLIN };
	if (poll(&ready, 1, 30000) == 1) {
		int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		if (peer < 0)
			fail("accept");
		receive_one(peer);
	} else {
		puts("nothing");
	}
	unlink(argv[0]);
	return finish(pid);
}

/* ---- terminal ---------------------------------------------------------- */

/* A process that passes on what comes. */
static pid_t
pass_on(int from, int to)
{
	char text[4096];
	ssize_t got;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	while ((got = read(from, text, sizeof(text))) > 0 &&
	       write(to, text, (size_t)got) == got)
		;
	_exit(0);
}

static void
show(int master)
{
	char text[4096];
	ssize_t got;

	/* EIO when nobody has the other side any more. */
	while ((got = read(master, text, sizeof(text))) > 0) {
		if (write(1, text, (size_t)got) != got)
			fail("write");
	}
}

static int
on_terminal(char **argv, bool is_typed)
{
	struct winsize size = { .ws_row = (unsigned short)atoi(argv[0]),
		.ws_col = (unsigned short)atoi(argv[1]) };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    ioctl(master, TIOCSWINSZ, &size) < 0)
		fail("terminal");
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		int slave = open(ptsname(master), O_RDWR);
		if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 ||
		    dup2(slave, 0) < 0 || dup2(slave, 1) < 0 ||
		    dup2(slave, 2) < 0)
			fail("terminal");
		if (slave > 2)
			close(slave);
		execvp(argv[2], argv + 2);
		fail(argv[2]);
	}
	pid_t typist = is_typed ? pass_on(0, master) : -1;
	show(master);
	if (typist > 0)
		kill(typist, SIGKILL);
	return finish(pid);
}

static int
terminal(char **argv)
{
	return on_terminal(argv, false);
}

static int
typist(char **argv)
{
	return on_terminal(argv, true);
}

/* ---- agent --------------------------------------------------------------- */

/* Who connects, as long as the command runs; -1: nobody. */
static int
accept_of(int server, pid_t pid)
{
	struct pollfd ready = { .fd = server, .events = POLLIN };
	siginfo_t ended = { 0 };

	while (poll(&ready, 1, 50) == 0 &&
	       waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) ==
		   0 &&
	       ended.si_pid == 0)
		;
	return (ready.revents & POLLIN) != 0
		   ? accept4(server, NULL, NULL, SOCK_CLOEXEC)
		   : -1;
}

static int
agent(char **argv)
{
	int server = listen_at(argv[0]);
	pid_t pid = fork();

	if (pid == 0) {
		int nothing = open("/dev/null", O_RDONLY);
		if (nothing < 0 || dup2(nothing, 0) < 0)
			fail("/dev/null");
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	int peer = accept_of(server, pid);
	if (peer >= 0) {
		pid_t speaker = pass_on(0, peer);
		show(peer);
		if (speaker > 0)
			kill(speaker, SIGKILL);
	}
	unlink(argv[0]);
	return finish(pid);
}

/* ---- pipe -------------------------------------------------------------- */

static int
pipe_of(char **argv)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		if (dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0)
			fail("dup2");
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	close(ends[1]);
	struct pollfd ready = { .fd = ends[0], .events = POLLIN };
	char text[4096];
	ssize_t got = -1;
	while (poll(&ready, 1, 30000) == 1 &&
	       (got = read(ends[0], text, sizeof(text))) > 0) {
		if (write(1, text, (size_t)got) != got)
			fail("write");
		got = -1;
	}
	puts(got == 0 ? "end of file" : "still open");
	return finish(pid);
}

/* ---- fds --------------------------------------------------------------- */

static int
fds(char **argv)
{
	int count = atoi(argv[0]);

	pid_t pid = fork();
	if (pid == 0) {
		for (int fd = 3; fd <= 3 + count; fd++) {
			int file = memfd_create("handed-on", 0);

			if (file < 0 || dup2(file, fd) < 0 ||
			    dprintf(fd, "%d\n", fd) < 0 ||
			    lseek(fd, 0, SEEK_SET) < 0)
				fail("memfd");
			if (file > 3 + count)
				close(file);
		}
		if (getenv("LISTEN_PID") != NULL) {
			char own[16];

			(void)snprintf(own, sizeof(own), "%d", (int)getpid());
			setenv("LISTEN_PID", own, 1);
		}
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	return finish(pid);
}

/* ---- notify ------------------------------------------------------------ */

/* One message; false when there is none. What comes along is closed. */
static bool
show_message(int server)
{
	char text[4096];
	struct iovec part = { text, sizeof(text) - 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t length =
	    recvmsg(server, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	int fd;

	if (length < 0)
		return false;
	for (ssize_t i = 0; i < length; i++)
		putchar(text[i] == '\n' ? ' ' : text[i]);
	if (CMSG_FIRSTHDR(&message) != NULL) {
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
		printf(" and a descriptor");
		close(fd);
	}
	putchar('\n');
	return true;
}

static int
notify(char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t length = strlen(argv[0]);

	memcpy(address.sun_path, argv[0], length);
	if (argv[0][0] == '@')
		address.sun_path[0] = '\0';
	if (bind(server, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) <
	    0)
		fail(argv[0]);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("NOTIFY_SOCKET", argv[0], 1);
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	siginfo_t ended = { 0 };
	while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) ==
		   0 &&
	       ended.si_pid == 0) {
		struct pollfd ready = { .fd = server, .events = POLLIN };

		if (poll(&ready, 1, 50) == 1)
			show_message(server);
	}
	while (show_message(server))
		;
	if (argv[0][0] != '@')
		unlink(argv[0]);
	return finish(pid);
}

/* ---- reaper ------------------------------------------------------------ */

static int
reaper(char **argv)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t pid = fork();
	if (pid == 0) {
		/* As shims and conmon do. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	int result = finish(pid);
	int status;
	pid_t left = waitpid(-1, &status, 0);

	if (left < 0)
		puts("no child is left");
	else
		printf("%d ended with %d\n", (int)left,
		    WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status));
	return result;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int words;
		int (*run)(char **argv);
	} modes[] = {
		{ "receive", 2, receive },
		{ "terminal", 3, terminal },
		{ "typist", 3, typist },
		{ "agent", 2, agent },
		{ "pipe", 1, pipe_of },
		{ "fds", 2, fds },
		{ "notify", 2, notify },
		{ "reaper", 1, reaper },
	};

	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (argc >= 2 + modes[i].words &&
		    strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run(argv + 2);
	}
	fputs("usage: caller MODE ...: see the source\n", stderr);
	return 2;
}
