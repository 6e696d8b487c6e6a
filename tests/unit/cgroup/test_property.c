/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"
#include "unit/unit.h"

/* Of resources: "Name[since]=value,value ..." of each property, in order. */
static char *
shown(const char *resources, struct error *e)
{
	static char line[4096];
	AUTO(spec_free) struct spec *spec = spec_with(resources);
	AUTO_FREE char *bytes = NULL;
	size_t length, at = 0, used = 0;
	FILE *out = open_memstream(&bytes, &length);
	int failed = cgroup_properties_put(out, spec->lnx.resources, e);
	struct unit_property property;

	fclose(out);
	if (failed < 0)
		return NULL;
	struct unit_request request = { .properties = bytes, .length = length };
	line[0] = '\0';
	while (unit_next(&request, &at, &property)) {
		const char *value = property.values;

		used += (size_t)snprintf(line + used, sizeof(line) - used,
		    "%s%s", used > 0 ? " " : "", property.name);
		if (property.since > 0)
			used += (size_t)snprintf(line + used,
			    sizeof(line) - used, "[%u]", property.since);
		for (size_t i = 0; i < property.count; i++) {
			used +=
			    (size_t)snprintf(line + used, sizeof(line) - used,
				"%c%s", i == 0 ? '=' : ',', value);
			value = unit_next_value(value);
		}
	}
	return line;
}

#define INFINITY_ UNIT_INFINITY

Test(cgroup_property, every_limit_that_systemd_knows_is_a_property)
{
	static const struct {
		const char *resources, *want;
	} rows[] = {
		{ "{}", "" },
		{ "{\"memory\":{\"limit\":1000}}", "MemoryMax=1000" },
		{ "{\"memory\":{\"limit\":-1}}",
		    "MemorySwapMax=" INFINITY_ " MemoryMax=" INFINITY_ },
		{ "{\"memory\":{\"limit\":1000,\"swap\":3000,"
		  "\"reservation\":500}}",
		    "MemorySwapMax=2000 MemoryMax=1000 MemoryLow=500" },
		{ "{\"cpu\":{\"shares\":512}}", "CPUWeight=59" },
		{ "{\"cpu\":{\"shares\":512,\"idle\":1}}",
		    "CPUWeight[252]=100 CPUWeight=59 CPUWeight[252]=0" },
		{ "{\"cpu\":{\"idle\":0}}", "CPUWeight[252]=100" },
		{ "{\"cpu\":{\"quota\":50000,\"period\":100000}}",
		    "CPUQuotaPerSecUSec=500000 "
		    "CPUQuotaPeriodUSec[242]=100000" },
		/* Up to whole percent: less than was asked for is wrong. */
		{ "{\"cpu\":{\"quota\":12345,\"period\":100000}}",
		    "CPUQuotaPerSecUSec=130000 "
		    "CPUQuotaPeriodUSec[242]=100000" },
		{ "{\"cpu\":{\"quota\":1,\"period\":1000000}}",
		    "CPUQuotaPerSecUSec=10000 "
		    "CPUQuotaPeriodUSec[242]=1000000" },
		{ "{\"cpu\":{\"quota\":-1}}",
		    "CPUQuotaPerSecUSec=" INFINITY_
		    " CPUQuotaPeriodUSec[242]=100000" },
		{ "{\"cpu\":{\"period\":20000}}",
		    "CPUQuotaPerSecUSec=" INFINITY_
		    " CPUQuotaPeriodUSec[242]=20000" },
		{ "{\"cpu\":{\"burst\":5}}", "" },
		{ "{\"cpu\":{\"cpus\":\"0-2,9\",\"mems\":\"0\"}}",
		    "AllowedCPUs[244]=7,2 AllowedMemoryNodes[244]=1" },
		{ "{\"pids\":{\"limit\":20}}", "TasksMax=20" },
		{ "{\"pids\":{\"limit\":-1}}", "TasksMax=" INFINITY_ },
		{ "{\"pids\":{\"limit\":0}}", "TasksMax=1" },
		{ "{\"blockIO\":{\"weight\":500,\"weightDevice\":[{\"major\":8,"
		  "\"minor\":1,\"weight\":10}]}}",
		    "IOWeight=4950 IODeviceWeight=/dev/block/8:1,1" },
		{ "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,"
		  "\"minor\":0,\"rate\":1},{\"major\":8,\"minor\":16,\"rate\":"
		  "0}],\"throttleWriteBpsDevice\":[{\"major\":8,\"minor\":0,"
		  "\"rate\":2}],\"throttleReadIOPSDevice\":[{\"major\":8,"
		  "\"minor\":0,\"rate\":3}],\"throttleWriteIOPSDevice\":[{"
		  "\"major\":8,\"minor\":0,\"rate\":4}]}}",
		    "IOReadBandwidthMax=/dev/block/8:0,1 "
		    "IOReadBandwidthMax=/dev/block/8:16," INFINITY_
		    " IOWriteBandwidthMax=/dev/block/8:0,2 "
		    "IOReadIOPSMax=/dev/block/8:0,3 "
		    "IOWriteIOPSMax=/dev/block/8:0,4" },
		{ "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1}],"
		  "\"rdma\":{\"x\":{\"hcaHandles\":1}},"
		  "\"devices\":[{\"allow\":false}]}",
		    "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char *got = shown(rows[i].resources, &e);

		cr_assert(ne(ptr, got, NULL), "%s", e.text);
		cr_expect(eq(str, got, (char *)rows[i].want));
	}
}

Test(cgroup_property, so_is_what_is_unified)
{
	static const struct {
		const char *key, *value, *want;
	} rows[] = {
		{ "memory.max", "16M", "MemoryMax=16777216" },
		{ "memory.max", "max", "MemoryMax=" INFINITY_ },
		{ "memory.high", "1g", "MemoryHigh=1073741824" },
		{ "memory.min", "0", "MemoryMin[240]=0" },
		{ "memory.low", "4k", "MemoryLow=4096" },
		{ "memory.swap.max", "0", "MemorySwapMax=0" },
		{ "memory.zswap.max", "5", "MemoryZSwapMax[253]=5" },
		{ "memory.oom.group", "1", "OOMPolicy[253]=kill" },
		{ "memory.oom.group", "0", "OOMPolicy[253]=continue" },
		{ "memory.peak", "1", "" },
		{ "cpu.weight", "7", "CPUWeight=7" },
		{ "cpu.idle", "1", "CPUWeight[252]=0" },
		{ "cpu.max", "5000 10000",
		    "CPUQuotaPerSecUSec=500000 CPUQuotaPeriodUSec[242]=10000" },
		{ "cpu.max", "max 10000",
		    "CPUQuotaPerSecUSec=" INFINITY_
		    " CPUQuotaPeriodUSec[242]=10000" },
		{ "cpu.max", "10000",
		    "CPUQuotaPerSecUSec=100000 "
		    "CPUQuotaPeriodUSec[242]=100000" },
		{ "cpuset.cpus", "", "AllowedCPUs[244]" },
		{ "pids.max", "max", "TasksMax=" INFINITY_ },
		{ "io.weight", "default 50", "IOWeight=50" },
		{ "io.weight", "8:0 50", "IODeviceWeight=/dev/block/8:0,50" },
		{ "io.max", "8:0 rbps=1 wiops=max",
		    "IOReadBandwidthMax=/dev/block/8:0,1 "
		    "IOWriteIOPSMax=/dev/block/8:0," INFINITY_ },
		{ "hugetlb.2MB.max", "0", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char resources[256];

		snprintf(resources, sizeof(resources),
		    "{\"unified\":{\"%s\":\"%s\"}}", rows[i].key,
		    rows[i].value);
		char *got = shown(resources, &e);
		cr_assert(ne(ptr, got, NULL), "%s", e.text);
		cr_expect(eq(str, got, (char *)rows[i].want));
	}
}

Test(cgroup_property, what_would_be_lost_is_refused)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "memory.max", "16X" },
		{ "memory.max", "16MB" },
		{ "memory.max", "" },
		{ "memory.max", "-1" },
		{ "memory.max", "99999999999999999999" },
		{ "memory.max", "18446744073709551615K" },
		{ "cpu.weight", "0" },
		{ "cpu.weight", "10001" },
		{ "cpu.idle", "2" },
		{ "memory.oom.group", "2" },
		{ "cpu.max", "1000 0" },
		{ "cpu.max", "1000 x" },
		{ "cpu.max", "99999999999999999 1" },
		{ "cpuset.cpus", "0-" },
		{ "cpuset.cpus", "2-1" },
		{ "cpuset.cpus", "0-10:1/2" },
		{ "cpuset.cpus", "8192" },
		{ "cpuset.cpus", "a" },
		{ "cpuset.mems", "0 1" },
		{ "pids.max", "many" },
		{ "io.weight", "8:0" },
		{ "io.weight", "8: 5" },
		{ "io.max", "rbps=1" },
		{ "io.max", "8:0 xbps=1" },
		{ "io.max", "8:0 rbps" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char resources[256], want[256];

		snprintf(resources, sizeof(resources),
		    "{\"unified\":{\"%s\":\"%s\"}}", rows[i].key,
		    rows[i].value);
		cr_expect(eq(ptr, shown(resources, &e), NULL), "%s", resources);
		snprintf(want, sizeof(want),
		    "linux.resources.unified.%s: \"%s\" in %s has no "
		    "equivalent among the properties of systemd",
		    rows[i].key, rows[i].value, rows[i].key);
		cr_expect(eq(str, e.text, want));
	}
}
