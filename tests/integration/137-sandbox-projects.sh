# shellcheck shell=sh disable=SC2088 # "~" is lorica's
# lorica sandbox: secrets and repositories that are not at the top of what is
# worked in, and a repository's own directory that is named.
one_guest user "the sandbox's projects" || return 0
d=$WORK/sandbox-projects
mkdir -p "$d/home"
chmod 755 "$d"
h=$d/home

box_at() {
	at=$1
	shift
	output env -u XDG_CONFIG_HOME HOME="$h" sh -c 'cd "$0" && exec "$@"' "$at" \
		"$LORICA" --root "$d/state" sandbox "$@"
}

mkdir "$h/first"
if ! box_at "$h/first" -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "the sandbox's projects" "no user namespaces"
	return
fi

# repository DIRECTORY: one, with a secret; as git init makes it, or as bare.
repository() {
	mkdir -p "$1/.git/objects" "$1/.git/refs/heads" "$1/.git/hooks"
	echo ref: refs/heads/main >"$1/.git/HEAD"
	printf '[core]\n\trepositoryformatversion = 0\n' >"$1/.git/config"
	echo secret >"$1/.env"
}
# What may not be done in a repository, and what may.
# shellcheck disable=SC2016 # for the inner shell
attack='for r in "$@"; do cd "$r" || exit
	(echo x >.git/hooks/pre-commit) && echo hook; (echo x >>.git/config) && echo config
	(echo x >.git/commondir) && echo commondir; (echo x >.git/config.worktree) && echo worktree
	mv .git g && echo moved; mv "$PWD" "$PWD.away" && echo away
	cat .env; echo x >.git/index && echo x >file && echo worked; done'

# ---- below --------------------------------------------------------------------
w=$h/ws
repository "$w/r1"
repository "$w/of/r2"
mkdir -p "$w/one" "$w/package/web" "$w/package/lib" "$w/a/b/r4"
echo secret >"$w/package/web/.env.local"
repository "$w/node_modules/r3"
repository "$w/a/b/r4"
box_at "$w" -- sh -c "$attack" sh "$w/r1" "$w/of/r2" 2>/dev/null
is "repositories below are as one at the top" "$(echo "$out" | xargs)" "worked worked"
is "nothing of it is left" "$(cd "$w" && find . -name commondir -o -name config.worktree -o -name '*.away')" ""
box_at "$h" --rw "$w" -- sh -c "$attack" sh "$w/r1" 2>/dev/null
is "those in a directory that is named, too" "$(echo "$out" | xargs)" worked
box_at "$w" -- cat package/web/.env.local
is "secrets below are hidden" "$status:$out:$err" 0::
mkdir -p "$w/package/api" "$w/package/conf" "$w/package/linked"
echo secret >"$w/package/api/.env.production"
echo secret >"$w/package/conf/.npmrc"
ln -s ../api/.env.production "$w/package/linked/.pypirc"
box_at "$w" -- sh -c 'cat package/*/.[enp]*'
is "by every name" "$status:$out:$err" 0::
rm -rf "$w/package/api" "$w/package/conf" "$w/package/linked"
box_at "$h" --ro "$w" --cwd "$w" -- cat r1/.env package/web/.env.local
is "where nothing may be written as well" "$status:$out:$err" 0::
box_at "$w" -- sh -c 'mv one two && mv package/lib package/web/l && echo x >package/web/x && mv package/web/x . &&
	ls -d two package/web/l x | xargs && rm x && mv two one && mv package/web/l package/lib'
is "other directories may be renamed, and moved in and out" "$out" "package/web/l two x"
box_at "$w" --rw r1/.git/config -- sh -c 'echo "#x" >>r1/.git/config && tail -n 1 r1/.git/config'
is "what is named may be written" "$out" "#x"
box_at "$w" -- sh -c 'cat node_modules/r3/.env a/b/r4/.env'
is "the bound is as the documents say" "$(echo "$out" | xargs)" "secret secret"
is "and no line is said for that" "$err" ""
mkdir "$h/bare" && cp -r "$w/r1/.git" "$h/bare/r.git"
box_at "$h/bare" -- sh -c '(echo x >r.git/hooks/pre-commit) || (echo x >>r.git/config) || (echo x >r.git/commondir) || mv r.git r2 || echo no' 2>/dev/null
is "a repository without files is one" "$out" no
mkdir -p "$h/deep/er" && cp -r "$w/r1/.git" "$h/deep/er/r.git"
box_at "$h/deep" -- sh -c '(echo x >er/r.git/hooks/pre-commit) || (echo x >>er/r.git/config) || mv er r2 || echo no' 2>/dev/null
is "further below as well" "$out" no
cp -r "$w/r1/.git" "$h/deep/er/mirror"
box_at "$h/deep" -- sh -c '(echo x >er/mirror/hooks/pre-commit) || (echo x >>er/mirror/config) || mv er r2 || echo no' 2>/dev/null
is "whatever it is called" "$out" no
mkdir -p "$h/wide/of" "$h/wide/large"
(cd "$h/wide/of" && seq 200 | xargs mkdir && for n in *; do echo secret >"$n/.envrc"; done)
for secret in .env .envrc .netrc .npmrc .pypirc; do
	mkdir "$h/wide/large/in$secret"
	echo secret >"$h/wide/large/in$secret/$secret"
	(cd "$h/wide/large/in$secret" && seq -f '%.0f-a-name-that-makes-it-a-long-list' 2000 | xargs touch)
done
# Where names are told in the order of their making, and where in the other.
for secret in .env .npmrc; do
	rm "$h/wide/large/in$secret/$secret"
	echo secret >"$h/wide/large/in$secret/$secret"
done
box_at "$h/wide" -- sh -c 'cat of/*/.envrc large/in*/.[enp]*'
is "by every name, in many and in large ones" "$status:$out:$err" 0::
# Who owns a directory can have it be read after all.
mkdir -p "$h/shut/a/b" "$h/shut/c/d" "$h/shut/e/f"
for secret in a/.env c/d/.npmrc e/f/.envrc; do echo secret >"$h/shut/$secret"; done
shut() { chmod 300 "$h/shut/a" "$h/shut/c" && chmod 0 "$h/shut/e/f"; }
shut
box_at "$h/shut" -- sh -c 'chmod 700 a c e/f; cat a/.env c/d/.npmrc e/f/.envrc; chmod 300 a; mv a g; mv e g; ls' 2>/dev/null
is "nor is there a way to what cannot be looked into" "$(echo "$out" | xargs)" "a c e"
shut
box_at "$h/shut" --rw "$h/shut/a" -- sh -c 'chmod 700 a; echo x >a/file; cat a/.env'
is "unless it is asked for" "$status:$(cat "$h/shut/a/file"):$out" 0:x:
chmod 700 "$h/shut/a" "$h/shut/c" "$h/shut/e/f"
chmod 300 "$h/shut"
box_at "$h/shut" -- true
chmod 700 "$h/shut"
[ "$(id -u)" = 0 ] || has "what is worked in is said to be shut" "$status:$err" "0:*has more in it than is looked at*"
mkdir -p "$h/like/of"
repository "$h/like/r1"
repository "$h/like/of/r2"
for r in "$h/like/r1" "$h/like/of"; do
	mkdir "$r/objects" "$r/refs"
	echo x >"$r/HEAD"
done
box_at "$h/like" -- sh -c "$attack" sh "$h/like/r1" "$h/like/of/r2" 2>/dev/null
is "what looks like one around another hides nothing" "$(echo "$out" | xargs)" "worked worked"
mkdir "$h/many"
(cd "$h/many" && seq 200 | xargs mkdir)
repository "$h/many/r1"
box_at "$h/many" -- sh -c "$attack" sh "$h/many/r1" 2>/dev/null
is "among many it is found" "$(echo "$out" | tail -n 1)" worked
rm -rf "$h/many/r1"
box_at "$h/many" -- true
is "where there is more than is looked at, that is said" "$err" \
	"lorica: sandbox: note: $h/many has more in it than is looked at: secrets and repositories further below are neither hidden nor kept"
mkdir "$h/linked"
ln -s "$w/r1" "$h/linked/r1"
mkdir "$h/linked/loop"
ln -s .. "$h/linked/loop/loop"
box_at "$h/linked" -- true
is "links are not followed" "$status:$err" 0:

# What is hidden is not moved to where the next one does not look for it: neither
# the directories around it, nor those around what is worked in.
m=$h/moved
mkdir -p "$m/apps" "$m/a/b/c" "$m/x/y" "$m/plain/sub" "$h/.config/gh"
for secret in "$m/apps/.env" "$m/x/y/.env" "$h/.config/gh/hosts.yml"; do
	echo secret >"$secret"
done
for mode in off guard; do
	[ $mode = off ] || box_at "$m" --intercept guard -- true || continue
	box_at "$m" --intercept $mode -- sh -c 'mv apps a/b/c/; mv apps node_modules; rm -rf apps; mv plain a/b/c/ && mv a/b/c/plain .' 2>/dev/null
	is "$mode: a directory around a secret stays, others move" "$(cd "$m" && find . -name .env -o -name sub | sort | xargs)" \
		"./apps/.env ./plain/sub ./x/y/.env"
	box_at "$m/x/y" --intercept $mode --rw "$m" -- sh -c 'mv ../../x ../../a/b/c/' 2>/dev/null
	is "$mode: so does one around what is worked in" "$(cat "$m/x/y/.env")" secret
	box_at "$m" --intercept $mode --rw '~' -- sh -c 'mv ~/.config ~/.c2' 2>/dev/null
	is "$mode: and those of the home" "$(cat "$h/.config/gh/hosts.yml")" secret
	box_at "$m" --intercept $mode --hide a/b -- sh -c 'mv a a2' 2>/dev/null
	ok "$mode: and those of what --hide says" test -d "$m/a/b"
	box_at "$h/first" --intercept $mode --bind "$h:/mnt" -- sh -c 'mv /mnt/.config /mnt/.c2' 2>/dev/null
	is "$mode: by another name of theirs, too" "$(cat "$h/.config/gh/hosts.yml")" secret
done
# Nothing of what is hidden with a part of it asked for is seen by that.
mkdir -p "$h/.config/git" "$m/part/in/of"
echo secret | tee "$m/part/in/file" >"$h/.config/git/other"
echo x >"$h/.config/git/credentials"
box_at "$m" --rw '~' --rw "$m/part/in/of" --rw "$h/.config/gh" --hide '~/.config' --hide part -- \
	sh -c 'ls part/in ~/.config | xargs; mv part p2; cat part/in/file ~/.config/git/other' 2>/dev/null
is "directories that are held show nothing" "$out" "$h/.config: gh part/in: of"
cp "$SUPPORT/escape" "$m/"
"$m/escape" listen "$h/.config/socket" >"$d/listens" &
listener=$!
ok "somebody listens" await test -s "$d/listens"
box_at "$m" --rw '~' -- ./escape connect "$h/.config/socket"
is "nor sockets, by being held" "$out" ECONNREFUSED
kill $listener
rm -rf "$h/.config" "$m"

# ---- above ----------------------------------------------------------------------
repository "$h/g"
mkdir -p "$h/g/sub/deep"
echo secret >"$h/g/sub/.npmrc"
echo above >"$h/.env.local"
box_at "$h/g/sub/deep" -- sh -c 'cat ../../.env ../.npmrc; cat ../../../.env.local'
is "secrets of the project that it is a part of are hidden" "$status:$out:$err" 0:above:
box_at "$h/g/sub/deep" --ro ../../.env -- cat ../../.env
is "unless they are named" "$out" secret
mkdir -p "$h/plain/sub"
echo secret >"$h/plain/.env"
echo secret >"$h/g/.env.staging"
mkdir -p "$h/g/inner/sub"
repository "$h/g/inner"
box_at "$h/plain/sub" -- cat ../.env
is "without a repository up to the home" "$status:$out" 0:
box_at "$h/g/inner/sub" -- sh -c 'cat ../.env ../../.env.staging'
is "above a repository as well" "$status:$out" 0:
box_at "$h/plain/sub" -- mkdir .git
box_at "$h/plain/sub" -- cat ../.env
is "and above one that a command has made" "$status:$out" 0:

# ---- a ".git" that is named ------------------------------------------------------
named='(echo x >.git/hooks/post-checkout) && echo hook; (echo x >>.git/config) && echo config
	(echo x >.git/commondir) && echo commondir; (echo x >.git/config.worktree) && echo worktree
	mv .git/hooks .git/h && echo moved; echo x >.git/index && echo worked'
box_at "$h/g/sub" --rw ../.git -- sh -c "cd .. && $named" 2>/dev/null
is "what git obeys stays in a .git that is named" "$(echo "$out" | xargs)" worked
box_at "$h/g/.git" -- sh -c "cd .. && $named" 2>/dev/null
is "and in one that is worked in" "$(echo "$out" | xargs)" worked
mkdir -p "$h/g/.git/modules/m/hooks" "$h/g/.git/modules/m/refs" "$h/g/.git/modules/m/objects"
echo x >"$h/g/.git/modules/m/HEAD"
box_at "$h/g/sub" --rw ../.git/modules/m -- sh -c \
	'cd ../.git/modules/m && (echo x >hooks/x || echo x >config || echo no); echo x >index && echo worked' 2>/dev/null
is "and in that of a submodule" "$(echo "$out" | xargs)" "no worked"
box_at "$h/g/sub" --rw ../.git/hooks -- sh -c 'echo x >../.git/hooks/new && echo written'
is "what is named itself may be written" "$out" written
if PATH=/usr/local/bin:/usr/bin:/bin command -v git >/dev/null 2>&1; then
	mkdir -p "$h/true/sub"
	(cd "$h/true" && HOME=$h git init -q . && git config user.name me && git config user.email me@example.org)
	echo x >"$h/true/sub/file"
	box_at "$h/true/sub" --rw ../.git -- sh -c 'git add file && git commit -qm one && git log --format=%s'
	is "git works there" "$status:$out:$err" 0:one:
fi
