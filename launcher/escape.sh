#!/usr/bin/env bash
# Runs one escape inside one lab, on a throwaway copy of the image, and says what the host saw.
# Run by ./lab as root: launcher/escape.sh kill-host 02-unshare-pid [lab options]
# Exit status: 0 it escaped, 1 it was held; 77: this machine has nothing of that kind to attack; 125 and more: it could
# not be tried.
set -Eeuo pipefail
trap 'exit 125' ERR
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=launcher/image_copy.sh
source "$launcher/image_copy.sh"
# shellcheck source=launcher/escape_targets.sh
source "$launcher/escape_targets.sh"

name=$1 lab=$2
shift 2
status=0

# in_lab COMMAND [ARG...]: sets `command`. `chroot` is the state before lab 01: the program that every machine has; 11
# enters a running container of lab 10; 12 is a virtual machine.
in_lab() {
  if [[ $lab == chroot ]]; then
    command=(chroot "$copy" "$@")
  elif [[ $lab == 11-* ]]; then
    command=("$launcher/exec_in_lab.sh" --rootfs "$copy" "${options[@]}" -- "$@")
  elif [[ $lab == 12-* ]]; then
    command=("$bin/$lab" --isolation vm --rootfs "$copy" "${options[@]}" -- "$@")
  else
    command=("$bin/$lab" --rootfs "$copy" "${options[@]}" -- "$@")
  fi
}

# A host directory on descriptor 7, as a careless parent leaves one open.
leaked_fd() {
  in_lab /escape
  note "$(colour 2 1)+ $(quoted "${command[@]}") 7</$(colour 2 0)"
  "${command[@]}" 7</ {copy_lock}<&- || status=$?
}

# The victim reads from a pipe that only this script writes to: it cannot outlive it. Until it answers it may still be
# this script's fork, which would take the signal for its own and clean up.
kill_host() {
  local pid
  coproc victim { exec cat; }
  # shellcheck disable=SC2154 # bash sets victim_PID
  pid=$victim_PID
  echo >&"${victim[1]}"
  read -r _ <&"${victim[0]}"
  note "host: started a victim, pid $pid"
  in_lab /escape "$pid"
  run "${command[@]}" {copy_lock}<&- || status=$?
  if ((status == 0)); then
    wait_until_gone "$pid" || { note "host: but process $pid is alive"; status=1; }
  fi
  if alive "$pid"; then
    note "host: process $pid is alive"
    kill "$pid" || true
  else
    note "host: process $pid is gone"
  fi
  wait "$pid" 2>/dev/null || true
}

wait_until_gone() {
  local deadline=$((SECONDS + 5))
  while alive "$1"; do ((SECONDS < deadline)) || return 1; done
}

# A mount namespace stands in for the host, its root shared as systemd makes it: the machine itself
# is never changed. The verdict is the kernel's own table.
mount_on_host() {
  local seen
  in_lab /escape
  show unshare --mount --propagation private sh
  show mount --make-rshared /
  show "${command[@]}"
  exec 3>&1
  # shellcheck disable=SC2016
  seen=$(unshare --mount --propagation private sh -c '
    mount --make-rshared / || exit 125
    "$@" >&3 3>&-
    status=$?
    grep " - [^ ]* lab-escape " /proc/self/mountinfo
    exit "$status"' stand-in "${command[@]}" {copy_lock}<&-) || status=$?
  show grep lab-escape /proc/self/mountinfo
  if [[ $seen ]]; then
    note "host: the escape's mount is listed, at $(awk '{ print $5 }' <<<"$seen")"
    status=0
  else
    note "host: no mount of the escape is listed"
    ((status != 0)) || status=1
  fi
}

# host_service NAME: the other half of the escape, started on the host: says where it listens, and
# "reached" for whoever comes. The verdict is what it saw, once it has ended: with its stdin.
host_service() {
  local where heard seen=''
  coproc service { exec "$bin/escape-$name"; }
  # shellcheck disable=SC2154 # bash sets service_PID
  local pid=$service_PID
  exec {heard}<&"${service[0]}"
  read -r where <&"$heard"
  note "host: a service listens on ${1//@/$where}, for processes of the host only"
  in_lab /escape "$where"
  run "${command[@]}" {copy_lock}<&- {heard}<&- || status=$?
  eval "exec ${service[1]}>&-"
  read -r seen <&"$heard" || true
  wait "$pid"
  if [[ $seen ]]; then note "host: the service was reached"; else note "host: no one came to the service"; fi
  if [[ $seen ]]; then status=0; elif ((status == 0)); then status=1; fi
}

# Two containers, one after the other, on one copy of the image. The verdict is what the second one finds.
poison_image() {
  local word=poison-$RANDOM seen
  in_lab /escape "$word"
  run "${command[@]}" {copy_lock}<&- || status=$?
  ((status < 125)) || return 0
  in_lab /bin/date
  show "${command[@]}"
  status=0
  seen=$("${command[@]}" {copy_lock}<&-) || status=$?
  printf '%s\n' "$seen"
  ((status == 0)) || { status=125; return 0; }
  if [[ $seen == "$word" ]]; then
    note "host: the next container ran what the first one wrote"
  else
    note "host: the next container ran the date of the image"
    status=1
  fi
}

# A hog is held by limits, where the lab has some to give.
hog() {
  if [[ $lab == 12-* ]]; then hog_in_machine; return; fi
  if [[ $lab != chroot ]] && ((10#${lab%%-*} >= 6)); then options=(--memory 64M --cpus 0.4 --pids 64 "${options[@]}"); fi
  plain
}

# Inside it may well be as greedy as it likes: what counts is what the host has given. A PID namespace counts the pids.
hog_in_machine() {
  local share
  options=(--cpus 0.4 "${options[@]}")
  in_lab /escape
  show "${command[@]}"
  # shellcheck disable=SC2016
  { TIMEFORMAT=%P; time unshare --pid --fork --mount-proc sh -c '"$@"; status=$?
    cut -d " " -f 5 /proc/loadavg >"$0"; exit "$status"' "$scratch/pids" "${command[@]}" 2>&5 {copy_lock}<&- ||
    status=$?; } 5>&2 2>"$scratch/share"
  share=$(tail -n 1 "$scratch/share")
  case $name in
    fork-bomb) judged "$(<"$scratch/pids") processes came" "$(<"$scratch/pids") processes came, and are the machine's own" \
      test "$(<"$scratch/pids")" -ge 600 ;;
    cpu-hog) judged "it had $share % of a CPU" "it had $share % of a CPU" test "${share%.*}" -gt 65 ;;
  esac
}

# The machine's own kernel may well do as it is told. `wanted` is what shows that it was the host's.
judge_machine() {
  local wanted=$secret
  [[ $lab == 12-* ]] || return 0
  exec >&4
  cat "$scratch/said"
  case $name in
    core-pattern | release-agent) ;;
    load-module) wanted=$(</proc/sys/kernel/random/boot_id) ;;
    *) return 0 ;;
  esac
  judged "it was this kernel" "it was the machine's own kernel, and not this one" grep -qF "$wanted" "$scratch/said"
}

plain() {
  in_lab /escape
  run "${command[@]}" {copy_lock}<&- || status=$?
}

options=("$@")
[[ $lab != 00-* ]] || usage_error "escape: $lab starts no container to run it in"
[[ $lab != chroot || $# == 0 ]] || usage_error "escape: plain chroot(8) takes no lab options: $*"
make_image_copy
make_scratch
cp "$bin/escape-$name" "$copy/escape"
[[ $lab != 12-* ]] || exec 4>&1 >"$scratch/said"
case $name in
  leaked-fd) leaked_fd ;;
  kill-host) kill_host ;;
  mount-on-host) mount_on_host ;;
  host-loopback) host_service 127.0.0.1:@ ;;
  abstract-socket) host_service "the abstract socket @" ;;
  fork-bomb | memory-hog | cpu-hog) hog ;;
  poison-image) poison_image ;;
  rename-host) rename_host ;;
  host-shm) host_shm ;;
  device-node) device_node ;;
  proc-sys) proc_sys ;;
  load-module) load_module ;;
  keyctl) keyctl ;;
  ptrace) ptrace ;;
  core-pattern) core_pattern ;;
  sysrq) sysrq ;;
  release-agent) release_agent ;;
  *) plain ;;
esac
judge_machine
exit "$status"
