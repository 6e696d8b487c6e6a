/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question_text - what the terminal shows of a question.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "event/ask.h"
#include "event/read.h"
#include "question.h"
#include "sentry/relay.h"

static void
put_word(FILE *out, const char *word)
{
	char shown[4 * RELAY_NOTE_BYTES];
	struct text_out text = text_out(shown, sizeof(shown));

	text_put_escaped(&text, word);
	fputs(shown, out);
}

char *
question_describe(const struct event_question *question, bool may_save)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	fputs("lorica: asks: ", out);
	put_word(out, question->what);
	fputc(' ', out);
	event_show_names(out, question);
	if (question->note != NULL) {
		fputs(", ", out);
		put_word(out, question->note);
	}
	if (question->pid > 0)
		fprintf(out, " by process %d", (int)question->pid);
	if (question->comm != NULL) {
		fputs(" (", out);
		event_show_text(out, question->comm);
		fputc(')', out);
	}
	fprintf(out, " [once, session, %sno, never]? ",
	    may_save ? "save, " : "");
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/*
 * What the container wrote may have left the terminal in the middle of a
 * sequence, with colours in which nothing is seen, with another set of
 * characters, scrolling elsewhere, or with a mouse and keys that write other
 * than they should: end that, on a line of its own.
 */
static const char plain[] = "\030\033\\\033[!p\0337\033[r\0338\033[0m\033(B\017"
			    "\033]104\033\\\033]110\033\\\033]111\033\\"
			    "\033[?1000;1002;1003;1004;1005;1006;1015;2004l"
			    "\033[=0;1u\033[>4;0m"
			    "\033[?25h\r\n\033[J";

void
question_say(const char *text)
{
	/* A terminal that takes nothing has nobody who could answer. */
	(void)!write(2, text, strlen(text));
}

void
question_clear(void)
{
	(void)tcflush(0, TCIFLUSH);
	question_say(plain);
}
