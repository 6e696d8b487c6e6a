/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print - the configuration that "lorica spec" writes, to be edited.
 */
#include "spec/spec.h"

#include <linux/capability.h>

#include "base/auto.h"

/*
 * Text for root or for an ordinary user, whose id comes behind it where the
 * mappings name that, and then for both.
 */
struct part {
	char id; /* 'u', 'g' or none */
	const char *root, *user, *both;
};

/* clang-format off */
static const struct part parts[] = {
	{ 0,
	    "",
	    "",
	    "{\n"
	    "\t\"ociVersion\": \"1.3.0\",\n"
	    "\t\"process\": {\n"
	    "\t\t\"terminal\": true,\n"
	    "\t\t\"user\": {\n"
	    "\t\t\t\"uid\": 0,\n"
	    "\t\t\t\"gid\": 0\n"
	    "\t\t},\n"
	    "\t\t\"args\": [\n"
	    "\t\t\t\"sh\"\n"
	    "\t\t],\n"
	    "\t\t\"env\": [\n"
	    "\t\t\t\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\n"
	    "\t\t\t\"TERM=xterm\"\n"
	    "\t\t],\n"
	    "\t\t\"cwd\": \"/\",\n"
	    "\t\t\"capabilities\": {\n"
	    "\t\t\t\"bounding\": [\n"
	    "\t\t\t\t\"CAP_AUDIT_WRITE\",\n"
	    "\t\t\t\t\"CAP_KILL\",\n"
	    "\t\t\t\t\"CAP_NET_BIND_SERVICE\"\n"
	    "\t\t\t],\n"
	    "\t\t\t\"effective\": [\n"
	    "\t\t\t\t\"CAP_AUDIT_WRITE\",\n"
	    "\t\t\t\t\"CAP_KILL\",\n"
	    "\t\t\t\t\"CAP_NET_BIND_SERVICE\"\n"
	    "\t\t\t],\n"
	    "\t\t\t\"permitted\": [\n"
	    "\t\t\t\t\"CAP_AUDIT_WRITE\",\n"
	    "\t\t\t\t\"CAP_KILL\",\n"
	    "\t\t\t\t\"CAP_NET_BIND_SERVICE\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t\"rlimits\": [\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"RLIMIT_NOFILE\",\n"
	    "\t\t\t\t\"hard\": 1024,\n"
	    "\t\t\t\t\"soft\": 1024\n"
	    "\t\t\t}\n"
	    "\t\t],\n"
	    "\t\t\"noNewPrivileges\": true\n"
	    "\t},\n"
	    "\t\"root\": {\n"
	    "\t\t\"path\": \"rootfs\",\n"
	    "\t\t\"readonly\": true\n"
	    "\t},\n"
	    "\t\"hostname\": \"lorica\",\n"
	    "\t\"mounts\": [\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/proc\",\n"
	    "\t\t\t\"type\": \"proc\",\n"
	    "\t\t\t\"source\": \"proc\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"nodev\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/dev\",\n"
	    "\t\t\t\"type\": \"tmpfs\",\n"
	    "\t\t\t\"source\": \"tmpfs\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"strictatime\",\n"
	    "\t\t\t\t\"mode=755\",\n"
	    "\t\t\t\t\"size=65536k\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/dev/pts\",\n"
	    "\t\t\t\"type\": \"devpts\",\n"
	    "\t\t\t\"source\": \"devpts\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"newinstance\",\n"
	    "\t\t\t\t\"ptmxmode=0666\",\n" },
	{ 0,
	    "\t\t\t\t\"mode=0620\",\n"
	    "\t\t\t\t\"gid=5\"\n",
	    "\t\t\t\t\"mode=0620\"\n",
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/dev/shm\",\n"
	    "\t\t\t\"type\": \"tmpfs\",\n"
	    "\t\t\t\"source\": \"shm\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"nodev\",\n"
	    "\t\t\t\t\"mode=1777\",\n"
	    "\t\t\t\t\"size=65536k\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/dev/mqueue\",\n"
	    "\t\t\t\"type\": \"mqueue\",\n"
	    "\t\t\t\"source\": \"mqueue\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"nodev\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/sys\",\n" },
	{ 0,
	    "\t\t\t\"type\": \"sysfs\",\n"
	    "\t\t\t\"source\": \"sysfs\",\n",
	    "\t\t\t\"type\": \"none\",\n"
	    "\t\t\t\"source\": \"/sys\",\n",
	    "\t\t\t\"options\": [\n" },
	{ 0,
	    "",
	    "\t\t\t\t\"rbind\",\n",
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"nodev\",\n" },
	{ 0,
	    "\t\t\t\t\"ro\"\n"
	    "\t\t\t]\n"
	    "\t\t},\n"
	    "\t\t{\n"
	    "\t\t\t\"destination\": \"/sys/fs/cgroup\",\n"
	    "\t\t\t\"type\": \"cgroup\",\n"
	    "\t\t\t\"source\": \"cgroup\",\n"
	    "\t\t\t\"options\": [\n"
	    "\t\t\t\t\"nosuid\",\n"
	    "\t\t\t\t\"noexec\",\n"
	    "\t\t\t\t\"nodev\",\n"
	    "\t\t\t\t\"relatime\",\n"
	    "\t\t\t\t\"ro\"\n",
	    "\t\t\t\t\"rro\"\n",
	    "\t\t\t]\n"
	    "\t\t}\n"
	    "\t],\n"
	    "\t\"linux\": {\n" },
	{ 'u',
	    "\t\t\"resources\": {\n"
	    "\t\t\t\"devices\": [\n"
	    "\t\t\t\t{\n"
	    "\t\t\t\t\t\"allow\": false,\n"
	    "\t\t\t\t\t\"access\": \"rwm\"\n"
	    "\t\t\t\t}\n"
	    "\t\t\t]\n"
	    "\t\t},\n",
	    "\t\t\"uidMappings\": [\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"containerID\": 0,\n"
	    "\t\t\t\t\"hostID\": ",
	    "" },
	{ 'g',
	    "",
	    ",\n"
	    "\t\t\t\t\"size\": 1\n"
	    "\t\t\t}\n"
	    "\t\t],\n"
	    "\t\t\"gidMappings\": [\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"containerID\": 0,\n"
	    "\t\t\t\t\"hostID\": ",
	    "" },
	{ 0,
	    "",
	    ",\n"
	    "\t\t\t\t\"size\": 1\n"
	    "\t\t\t}\n"
	    "\t\t],\n",
	    "\t\t\"namespaces\": [\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"pid\"\n"
	    "\t\t\t},\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"ipc\"\n"
	    "\t\t\t},\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"uts\"\n"
	    "\t\t\t},\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"mount\"\n"
	    "\t\t\t},\n"
	    "\t\t\t{\n"
	    "\t\t\t\t\"type\": \"cgroup\"\n"
	    "\t\t\t},\n"
	    "\t\t\t{\n" },
	{ 0,
	    "\t\t\t\t\"type\": \"network\"\n",
	    "\t\t\t\t\"type\": \"user\"\n",
	    "\t\t\t}\n"
	    "\t\t],\n"
	    "\t\t\"maskedPaths\": [\n"
	    "\t\t\t\"/proc/acpi\",\n"
	    "\t\t\t\"/proc/asound\",\n"
	    "\t\t\t\"/proc/kcore\",\n"
	    "\t\t\t\"/proc/keys\",\n"
	    "\t\t\t\"/proc/latency_stats\",\n"
	    "\t\t\t\"/proc/timer_list\",\n"
	    "\t\t\t\"/proc/timer_stats\",\n"
	    "\t\t\t\"/proc/sched_debug\",\n"
	    "\t\t\t\"/proc/scsi\",\n"
	    "\t\t\t\"/proc/interrupts\",\n"
	    "\t\t\t\"/sys/firmware\",\n"
	    "\t\t\t\"/sys/devices/virtual/powercap\"\n"
	    "\t\t],\n"
	    "\t\t\"readonlyPaths\": [\n"
	    "\t\t\t\"/proc/bus\",\n"
	    "\t\t\t\"/proc/fs\",\n"
	    "\t\t\t\"/proc/irq\",\n"
	    "\t\t\t\"/proc/sys\",\n"
	    "\t\t\t\"/proc/sysrq-trigger\"\n"
	    "\t\t]" },
};
/* clang-format on */

static int
put(FILE *out, const struct part *part, bool rootless, uint32_t uid,
    uint32_t gid)
{
	if (fputs(rootless ? part->user : part->root, out) < 0)
		return -1;
	if (rootless && part->id != 0 &&
	    fprintf(out, "%u", part->id == 'u' ? uid : gid) < 0)
		return -1;
	return fputs(part->both, out);
}

int
spec_print_default(FILE *out, bool rootless, uint32_t uid, uint32_t gid,
    const struct spec_seccomp *profile)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (put(out, &parts[i], rootless, uid, gid) < 0)
			return -1;
	}
	if (profile != NULL) {
		fputs(",\n\t\t\"seccomp\": ", out);
		spec_print_profile(out, profile, 2);
	}
	fputs("\n\t}\n}\n", out);
	return fflush(out) != 0 || ferror(out) ? -1 : 0;
}

uint64_t
spec_default_bounding(void)
{
	return 1ull << CAP_AUDIT_WRITE | 1ull << CAP_KILL |
	       1ull << CAP_NET_BIND_SERVICE;
}
