#!/usr/bin/env bash
# Runs lab 09 as an ordinary user, with and without a range of ids of one's own, and looks from outside at what the
# kernel says of it. Run it after the build, as root, which makes the user up: tests/rootless/run.sh
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${LAB_BIN:-$home/build/bin}
user=lab-ordinary uid=4242 gid=4243 first=300000 count=65536 second=500000
failed=0

((EUID == 0)) || { echo "tests/rootless/run.sh needs root: it makes up a user" >&2; exit 2; }
[[ -x $bin/09-user-ns ]] || { echo "$bin/09-user-ns is missing: build first" >&2; exit 2; }

# The user exists in a mount namespace of its own only, and so does what is made for it.
if [[ ${LAB_ROOTLESS:-} != inside ]]; then
  exec env LAB_ROOTLESS=inside unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi

ok() { echo "ok - $1"; }
not_ok() { # NAME EXPECTED SEEN
  printf 'not ok - %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "${3//$'\n'/$'\n'            }"
  failed=1
}
same() { if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "$2" "$3"; fi; }
has() { if [[ $3 == *"$2"* ]]; then ok "$1"; else not_ok "$1" "... $2 ..." "$3"; fi; }

# overlay FILE TEXT: TEXT comes after what is in it, for this namespace.
overlay() {
  cat "$1" >"$scratch/${1##*/}" 2>/dev/null || return 1
  [[ -z $2 ]] || echo "$2" >>"$scratch/${1##*/}"
  mount --bind "$scratch/${1##*/}" "$1"
}

make_user() {
  scratch=/mnt
  mount -t tmpfs -o mode=755 lab-rootless "$scratch"
  overlay /etc/passwd "$user:x:$uid:$gid::$scratch/home:/bin/sh"
  overlay /etc/group "$user:x:$gid:"
  mkdir "$scratch"/{home,run,bin}
  cp -a "${LAB_ROOTFS:-$home/rootfs/busybox}" "$scratch/home/image"
  cp "$bin/09-user-ns" "$scratch/bin/"
  chown -R "$uid:$gid" "$scratch"/{home,run}
}

give_range() {
  local ranges=$user:$first:$count$'\n'$user:$second:1000
  overlay /etc/subuid "$ranges" && overlay /etc/subgid "$ranges"
}

# lab [OPTION...] [-- COMMAND...]: the lab, as that user.
as_user() { setpriv --reuid "$uid" --regid "$gid" --clear-groups env XDG_RUNTIME_DIR="$scratch/run" "$@"; }
lab() { as_user "$scratch/bin/09-user-ns" --rootfs "$scratch/home/image" "$@"; }

# start [OPTION...]: a container that stays; $pid is its first process, $supervisor the lab.
start() {
  lab "$@" -- sleep 4209 >/dev/null 2>"$scratch/errors" &
  supervisor=$!
  local deadline=$((SECONDS + 20))
  until pid=$(pgrep -u "$uid" -fx 'sleep 4209') || pid=$(pgrep -fx 'sleep 4209'); do
    ((SECONDS < deadline)) || { cat "$scratch/errors"; echo "no container" >&2; exit 1; }
  done
}
stop() { kill -9 "$pid"; wait "$supervisor" || true; }
trap '[[ -z ${pid:-} ]] || kill -9 "$pid" 2>/dev/null || true' EXIT

ids() { xargs <"/proc/$pid/$1"; }
field() { sed -n "s/^$1:[ \t]*//p" "/proc/$pid/status" | xargs; }

# why [NAME=VALUE...]: the reason for the ids, as --explain has it.
why() { as_user "$@" "$scratch/bin/09-user-ns" --rootfs "$scratch/home/image" --explain -- true 2>&1 | sed -n 's/.*why these: //p'; }

# What holds however the ids are mapped.
everything_else() { # HOW
  local kind
  for kind in user pid mnt net uts ipc cgroup; do
    if [[ $(readlink "/proc/$pid/ns/$kind") == "$(readlink "/proc/self/ns/$kind")" ]]; then
      not_ok "$1: a $kind namespace of its own" another "the host's"
    else
      ok "$1: a $kind namespace of its own"
    fi
  done
  same "$1: root is the user outside" "$uid $uid $uid $uid" "$(field Uid)"
  same "$1: the image is the root" yes "$([[ ! -e /proc/$pid/root/etc/lab-image ]] || echo yes)"
  same "$1: the root is an overlay" overlay "$(awk '$5 == "/" { sub(/.* - /, ""); print $1 }' "/proc/$pid/mountinfo")"
  same "$1: the loopback is the only link, and up" "lo up" \
    "$(nsenter --net="/proc/$pid/ns/net" sh -c 'ip -o link | sed -n "s/^[0-9]*: \([^:]*\): <.*,UP[,>].*/\1 up/p"')"
  has "$1: state.json is below XDG_RUNTIME_DIR" "\"pid\": $pid" \
    "$(cat "$scratch"/run/lab/containers/*/state.json 2>&1)"
  same "$1: two lines say what is missing, and why" 2 "$(grep -c '^without root: no ' "$scratch/errors")"
}

devices_work() { # HOW
  same "$1: the devices are the host's, and work" "0 ok" \
    "$(lab -- sh -c 'echo x >/dev/null; head -c 3 /dev/zero | wc -c | sed s/3/0/; read x </dev/urandom; echo ok' 2>/dev/null | tail -n 2 | xargs)"
}

alone() {
  start
  same "alone: the uid map" "0 $uid 1" "$(ids uid_map)"
  same "alone: the gid map" "0 $gid 1" "$(ids gid_map)"
  same "alone: setgroups is denied" deny "$(ids setgroups)"
  everything_else alone
  stop
  devices_work alone
  has "alone: --explain says why" "oneself alone: /etc/subuid and /etc/subgid have no range" "$(why)"
  start --map "0:$uid:1"
  same "alone: --map of oneself" "0 $gid 1" "$(ids gid_map)"
  stop
  refused "alone: --map of others' ids" "yours is $uid alone" --map 0:$first:10
}

with_range() {
  start
  same "with a range: the uid map" "0 $uid 1 1 $first $count" "$(ids uid_map)"
  same "with a range: the gid map" "0 $gid 1 1 $first $count" "$(ids gid_map)"
  same "with a range: setgroups is allowed" allow "$(ids setgroups)"
  everything_else "with a range"
  stop
  devices_work "with a range"
  has "with a range: --explain says so" "by newuidmap" "$(why)"
  has "with a range, without newuidmap: --explain says why" "oneself alone: the programs newuidmap" "$(why PATH=/nowhere)"
  mkdir -m 777 "$scratch/home/kept"
  lab --upper "$scratch/home/kept" -- sh -c 'touch /roots /others; chown 5:7 /others' 2>/dev/null
  same "with a range: files are seen with the mapped owners" "$uid:$gid $((first + 4)):$((first + 6))" \
    "$(stat -c %u:%g "$scratch/home/kept/upper/"{roots,others} | xargs)"
  start --map "0:$first:1000"
  same "with a range: --map of one's own ids" "0 $first 1000" "$(ids uid_map)"
  stop
  start --map "0:$uid:1" --map "1:$second:500"
  same "with a range: --map of oneself and of another range of one's own" "0 $uid 1 1 $second 500" "$(ids uid_map)"
  same "with a range: then the group is one's own" "0 $gid 1 1 $second 500" "$(ids gid_map)"
  stop
  refused "with a range: --map past its end" "65536 ids from $first on" --map "0:$first:65537"
  refused "with a range: --map of root" "not permitted" --map 0:0:1
}

refused() { # NAME WORD OPTION...
  local status=0 said
  said=$(lab "${@:3}" -- true 2>&1) || status=$?
  if [[ $status == 125 && $said == *"$2"* && $said == *hint:* ]]; then ok "$1 is refused"; else not_ok "$1 is refused" "125, $2" "$status: $said"; fi
}

needs_root() {
  refused "--memory" "--memory needs root" --memory 64M
  refused "--cpus" "--cpus needs root" --cpus 0.5
  refused "--pids" "--pids needs root" --pids 16
  refused "--ip" "--ip needs root" --ip 10.77.0.9/24
  refused "--bridge" "--bridge needs root" --bridge other
  refused "--nat" "--nat needs root" --nat
}

# What is no directory of this user's is not used, and harms nothing.
no_place_for_a_state() {
  local place status
  ln -s /nowhere "$scratch/dangling"
  mkdir -m 700 "$scratch/roots"
  for place in run ./run nowhere /nowhere "$scratch/dangling" "$scratch/roots" ""; do
    status=0
    said=$(cd "$scratch" && as_user timeout -s KILL 20 env XDG_RUNTIME_DIR="$place" "$scratch/bin/09-user-ns" \
      --rootfs "$scratch/home/image" -- true 2>&1) || status=$?
    same "XDG_RUNTIME_DIR '$place': the lab runs" 0 "$status"
    has "and says what it lacks" "no line in ./lab ps" "$said"
  done
}

nothing_left() {
  same "the user's own directory is as it was" "$scratch/run" "$(find "$scratch/run")"
  same "no process is left" "" "$(pgrep -u "$uid" -l || true)"
}

make_user
alone
needs_root
no_place_for_a_state
if command -v newuidmap >/dev/null && give_range; then
  with_range
else
  not_ok "with a range" "newuidmap and /etc/subuid" "not here: apt-get install uidmap"
fi
nothing_left
exit "$failed"
