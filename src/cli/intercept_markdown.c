/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_markdown - docs/SYSCALLS.md.
 */
#include <string.h>

#include "base/auto.h"
#include "intercept.h"

static const char introduction[] =
    "# System calls under interception\n"
    "\n"
    "What `--intercept=observe`, `guard` and `sealed` make of every system\n"
    "call. This page is printed by `lorica syscalls --markdown` from the "
    "table\n"
    "in `src/syscall/rows.c`, which the program loads as well; how to add to "
    "it\n"
    "is in [howto/syscall.md](howto/syscall.md).\n"
    "\n"
    "| word | what it means | is it a decision? |\n"
    "|---|---|---|\n"
    "| passed | the kernel alone serves it | none is made |\n"
    "| limited | the same, but only with the arguments named; others get the "
    "error | sound: registers, which nobody changes under way |\n"
    "| performed | the sentry copies the input once, decides on the copy, does "
    "it itself and hands over the result | sound: the kernel never reads the "
    "task's memory for it |\n"
    "| traced | at a stop the sentry decides, gives the kernel arguments that "
    "the task cannot change, or looks at what came of it | sound: registers, "
    "or a copy |\n"
    "| observed | the sentry is told, then it happens as it is | **no**: what "
    "is told may have changed when it happens |\n"
    "| answered | as done, without the kernel: it is advice | sound |\n"
    "| refused | answered with the error before the kernel's code is reached | "
    "sound |\n"
    "\n"
    "Guard stops a call only when the policy has rules that need it: in the\n"
    "column *for*, `files`, `network`, `execute`, or `anything` for what "
    "would\n"
    "go behind the sentry's back whatever it decides. Every other call is the\n"
    "kernel's, and an open that only reads, only lists, or only writes,\n"
    "where no rule is about that. A call that a policy names is told to the "
    "sentry as well.\n"
    "\n"
    "What has `root` in that column has a part in a show of root, as of\n"
    "`lorica sandbox --root`. Then, in guard and sealed, it is performed, by "
    "the\n"
    "sentry alone; what nobody performs is refused.\n"
    "\n"
    "A call that is not here fails with ENOSYS. Calls of foreign ABIs (x32,\n"
    "i386, 32-bit ARM) end the process in guard and sealed; observe is told "
    "of\n"
    "them.\n";

/* Of a cell: a bar would end it. */
static void
put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void
put_number(FILE *out, int number)
{
	if (number < 0)
		fputs(" -", out);
	else
		fprintf(out, " %d", number);
}

static void
put_mode(FILE *out, const struct syscall_row *row, enum syscall_mode mode)
{
	enum intercept_kind kind = intercept_kind(row, mode);

	fprintf(out, " | %s", intercept_kind_name(kind));
	if (kind == INTERCEPT_REFUSED)
		fprintf(out, ", %s", intercept_error(row));
}

/* "guard, sealed: what, else EPERM": of all modes that have the same. */
static void
put_limit(FILE *out, const struct syscall_row *row, enum syscall_mode mode,
    bool *any)
{
	const struct syscall_arguments *found =
	    syscall_limit_find(row->limit[mode]);
	const char *separator = *any ? "; " : "";

	for (int other = 0; other < (int)mode; other++) {
		if (row->limit[other] == row->limit[mode])
			return;
	}
	if (found == NULL)
		return;
	for (int other = (int)mode; other < SYSCALL_MODES; other++) {
		if (row->limit[other] != row->limit[mode])
			continue;
		fprintf(out, "%s%s", separator,
		    syscall_mode_name((enum syscall_mode)other));
		separator = ", ";
	}
	fputs(": ", out);
	put_text(out, found->what);
	fprintf(out, ", else %s", intercept_error(row));
	*any = true;
}

/* "guard where names are decided on: not CLONE_NEWNS, which is EPERM". */
static void
put_never(FILE *out, const struct syscall_row *row, bool any)
{
	const struct syscall_arguments *never = syscall_limit_find(row->never);

	if (never == NULL)
		return;
	fprintf(out, "%sguard, where names are decided on: %s is %s",
	    any ? "; " : "", never->what, intercept_error(row));
}

static void
put_row(FILE *out, const struct syscall_row *row)
{
	char sections[64];
	bool any = row->note != NULL;

	fprintf(out, "| %s |", row->name);
	put_number(out, row->x86_64);
	fputs(" |", out);
	put_number(out, row->arm64);
	for (int mode = 0; mode < SYSCALL_MODES; mode++)
		put_mode(out, row, (enum syscall_mode)mode);
	fprintf(out, " | %s | ",
	    intercept_sections(row, sections, sizeof(sections)));
	if (row->note != NULL)
		put_text(out, row->note);
	for (int mode = 0; mode < SYSCALL_MODES; mode++)
		put_limit(out, row, (enum syscall_mode)mode, &any);
	put_never(out, row, any);
	fputs(" |\n", out);
}

static void
put_totals(FILE *out)
{
	static const struct {
		enum syscall_arch arch;
		const char *name;
	} archs[] = {
		{ SYSCALL_X86_64, "x86-64" },
		{ SYSCALL_ARM64, "arm64" },
	};

	fputs("\n| | passed | limited | performed | traced | observed | "
	      "answered | refused |\n|---|---|---|---|---|---|---|---|\n",
	    out);
	for (int i = 0; i < SYSCALL_MODES * (int)ARRAY_SIZE(archs); i++) {
		enum syscall_mode mode =
		    (enum syscall_mode)(i / (int)ARRAY_SIZE(archs));
		size_t at = (size_t)i % ARRAY_SIZE(archs);
		size_t counts[INTERCEPT_KINDS];

		intercept_count(archs[at].arch, mode, counts);
		fprintf(out, "| %s, %s |", syscall_mode_name(mode),
		    archs[at].name);
		for (int kind = 0; kind < INTERCEPT_KINDS; kind++)
			fprintf(out, " %zu |", counts[kind]);
		fputc('\n', out);
	}
}

static void
put_refused(FILE *out, const struct syscall_way *way)
{
	char text[INTERCEPT_WAY_MAX];

	if (way != NULL)
		fputs("\nOf all others, these by an error of their own:\n\n",
		    out);
	for (; way != NULL && way->tests[0].words != NULL; way++) {
		intercept_way(way, text, sizeof(text));
		fprintf(out, "- %s: `%s`\n", intercept_way_error(way), text);
	}
}

static void
put_limits(FILE *out)
{
	fputs("\n## the arguments that are limited\n", out);
	for (int i = SYSCALL_LIMIT_NONE + 1; i < SYSCALL_LIMITS; i++) {
		const struct syscall_arguments *found =
		    syscall_limit_find((enum syscall_limit)i);
		char text[INTERCEPT_WAY_MAX];

		fputs("\n**", out);
		put_text(out, found->what);
		fprintf(out, "**: %s\n\n",
		    found->otherwise ? "all but" : "one of");
		for (const struct syscall_way *way = found->ways;
		     way->tests[0].words != NULL; way++) {
			intercept_way(way, text, sizeof(text));
			fprintf(out, "- `%s`\n", text);
		}
		put_refused(out, found->refused);
	}
}

void
intercept_print_markdown(FILE *out)
{
	enum syscall_facility facility = SYSCALL_FACILITIES;

	fputs(introduction, out);
	put_totals(out);
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (row->facility != facility) {
			facility = row->facility;
			fprintf(out,
			    "\n## %s\n\n| call | x86-64 | arm64 | observe | "
			    "guard | sealed | for | note |\n"
			    "|---|---|---|---|---|---|---|---|\n",
			    syscall_facility_name(facility));
		}
		put_row(out, row);
	}
	put_limits(out);
}
