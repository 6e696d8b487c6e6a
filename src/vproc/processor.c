/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processor - what may be told of the host's processor.
 *
 * CPUID answers every program, without a system call, and so do the registers
 * of arm64 that say what it is: to hide the model would break programs that
 * compare, and hide nothing. What the kernel adds is left out: microcode, the
 * list of bugs, the flags for how it defends itself, the frequency of this
 * moment. That one is replaced by the frequency of the clock, which a program
 * can measure, because many programs print one.
 *
 * Flags are true, each of them: programs choose instructions by them.
 */
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "vproc/vproc.h"

/* Lines that are the same for each processor, as the kernel names them. */
static const char *const told[] = {
	"vendor_id",
	"cpu family",
	"model",
	"model name",
	"stepping",
	"cache size",
	"fpu",
	"fpu_exception",
	"cpuid level",
	"wp",
	"flags",
	"bogomips",
	"TLB size",
	"clflush size",
	"cache_alignment",
	"address sizes",
	"power management",
	/* arm64 */
	"BogoMIPS",
	"Features",
	"CPU implementer",
	"CPU architecture",
	"CPU variant",
	"CPU part",
	"CPU revision",
};

/* The kernel's own: what it does, and not what instructions there are. */
static const char *const decisions[] = {
	"amd_lbr_pmc_freeze",
	"arch_capabilities",
	"arch_perfmon",
	"cpuid_fault",
	"flush_l1d",
	"flexpriority",
	"ibpb",
	"ibpb_exit_to_user",
	"ibrs",
	"ibrs_enhanced",
	"kaiser",
	"md_clear",
	"mba",
	"ospke",
	"pti",
	"retpoline",
	"retpoline_amd",
	"ring3mwait",
	"rsb_ctxsw",
	"split_lock_detect",
	"ssbd",
	"stibp",
	"user_shstk",
};

static bool
is_one_of(const char *const *words, size_t count, const char *word,
    size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == length &&
		    memcmp(words[i], word, length) == 0)
			return true;
	}
	return false;
}

static bool
put_part(struct text_out *out, const char *part, size_t length)
{
	if (length > (size_t)(out->end - out->at))
		return false;
	memcpy(out->at, part, length);
	out->at += length;
	*out->at = '\0';
	return true;
}

/* The words of "flags : a b c", but for some; as many as there is room for. */
static void
put_flags(struct text_out *out, const char *line, size_t length)
{
	const char *end = line + length;
	const char *at = memchr(line, ':', length);

	/* With the end of the line, which always has room from here on. */
	if (at == NULL || at + 2 - line > out->end - out->at ||
	    !put_part(out, line, (size_t)(at + 1 - line)))
		return;
	for (at++; at < end;) {
		at += *at == ' ';
		size_t word = 0;
		while (at + word < end && at[word] != ' ')
			word++;
		/* The blank before it, and room for the end of the line. */
		if (word > 0 &&
		    !is_one_of(decisions, ARRAY_SIZE(decisions), at, word) &&
		    word + 2 <= (size_t)(out->end - out->at)) {
			(void)put_part(out, " ", 1);
			(void)put_part(out, at, word);
		}
		at += word;
	}
	(void)put_part(out, "\n", 1);
}

/* "bogomips : 5192.27": it is twice the frequency of the time stamp counter. */
static void
put_frequency(struct text_out *out, const char *line, size_t length)
{
	const char *at = memchr(line, ':', length);
	uint64_t hundredths = 0;
	char text[48];

	for (size_t i = at == NULL ? length : (size_t)(at - line); i < length;
	     i++) {
		if (line[i] >= '0' && line[i] <= '9' && hundredths < 1000000000)
			hundredths =
			    hundredths * 10 + (uint64_t)(line[i] - '0');
	}
	int made = snprintf(text, sizeof(text), "cpu MHz\t\t: %lu.%03lu\n",
	    (unsigned long)(hundredths / 200),
	    (unsigned long)(hundredths % 200 * 5));
	if (made > 0)
		(void)put_part(out, text, (size_t)made);
}

static void
put_line(struct text_out *out, const char *line, size_t length)
{
	size_t name = strcspn(line, ":\n");

	while (name > 0 && (line[name - 1] == '\t' || line[name - 1] == ' '))
		name--;
	if (!is_one_of(told, ARRAY_SIZE(told), line, name))
		return;
	if (is_one_of((const char *const[]){ "flags" }, 1, line, name)) {
		put_flags(out, line, length);
		return;
	}
	if (is_one_of((const char *const[]){ "bogomips" }, 1, line, name))
		put_frequency(out, line, length);
	if (length + 1 <= (size_t)(out->end - out->at)) {
		(void)put_part(out, line, length);
		(void)put_part(out, "\n", 1);
	}
}

void
vproc_processor(const char *cpuinfo, char out[VPROC_PROCESSOR_MAX])
{
	struct text_out text = text_out(out, VPROC_PROCESSOR_MAX);

	/* An empty line ends the first processor. */
	while (*cpuinfo != '\0' && *cpuinfo != '\n') {
		size_t length = strcspn(cpuinfo, "\n");

		put_line(&text, cpuinfo, length);
		cpuinfo += length + (cpuinfo[length] == '\n');
	}
}
