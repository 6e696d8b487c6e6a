/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "os/os.h"

static void
skip_unless_root(void)
{
	if (!os_has_capability(CAP_SETUID) || !os_has_capability(CAP_SETGID))
		cr_skip_test("only root can become another user");
}

Test(cred_ids, the_user_has_the_ids_and_the_mask_that_were_asked_for)
{
	uint32_t groups[] = { 70001, 70002 };
	struct spec_process process = {
		.user = { .uid = 70000,
		    .gid = 70003,
		    .umask = { true, 027 },
		    .additional_gids = groups,
		    .additional_gids_count = 2 },
	};
	uid_t uids[3];
	gid_t gids[3];
	gid_t got[3];
	struct error e = { 0 };

	skip_unless_root();
	cr_assert(zero(int, cred_user_apply(&process, CRED_GROUPS_SET, &e)),
	    "%s", e.text);
	getresuid(&uids[0], &uids[1], &uids[2]);
	getresgid(&gids[0], &gids[1], &gids[2]);
	for (int i = 0; i < 3; i++) {
		cr_expect(eq(u32, uids[i], 70000));
		cr_expect(eq(u32, gids[i], 70003));
	}
	cr_assert(eq(int, getgroups(3, got), 2));
	cr_expect(eq(u32, got[0], 70001));
	cr_expect(eq(u32, got[1], 70002));
	cr_expect(eq(u32, umask(0), 027));
	/* Nobody else of that user may look into it. */
	cr_expect(zero(int, prctl(PR_GET_DUMPABLE)));
	/* The powers are for the steps that follow. */
	cr_expect(os_has_capability(CAP_SETUID));
	cr_expect(zero(int, prctl(PR_GET_KEEPCAPS)));
}

Test(cred_ids, groups_are_dropped_unless_that_is_denied)
{
	gid_t before[] = { 70005 };
	gid_t got[8];
	struct spec_process process = { .user = { 0 } };
	struct error e = { 0 };

	skip_unless_root();
	cr_assert(zero(int, os_setgroups(1, before)));
	cr_assert(zero(int, cred_user_apply(&process, CRED_GROUPS_DENIED, &e)));
	cr_expect(eq(int, getgroups(8, got), 1), "they are kept");
	cr_assert(zero(int, cred_user_apply(&process, CRED_GROUPS_SET, &e)));
	cr_expect(zero(int, getgroups(8, got)));
	cr_expect(eq(u32, umask(0), 022), "where none is given");
}

Test(cred_ids, groups_that_are_kept_are_all_there_are)
{
	gid_t before[] = { 70005, 70006 };
	uint32_t more[] = { 70007 };
	gid_t got[8];
	struct spec_process process = { .user = { .additional_gids = more,
					    .additional_gids_count = 1 } };
	struct error e = { 0 };

	skip_unless_root();
	cr_assert(zero(int, os_setgroups(2, before)));
	cr_assert(zero(int, cred_user_apply(&process, CRED_GROUPS_KEPT, &e)));
	cr_assert(eq(int, getgroups(8, got), 2));
	cr_expect(eq(u32, got[0], 70005));
	cr_expect(eq(u32, got[1], 70006));
}

Test(cred_ids, denied_groups_are_an_error)
{
	uint32_t groups[] = { 5 };
	struct spec_process process = {
		.user = { .uid = geteuid(),
		    .gid = getegid(),
		    .additional_gids = groups,
		    .additional_gids_count = 1 },
	};
	struct error e = { 0 };

	cr_expect(
	    eq(int, cred_user_apply(&process, CRED_GROUPS_DENIED, &e), -EPERM));
	cr_expect(eq(str, e.text,
	    "process.user.additionalGids: the user namespace denies "
	    "setgroups"));
}

Test(cred_ids, an_ordinary_user_becomes_nobody_else)
{
	struct error e = { 0 };

	if (os_has_capability(CAP_SETUID)) {
		cr_assert(zero(int, setresgid(65534, 65534, 65534)));
		cr_assert(zero(int, setresuid(65534, 65534, 65534)));
	}
	cr_assert(not(os_has_capability(CAP_SETUID)));
	struct spec_process own = {
		.user = { .uid = geteuid(), .gid = getegid() },
	};
	struct spec_process other = own;
	cr_expect(zero(int, cred_user_apply(&own, CRED_GROUPS_DENIED, &e)),
	    "%s", e.text);
	other.user.uid = geteuid() + 1;
	cr_expect(
	    eq(int, cred_user_apply(&other, CRED_GROUPS_DENIED, &e), -EPERM));
	cr_expect(ne(ptr, strstr(e.text, "process.user.uid"), NULL));
}

Test(cred_ids, no_new_privs_is_set_when_asked_for_and_checked)
{
	struct spec_process without = {
		.user = { .uid = geteuid(), .gid = getegid() },
	};
	struct spec_process with = without;
	struct error e = { 0 };

	with.no_new_privileges = true;
	cr_expect(zero(int, cred_no_new_privs_apply(&without, &e)));
	cr_expect(zero(int, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
	cr_expect(zero(int, cred_verify(&without, &e)), "%s", e.text);
	cr_expect(eq(int, cred_verify(&with, &e), -EPERM));
	cr_expect(eq(str, e.text, "no_new_privs is not set"));
	e.code = 0;
	cr_expect(zero(int, cred_no_new_privs_apply(&with, &e)));
	cr_expect(eq(int, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1));
	cr_expect(zero(int, cred_verify(&with, &e)), "%s", e.text);
}

/* One that was not changed everywhere is another. */
Test(cred_ids, a_wrong_id_is_found)
{
	struct spec_process process = {
		.user = { .uid = geteuid(), .gid = getegid() },
	};
	struct spec_capabilities none = { 0 };
	struct error e = { 0 };
	struct error user = { 0 };
	struct error group = { 0 };
	struct error more = { 0 };

	cr_expect(zero(int, cred_verify(&process, &e)), "%s", e.text);
	process.user.uid++;
	cr_expect(eq(int, cred_verify(&process, &user), -EPERM));
	cr_expect(ne(ptr, strstr(user.text, "the user is "), NULL));
	process.user.uid--;
	process.user.gid++;
	cr_expect(eq(int, cred_verify(&process, &group), -EPERM));
	cr_expect(ne(ptr, strstr(group.text, "the group is "), NULL));
	process.user.gid--;
	process.capabilities = &none;
	if (os_has_capability(CAP_SETUID))
		cr_expect(eq(int, cred_verify(&process, &more), -EPERM));
	if (os_has_capability(CAP_SETUID)) {
		cr_assert(zero(int, setresuid(0, 0, 70000)));
		struct spec_process saved = { .user = { 0 } };
		struct error each = { 0 };

		cr_expect(eq(int, cred_verify(&saved, &each), -EPERM));
		cr_expect(eq(str, each.text, "the user is 70000, not 0"));
	}
}

Test(cred_ids, a_session_has_a_keyring_of_its_own)
{
	char text[300] = "";
	struct error e = { 0 };

	if (os_keyctl_join("probe") < 0)
		cr_skip_test("no keyring can be made here");
	cr_assert(zero(int, cred_keyring_apply("c1", false, &e)), "%s", e.text);
	cr_assert(gt(long,
	    os_keyctl_describe(KEY_SPEC_SESSION_KEYRING, text, sizeof(text)),
	    0L));
	cr_expect(ne(ptr, strstr(text, ";_ses.c1"), NULL), "%s", text);
	cr_expect(ne(ptr, strstr(text, ";3f1b0000;"), NULL), "%s", text);
	cr_assert(zero(int, cred_keyring_apply("c2", true, &e)), "%s", e.text);
	cr_assert(gt(long,
	    os_keyctl_describe(KEY_SPEC_SESSION_KEYRING, text, sizeof(text)),
	    0L));
	cr_expect(ne(ptr, strstr(text, "08;_ses.c2"), NULL), "%s", text);
}

/* Of another user than the rest of the tests: the quota is all that it has. */
Test(cred_ids, a_user_whose_keys_are_used_up_is_told_what_helps)
{
	char name[16];
	long key = 0;
	struct error e = { 0 };

	skip_unless_root();
	if (os_keyctl_join("probe") < 0)
		cr_skip_test("no keyring can be made here");
	cr_assert(zero(int, setresuid(70001, 70001, 70001)));
	for (int i = 0; key >= 0 && i < 100000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		key = syscall(SYS_add_key, "user", name, "x", (size_t)1,
		    KEY_SPEC_PROCESS_KEYRING);
	}
	cr_assert(lt(long, key, 0L));
	cr_assert(eq(int, errno, EDQUOT));
	cr_expect(eq(int, cred_keyring_apply("c1", false, &e), -EDQUOT));
	cr_expect(eq(str, e.text,
	    "join a new session keyring: the user's quota of keys is used up: "
	    "raise kernel.keys.maxkeys and maxbytes, or give "
	    "--no-new-keyring"));
}
