/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container/images.h"

/* The plan as lines of "name value". */
static char *
lines(struct criu_request *request)
{
	struct criu_reader reader;
	struct error e = { 0 };
	const char *name, *value;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	cr_assert(zero(int, fflush(request->out)));
	cr_assert(
	    zero(int, criu_parse(request->text, request->length, &reader, &e)));
	while (criu_next(&reader, &name, &value))
		fprintf(out, "%s %s\n", name, value);
	fclose(out);
	criu_request_free(request);
	return text;
}

static void
expect_line(const char *text, const char *line, bool want)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "\n%s\n", line);
	cr_expect(eq(int, strstr(text, whole) != NULL, want), "%s in:\n%s",
	    line, text);
}

static struct spec *
parse(const char *json)
{
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
		      spec_parse(json, strlen(json), NULL, NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

static const char config[] =
    "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"rootfs\"},"
    "\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"user\":{\"uid\":0,"
    "\"gid\":0},\"noNewPrivileges\":true},"
    "\"annotations\":{\"org.criu.config\":\"/c\"},"
    "\"mounts\":[{\"destination\":\"/a\",\"source\":\"b\","
    "\"options\":[\"rbind\"]},{\"destination\":\"/proc\",\"type\":\"proc\","
    "\"source\":\"proc\"},{\"destination\":\"/c\",\"type\":\"bind\","
    "\"source\":\"/d\"}],"
    "\"linux\":{\"maskedPaths\":[\"/proc/kcore\"]}}";

Test(container_plan, restore_gives_what_the_configuration_names)
{
	struct making making = MAKING_NONE;
	struct container_images request = { .tcp_established = true,
		.lsm_profile = "apparmor:x",
		.status_fd = -1 };
	struct images_stdio stdio = { { "pipe:[5]", "", "" } };
	struct criu_request out = { 0 };
	struct error e = { 0 };
	static char bundle[] = "/bundle", group[] = "/g";

	making.spec = parse(config);
	making.bundle = bundle;
	making.record.cgroup_path = group;
	making.cgroup = 99;
	making.ns.join[SPEC_NS_NETWORK] = 98;
	const struct images_restore restore = { &request, &making, &stdio,
		"/root", "/notify", -1 };
	cr_assert(zero(int, criu_request_begin(&out, CRIU_RESTORE, &e)));
	cr_assert(zero(int, images_plan_restore(&restore, &out, &e)));
	cr_expect(eq(int, out.fds[0], 0));
	cr_expect(eq(int, out.fds[1], 98));
	char *text = lines(&out);
	static const char *const wanted[] = { "work-dir-fd 4", "root /root",
		"tcp-established 1", "rst-sibling 1", "no-new-privs 1",
		"cg-root /g", "lsm-profile apparmor:x", "config-file /c",
		"manage-cgroups-mode 3", "manage-cgroups 1",
		"external mnt[/a]:/bundle/b", "external mnt[/c]:/d",
		"external mnt[/proc/kcore]:/dev/null",
		"external mnt[/dev/null]:/dev/null",
		"external mnt[/run/notify]:/notify", "inherit-fd 7:pipe:[5]",
		"inherit-fd 8:extRootNetNS" };
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		expect_line(text, wanted[i], true);
	expect_line(text, "external mnt[/proc]:/bundle/proc", false);
	expect_line(text, "shell-job 1", false);
	free(text);

	/* Where criu is not to move them, it is not told where to. */
	request.manage_cgroups = "ignore";
	cr_assert(zero(int, criu_request_begin(&out, CRIU_RESTORE, &e)));
	cr_assert(zero(int, images_plan_restore(&restore, &out, &e)));
	text = lines(&out);
	expect_line(text, "manage-cgroups-mode 0", true);
	expect_line(text, "manage-cgroups 1", false);
	expect_line(text, "cg-root /g", false);
	free(text);
	spec_free(&making.spec);
}

Test(container_plan, dump_names_what_is_there)
{
	static char mountinfo[] = "1 1 0:1 / / rw - x x x\n"
				  "2 1 0:1 / /proc rw - x x x\n";
	struct mounts mounts = { mountinfo, open("/", O_PATH | O_CLOEXEC) };
	struct container_images request = { .pre_dump = true,
		.page_server = "a:1",
		.parent_path = "../p",
		.empty_network = true,
		.status_fd = 55 };
	struct images_stdio stdio = { { "pipe:[5]", "file[1:2]", "" } };
	struct spec *spec =
	    parse("{\"ociVersion\":\"1.0.0\",\"mounts\":[{"
		  "\"destination\":\"/proc/.\",\"source\":\"b\","
		  "\"options\":[\"bind\"]},{"
		  "\"destination\":\"/absent\","
		  "\"source\":\"b\",\"options\":[\"bind\"]}]}");
	const struct images_dump dump = { .request = &request,
		.spec = spec,
		.mounts = &mounts,
		.stdio = &stdio,
		.cgroup = "/sys/fs/cgroup/x",
		.proc = -1,
		.pid = 42 };
	struct criu_request out = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, criu_request_begin(&out, CRIU_PRE_DUMP, &e)));
	cr_assert(zero(int, images_plan_dump(&dump, &out, &e)));
	cr_expect(eq(int, out.fds[0], 55));
	char *text = lines(&out);
	static const char *const wanted[] = { "pid 42", "track-mem 1",
		"parent-img ../p", "page-server a:1", "status-fd 7",
		"freeze-cgroup /sys/fs/cgroup/x", "external mnt[/proc]:/proc/.",
		"external file[1:2]", "empty-ns 1073741824" };
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		expect_line(text, wanted[i], true);
	expect_line(text, "external pipe:[5]", false);
	cr_expect(eq(ptr, strstr(text, "absent"), NULL));
	cr_expect(eq(ptr, strstr(text, "leave-running"), NULL));
	free(text);
	close(mounts.root);
	spec_free(&spec);
}
