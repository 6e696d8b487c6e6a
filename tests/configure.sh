#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does ./configure say what is missing, and the Debian package that has it?
tree=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

# names WHAT PATTERN [ARGUMENT...]: configure fails with a line that matches.
names() {
	what=$1
	wanted=$2
	shift 2
	if "$tree/configure" "$@" >out 2>err; then
		echo "not ok: $what: configure succeeded"
		failed=1
	elif ! grep -q "error: $wanted" err; then
		echo "not ok: $what: expected \"$wanted\" in:"
		sed 's/^/    /' err
		failed=1
	fi
}

mkdir empty
PKG_CONFIG_LIBDIR=$work/empty
export PKG_CONFIG_LIBDIR
unset PKG_CONFIG_PATH
names libraries 'something is missing (Debian: apt install libseccomp-dev libyajl-dev)'
names "all at once" 'something.*libseccomp-dev libyajl-dev linux-libc-dev libc6-dev' \
	ac_cv_header_linux_openat2_h=no ac_cv_func_mount_setattr=no
names "kernel headers" 'something.*apt install linux-libc-dev)' \
	ac_cv_header_linux_nsfs_h=no SECCOMP_CFLAGS=-I. SECCOMP_LIBS=-lseccomp \
	YAJL_CFLAGS=-I. YAJL_LIBS=-lyajl
names "what is asked for" \
	'something.*apt install libsystemd-dev libarchive-dev libyaml-dev)' \
	--with-systemd --with-archive --with-yaml SECCOMP_CFLAGS=-I. \
	SECCOMP_LIBS=-lseccomp YAJL_CFLAGS=-I. YAJL_LIBS=-lyajl
names pkg-config 'pkg-config is missing (Debian: apt install pkg-config)' \
	PKG_CONFIG=/nonexistent ac_cv_path_PKG_CONFIG= ac_cv_path_ac_pt_PKG_CONFIG=
names compiler 'no C compiler (Debian: apt install gcc libc6-dev)' \
	ac_cv_prog_have_compiler=no
"$tree/configure" SECCOMP_CFLAGS=-I. SECCOMP_LIBS=-lseccomp YAJL_CFLAGS=-I. \
	YAJL_LIBS=-lyajl >out 2>err
if ! grep -q 'no unit tests (Debian: apt install libcriterion-dev libcap-dev)' err; then
	echo "not ok: without Criterion"
	failed=1
fi
exit $failed
