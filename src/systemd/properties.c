/* SPDX-License-Identifier: Apache-2.0 */
/*
 * properties - from the texts of a request to a message of D-Bus.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "bus.h"

/* unit_parse() has seen that it is one of its type. */
static int
append_value(sd_bus_message *message, char type, const char *text)
{
	int truth = text[0] == 't';
	uint64_t whole = strtoull(text, NULL, 10);
	int64_t negative = strtoll(text, NULL, 10);
	uint8_t byte = (uint8_t)whole;
	uint32_t small = (uint32_t)whole;
	int32_t small_negative = (int32_t)negative;

	switch (type) {
	case 'b':
		return sd_bus_message_append_basic(message, type, &truth);
	case 'y':
		return sd_bus_message_append_basic(message, type, &byte);
	case 'i':
		return sd_bus_message_append_basic(message, type,
		    &small_negative);
	case 'u':
		return sd_bus_message_append_basic(message, type, &small);
	case 'x':
		return sd_bus_message_append_basic(message, type, &negative);
	case 't':
		return sd_bus_message_append_basic(message, type, &whole);
	default:
		return sd_bus_message_append_basic(message, type, text);
	}
}

/* Open and close see errors of before: the last result says all. */
static int
append_array(sd_bus_message *message, const struct unit_property *property)
{
	const char *element = property->signature + 1;
	const char *value = property->values;
	bool list = element[0] == '(';
	char types[16] = "";
	size_t width = strcspn(element + list, ")");
	int result = sd_bus_message_open_container(message, 'a', element);

	memcpy(types, element + list, width);
	for (size_t i = 0; result >= 0 && i < property->count; i++) {
		if (list && i % width == 0)
			result =
			    sd_bus_message_open_container(message, 'r', types);
		if (result >= 0)
			result = append_value(message, types[i % width], value);
		if (result >= 0 && list && i % width == width - 1)
			result = sd_bus_message_close_container(message);
		value = unit_next_value(value);
	}
	return result < 0 ? result : sd_bus_message_close_container(message);
}

static int
append_one(sd_bus_message *message, const struct unit_property *property)
{
	const char *signature = property->signature;
	int result;

	if ((result = sd_bus_message_open_container(message, 'r', "sv")) < 0 ||
	    (result = sd_bus_message_append_basic(message, 's',
		 property->name)) < 0 ||
	    (result = sd_bus_message_open_container(message, 'v', signature)) <
		0)
		return result;
	result = signature[0] == 'a'
		     ? append_array(message, property)
		     : append_value(message, signature[0], property->values);
	if (result < 0 ||
	    (result = sd_bus_message_close_container(message)) < 0)
		return result;
	return sd_bus_message_close_container(message);
}

int
bus_append(sd_bus_message *message, const struct unit_request *request,
    unsigned version, struct error *e)
{
	struct unit_property property = { 0 };
	size_t at = 0;
	int result = sd_bus_message_open_container(message, 'a', "(sv)");

	while (result >= 0 && unit_next(request, &at, &property)) {
		if (property.since <= version)
			result = append_one(message, &property);
	}
	if (result >= 0)
		result = sd_bus_message_close_container(message);
	return result < 0
		   ? error_errno(e, -result, "put the properties together")
		   : 0;
}
