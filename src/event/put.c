/* SPDX-License-Identifier: Apache-2.0 */
#include "put.h"

#include "base/auto.h"

struct writer
put_begin(struct event_line *line)
{
	struct writer w = {
		.out = text_out(line->text, sizeof(line->text) - 1),
		.is_first = true,
	};

	w.limit = w.out.end;
	return w;
}

void
put_end(struct writer *w, struct event_line *line)
{
	w->out.at[0] = '\n';
	w->out.at[1] = '\0';
	line->length = (size_t)(w->out.at - line->text) + 1;
}

void
put_leave(struct writer *w, size_t bytes)
{
	w->limit = w->out.end - bytes;
}

/* ---- the time ------------------------------------------------------------ */

struct date {
	uint64_t year;
	unsigned month, day;
};

/*
 * Of a day since 1970, by the calendar of UTC. By hand, as gmtime_r(3) looks
 * for files and takes a lock. A year begins in March, so that the day that some
 * years have more is its last.
 */
static struct date
date_of(uint64_t days)
{
	uint64_t from_0000 = days + 719468; /* since the 1st of March, 0000 */
	uint64_t era = from_0000 / 146097;  /* of 400 years */
	uint64_t day = from_0000 % 146097;
	uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;

	day -= 365 * year + year / 4 - year / 100;
	uint64_t month = (5 * day + 2) / 153; /* 0: March */
	return (struct date){
		.year = era * 400 + year + (month >= 10),
		.month = (unsigned)(month < 10 ? month + 3 : month - 9),
		.day = (unsigned)(day - (153 * month + 2) / 5 + 1),
	};
}

void
put_time(struct writer *w, uint64_t time_ns)
{
	uint64_t seconds = time_ns / 1000000000;
	struct date date = date_of(seconds / 86400);
	const struct {
		uint64_t number;
		size_t count;
		const char *end;
	} parts[] = {
		{ date.year, 4, "-" },
		{ date.month, 2, "-" },
		{ date.day, 2, "T" },
		{ seconds / 3600 % 24, 2, ":" },
		{ seconds / 60 % 60, 2, ":" },
		{ seconds % 60, 2, "." },
		{ time_ns % 1000000000, 9, "Z" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		char digits[10] = { 0 };
		uint64_t number = parts[i].number;

		for (size_t at = parts[i].count; at > 0; at--) {
			digits[at - 1] = (char)('0' + number % 10);
			number /= 10;
		}
		writer_put(w, digits);
		writer_put(w, parts[i].end);
	}
}
