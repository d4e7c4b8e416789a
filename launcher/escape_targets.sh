# shellcheck shell=bash disable=SC2154
# What the escapes that attack the kernel and the host's own objects need on the host: harmless targets, made
# for one run, which the kernel or a process of its own takes away even if this script is killed.
# Sourced by launcher/escape.sh, which has in_lab, plain, status, copy and copy_lock; what launcher/escapes_in_machine.sh
# takes of it needs copy alone.

# make_scratch: sets $scratch, a folder of the host beside the copy of the image. Its name and its lock are such that
# `./lab clean` takes it when it belongs to nobody.
make_scratch() {
  scratch=$copy.target
  mkdir "$scratch"
  exec {scratch_lock}<"$scratch"
  flock "$scratch_lock"
  trap 'rm -r "$scratch"; remove_image_copy' EXIT
}

secret=secret-$RANDOM$RANDOM$RANDOM

# alive PID: it is there, and no zombie that waits to be collected.
alive() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" && [[ ${stat##*) } != Z* ]]
} 2>/dev/null

# nothing_to_attack REASON: ends the run with status 77, as automake's test-suites call a skip.
nothing_to_attack() {
  note "host: $1: nothing to attack here"
  exit 77
}

# A file that only the host's root can read.
secret_file() {
  (umask 077; echo "$secret" >"$scratch/secret")
  note "host: $scratch/secret says $secret"
}

# guard COMMAND...: a process of its own runs it when this script lets go, or has ended, by SIGKILL too.
guard() {
  exec {guard}> >(trap '' HUP INT TERM; cat >/dev/null; "$@")
  guard_pid=$!
}
let_go() {
  exec {guard}>&-
  wait "$guard_pid" || status=125
}

# keep FILE: as it is now it will be afterwards. One such run at a time on this machine, or one would keep what another
# has set. The guard holds the lock, and its file is the same in every mount and PID namespace that has the host's /dev.
keep() {
  local alone
  exec {alone}</dev/null
  flock "$alone"
  kept_file=$1 kept_value=$(<"$1")
  note "host: $kept_file is $kept_value"
  guard put_back
  exec {alone}<&-
}
changed() { [[ $(<"$kept_file") != "$kept_value" ]]; }
put_back() {
  ! changed || printf '%s\n' "$kept_value" >"$kept_file"
  ! changed || { note "host: $kept_file cannot be made $kept_value again"; return 1; }
}

# in_host STAND_IN... : runs the escape in a stand-in host, such as `unshare --mount`: what the lab or the escape leaves
# in that namespace goes with it.
in_host() { run "$@" "${command[@]}" {copy_lock}<&- || status=$?; }

# judged YES NO TEST...: the status by what the host saw, not by what the escape says.
judged() {
  ((status < 125)) || return 0
  if "${@:3}"; then note "host: $1"; status=0; else note "host: $2"; status=1; fi
}

rename_host() {
  local hostname=lab-escape-$RANDOM seen
  in_lab /escape "$hostname"
  show unshare --uts "${command[@]}"
  exec 3>&1
  # shellcheck disable=SC2016
  seen=$(unshare --uts sh -c '"$@" >&3 3>&-; status=$?; uname -n; exit "$status"' stand-in "${command[@]}" \
    {copy_lock}<&-) || status=$?
  judged "its name is $seen now" "its name is $seen as before" test "$seen" = "$hostname"
}

host_shm() {
  note "host: a segment of shared memory says $secret"
  in_lab /escape
  in_host unshare --ipc "$bin/escape-host-shm" "$secret"
}

# make_disk: sets disk_number, and opens it as $disk; false where there is none to be had. A loop device that is
# detached while it is open goes with the last who has it open: with this script.
make_disk() {
  local device
  echo "$secret" >"$scratch/disk"
  truncate --size 64K "$scratch/disk"
  device=$(losetup --find --show --read-only "$scratch/disk") || return 1
  exec {disk}<"$device"
  losetup --detach "$device"
  disk_number=$((16#$(stat -c %t "$device"))):$((16#$(stat -c %T "$device")))
}

device_node() {
  make_disk || nothing_to_attack "no loop device to be had"
  note "host: disk $disk_number begins with $secret"
  in_lab /escape "$disk_number"
  run "${command[@]}" {copy_lock}<&- {disk}<&- || status=$?
  exec {disk}<&-
}

proc_sys() {
  keep /proc/sys/vm/swappiness
  in_lab /escape
  in_host unshare --mount
  judged "it is $(<"$kept_file") now; putting it back" "it is $(<"$kept_file") as before" changed
  let_go
}

load_module() {
  if [[ $lab == 12-* ]]; then
    note "host: its kernel's boot id is $(</proc/sys/kernel/random/boot_id)"
    # shellcheck disable=SC2016
    in_lab /bin/sh -c '/escape; status=$?; cat /proc/sys/kernel/random/boot_id; exit $status'
    run "${command[@]}" {copy_lock}<&- || status=$?
    return
  fi
  "$bin/escape-load-module" >/dev/null 2>&1 || nothing_to_attack "this kernel takes no module from anyone"
  plain
}

keyctl() {
  "$bin/escape-keyctl" "$secret" true 2>/dev/null || nothing_to_attack "this kernel keeps no keys"
  note "host: the session keyring has a key that says $secret"
  in_lab /escape
  in_host "$bin/escape-keyctl" "$secret"
}

# escape_process PID: waits until /escape runs as PID or below it; prints its pid.
escape_process() {
  local pid deadline=$((SECONDS + 10))
  while ((SECONDS < deadline)) && alive "$1"; do
    for pid in $(descendants "$1"); do
      [[ $(readlink "/proc/$pid/exe") != */escape ]] || { echo "$pid"; return; }
    done
  done 2>/dev/null
  return 1
}
descendants() {
  local child
  echo "$1"
  for child in $(pgrep -P "$1"); do descendants "$child"; done
}

# The visitor comes into the container's PID namespace as `docker exec` does, with all else of the host.
ptrace() {
  local lab_stdin lab_pid visitor_pid inside where
  [[ ! -e /proc/sys/kernel/yama/ptrace_scope || $(</proc/sys/kernel/yama/ptrace_scope) != 3 ]] ||
    nothing_to_attack "kernel.yama.ptrace_scope is 3"
  in_lab /escape
  show "${command[@]}"
  exec {lab_stdin}> >(exec "${command[@]}" {copy_lock}<&-)
  lab_pid=$!
  if inside=$(escape_process "$lab_pid"); then
    coproc visitor { exec nsenter --pid="/proc/$inside/ns/pid" "$bin/escape-ptrace" "$secret" {lab_stdin}>&-; }
    # shellcheck disable=SC2154 # bash sets visitor_PID
    visitor_pid=$visitor_PID
    read -r where <&"${visitor[0]}"
    note "host: a process of the host comes in; its pid there is ${where% *}, and its memory says $secret"
    echo "$where" >&"$lab_stdin"
  fi
  exec {lab_stdin}>&-
  wait "$lab_pid" || status=$?
  if [[ $inside ]]; then
    { eval "exec ${visitor[1]}>&-"; wait "$visitor_pid" || true; } 2>/dev/null # it may have gone with the container
  fi
}

core_pattern() {
  secret_file
  keep /proc/sys/kernel/core_pattern
  in_lab /escape "$scratch/secret"
  in_host unshare --mount
  let_go
}

last_help() { dmesg | grep 'HELP :' | tail -n 1; }
sysrq() {
  local before
  [[ -e /proc/sysrq-trigger || $lab == 12-* ]] || nothing_to_attack "this kernel has no sysrq"
  before=$(last_help)
  in_lab /escape
  in_host unshare --mount
  judged "the kernel's log has the answer" "the kernel's log has no answer" test "$(last_help)" != "$before"
}

# A hierarchy of version 1 of its own, without controllers: those of the machine are left alone.
release_agent() {
  local hierarchy=lab-escape-$$
  secret_file
  mkdir "$scratch/cgroup"
  guard remove_hierarchy "$hierarchy"
  in_lab /escape "$scratch/secret" "$hierarchy" "$copy"
  # shellcheck disable=SC2016
  local with_hierarchy='mount -t cgroup -o "none,name=$1" lab-escape "$2" || exit 77; shift 2; "$@"'
  show mount -t cgroup -o "none,name=$hierarchy" lab-escape "$scratch/cgroup"
  show "${command[@]}"
  unshare --mount sh -c "$with_hierarchy" sh "$hierarchy" "$scratch/cgroup" "${command[@]}" {copy_lock}<&- || status=$?
  let_go
  ((status != 77)) || nothing_to_attack "this kernel has no cgroups of version 1"
}

# remove_hierarchy NAME: it goes with its last mount, unless a cgroup in it was not yet wholly gone at that moment.
remove_hierarchy() {
  local deadline=$((SECONDS + 10))
  while grep -q ":name=$1:" /proc/self/cgroup; do
    ((SECONDS < deadline)) || { note "host: the hierarchy $1 is still there"; return 1; }
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount -t cgroup -o "none,name=$1" lab-escape "$2"
      rmdir "$2"/lab-order-*
      umount "$2"' sh "$1" "$scratch/cgroup" 2>/dev/null || true
    sleep 0.05
  done
}
