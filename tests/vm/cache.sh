# shellcheck shell=sh
# cache - where prepare and image keep what they make, between runs and outside
# the tree: $cache, locked by who sources this; $new is a place for what is not
# finished. What no run has asked for in a month goes.
cache=${LORICA_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lorica-vm}
new=$cache/new
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
rm -rf "$new" "$new.root"

# keep FILE...: these have been asked for.
keep() {
	touch "$@"
	find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
}
