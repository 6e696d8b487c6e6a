/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

Test(vproc_processor, what_instructions_tell_is_told_and_no_more)
{
	static const struct {
		const char *cpuinfo, *told;
	} rows[] = {
		{ "", "" },
		{ "\nmodel\t: 1\n", "" },
		/* x86-64 */
		{ "processor\t: 3\nvendor_id\t: GenuineIntel\n"
		  "cpu family\t: 6\nmodel\t\t: 143\nmodel name\t: Xeon\n"
		  "stepping\t: 8\nmicrocode\t: 0x2b0004d0\n"
		  "cpu MHz\t\t: 3812.447\ncache size\t: 61440 KB\n"
		  "physical id\t: 1\nsiblings\t: 96\ncore id\t\t: 40\n"
		  "cpu cores\t: 48\napicid\t\t: 208\ninitial apicid\t: 208\n"
		  "flags\t\t: fpu avx2 pti ibrs md_clear amx_tile\n"
		  "vmx flags\t: ept\nbugs\t\t: spectre_v1 mds\n"
		  "bogomips\t: 5192.27\nclflush size\t: 64\n"
		  "address sizes\t: 46 bits physical, 57 bits virtual\n"
		  "power management:\n\nprocessor\t: 4\nmodel\t: 9\n",
		    "vendor_id\t: GenuineIntel\ncpu family\t: 6\n"
		    "model\t\t: 143\nmodel name\t: Xeon\nstepping\t: 8\n"
		    "cache size\t: 61440 KB\nflags\t\t: fpu avx2 amx_tile\n"
		    "cpu MHz\t\t: 2596.135\nbogomips\t: 5192.27\n"
		    "clflush size\t: 64\n"
		    "address sizes\t: 46 bits physical, 57 bits virtual\n"
		    "power management:\n" },
		/* arm64 */
		{ "processor\t: 0\nBogoMIPS\t: 243.75\n"
		  "Features\t: fp asimd sve\nCPU implementer\t: 0x41\n"
		  "CPU part\t: 0xd40\n\n",
		    "BogoMIPS\t: 243.75\nFeatures\t: fp asimd sve\n"
		    "CPU implementer\t: 0x41\nCPU part\t: 0xd40\n" },
		/* Not as the kernel writes it. */
		{ "flags\n", "" },
		{ "flags\t:\n", "flags\t:\n" },
		{ "bogomips", "cpu MHz\t\t: 0.000\nbogomips\n" },
		{ "bogomips\t: 99999999999999999999\n",
		    "cpu MHz\t\t: 49999999.995\n"
		    "bogomips\t: 99999999999999999999\n" },
		{ ": x\nmodel", "model\n" },
	};
	char out[VPROC_PROCESSOR_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		vproc_processor(rows[i].cpuinfo, out);
		cr_expect(eq(str, out, (char *)rows[i].told), "row %zu", i);
	}
}

Test(vproc_processor, what_does_not_fit_is_left_out_whole)
{
	static char text[3 * VPROC_PROCESSOR_MAX] = "flags\t\t:";
	char out[VPROC_PROCESSOR_MAX];

	for (size_t at = strlen(text); at + 8 < sizeof(text); at += 7)
		(void)strcpy(text + at, " avx512");
	vproc_processor(text, out);
	size_t length = strlen(out);
	cr_expect(ge(sz, length, VPROC_PROCESSOR_MAX - 10));
	cr_expect(eq(str, out + length - 8, " avx512\n"));
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "model\t: ", 8);
	vproc_processor(text, out);
	cr_expect(eq(str, out, ""));
	/* All but the room for the end of a line. */
	char *filled = text + snprintf(text, sizeof(text), "model\t: ");
	memset(filled, 'x', VPROC_PROCESSOR_MAX - 20);
	(void)strcpy(filled + VPROC_PROCESSOR_MAX - 20, "\nflags\t:\n");
	for (size_t fill = 0; fill < 16; fill++) {
		vproc_processor(text, out);
		length = strlen(out);
		cr_expect(eq(chr, out[length - 1], '\n'));
		memmove(filled + 1, filled, strlen(filled) + 1);
		*filled = 'x';
	}
}
