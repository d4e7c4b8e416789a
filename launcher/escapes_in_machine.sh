#!/usr/bin/env bash
# Runs escapes in one machine of lab 12, one after the other, and tells for each whether it reached the host: all that
# an attack says inside is about the guest. Run as root: launcher/escapes_in_machine.sh 12-isolation-modes ESCAPE...
# With `chroot` in place of the lab it runs them under chroot(8): to see that the judge can say `out`, too.
# One line each on stdout: NAME out|held; on stderr what they said. Exit status 125 where they could not be run.
set -Eeuo pipefail
trap 'exit 125' ERR
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=launcher/image_copy.sh
source "$launcher/image_copy.sh"
# shellcheck source=launcher/escape_targets.sh
source "$launcher/escape_targets.sh"

# A host of our own: its mounts, name, shared memory and pids go with this script.
if [[ ${LAB_STAND_IN:-} != "$$" ]]; then
  # shellcheck disable=SC2016
  unshare --mount --uts --ipc --pid --fork --mount-proc --propagation private setpriv --pdeathsig KILL \
    bash -c 'mount --make-rshared / && LAB_STAND_IN=$$ exec bash "$@"' stand-in "${BASH_SOURCE[0]}" "$@"
  exit
fi

lab=$1
shift
attacks=("$@")
guest_memory=256M more_than_that=512 # MiB
word=poison-$RANDOM new_name=lab-escape-$RANDOM
declare -A arguments

# --- the targets --------------------------------------------------------------------------

start_victim() {
  coproc victim { exec cat; }
  # shellcheck disable=SC2154 # bash sets victim_PID
  victim_pid=$victim_PID
  exec {hold_victim}>&"${victim[1]}"
  eval "exec ${victim[1]}>&- ${victim[0]}<&-"
}

# hold_open FILE: until this script lets go.
hold_open() {
  local hold
  if [[ -p $1 ]]; then exec {hold}>"$1"; else exec {hold}<"$1"; fi
  holds+=("$hold")
}

# listen ESCAPE: the service says where on the pipe, and later `reached` for whoever comes; it ends with its stdin.
listen() {
  local where
  mkfifo "$scratch/$1"
  "$bin/escape-$1" <"$scratch/$1" >"$scratch/$1.heard" &
  services+=($!)
  hold_open "$scratch/$1"
  until where=$(head -n 1 "$scratch/$1.heard") && [[ $where ]]; do [[ -e /proc/$!/exe ]]; done
  arguments[$1]=$where
}

start_visitor() {
  mkfifo "$scratch/ptrace"
  "$bin/escape-ptrace" "$secret" <"$scratch/ptrace" >"$scratch/visitor" &
  services+=($!)
  hold_open "$scratch/ptrace"
  until [[ -s $scratch/visitor ]]; do [[ -e /proc/$!/exe ]]; done
}

settings() { cat /proc/sys/vm/swappiness /proc/sys/kernel/core_pattern; }
last_answer() { dmesg | grep 'HELP :' | tail -n 1 || true; }

make_targets() {
  holds=() services=()
  secret_file
  start_victim
  listen host-loopback
  listen abstract-socket
  start_visitor
  if make_disk; then arguments[device-node]=$disk_number; fi
  arguments[leaked-fd]=$scratch/secret
  arguments[chroot-dotdot]=$scratch/secret
  arguments[kill-host]=$victim_pid
  arguments[fork-bomb]=600
  arguments[memory-hog]=$more_than_that
  arguments[poison-image]=$word
  arguments[rename-host]=$new_name
  arguments[core-pattern]=$scratch/secret
  arguments[release-agent]="$scratch/secret lab-escape-$$ $copy"
  settings_before=$(settings)
  answer_before=$(last_answer)
  host_boot_id=$(</proc/sys/kernel/random/boot_id)
}

# --- the attacks ----------------------------------------------------------------------------

# Each is told what an attacker might know. What it says stands between two lines with its name.
write_driver() {
  local attack
  cat <<'END_OF_DRIVER'
#!/bin/sh
mount -t proc proc /proc 2>/dev/null
echo "boot id $(cat /proc/sys/kernel/random/boot_id)"
attack() {
  echo "begin $1"
  cp "/escape-$1" /escape
  name=$1
  shift
  /escape "$@" 2>&1
  printf '\nend %s\n' "$name"
}
END_OF_DRIVER
  for attack in "${attacks[@]}"; do
    echo "attack $attack ${arguments[$attack]:-} <<STDIN"
    [[ $attack != ptrace ]] || cat "$scratch/visitor"
    echo STDIN
  done
}

# The shared memory and the key are given by who starts the lab, descriptor 7 by a careless parent.
run_attacks() {
  local begun now cpu
  if [[ $lab == chroot ]]; then
    command=(chroot "$copy" /attack)
  else
    command=("$bin/$lab" --isolation vm --rootfs "$copy" --memory "$guest_memory" --cpus 0.4 -- /attack)
  fi
  show "${command[@]}"
  begun=$(now_in_ms)
  "$bin/escape-host-shm" "$secret" "$bin/escape-keyctl" "$secret" "${command[@]}" \
    </dev/null >"$scratch/said" 7</ {copy_lock}<&- || status=$?
  now=$(now_in_ms)
  times >"$scratch/times"
  cpu=$(cpu_of_children)
  share=$((100 * cpu / (now - begun + 1)))
  cat "$scratch/said" >&2
}
now_in_ms() { local up; read -r up _ </proc/uptime; echo $((10#${up/./} * 10)); }
# `times` tells of this shell, and then of the children that it has waited for.
cpu_of_children() { awk -F '[ms ]' 'NR == 2 { print int(1000 * ($1 * 60 + $2 + $4 * 60 + $5)) }' "$scratch/times"; }

# --- the verdict ------------------------------------------------------------------------------

said_by() { sed -n "/^begin $1\$/,/^end $1\$/p" "$scratch/said"; }
shows_secret() { said_by "$1" | grep -c "$secret" >/dev/null; }
was_reached() { grep -cx reached "$scratch/$1.heard" >/dev/null; }
same_kernel() { grep -cx "boot id $host_boot_id" "$scratch/said" >/dev/null; }

# reached NAME: by what became of the host.
reached() {
  case $1 in
    kill-host) ! alive "$victim_pid" ;;
    mount-on-host) grep -c ' - tmpfs lab-escape ' /proc/self/mountinfo >/dev/null ;;
    host-loopback | abstract-socket) was_reached "$1" ;;
    fork-bomb) (($(cut -d ' ' -f 5 /proc/loadavg) >= 600)) ;; # the last pid of this stand-in host
    memory-hog) said_by "$1" | grep -c ^escaped >/dev/null ;;
    cpu-hog) ((share > 65)) ;;
    poison-image) grep -cs "$word" "$copy/bin/date" >/dev/null ;;
    rename-host) [[ $(uname -n) == "$new_name" ]] ;;
    proc-sys) [[ $(settings) != "$settings_before" ]] ;;
    sysrq) [[ $(last_answer) != "$answer_before" ]] || { same_kernel && said_by "$1" | grep -c ^escaped >/dev/null; } ;;
    load-module) same_kernel && said_by "$1" | grep -c ^escaped >/dev/null ;;
    *) shows_secret "$1" ;;
  esac
}

tell_verdicts() {
  local attack
  for attack in "${attacks[@]}"; do
    grep -cx "end $attack" "$scratch/said" >/dev/null || { complain "$attack did not run to its end"; status=125; continue; }
    if reached "$attack"; then echo "$attack out"; else echo "$attack held"; fi
  done
}

# A service says `reached` at the latest when it ends. The victim has to be looked at first.
end_services() {
  local hold
  for hold in "${holds[@]}"; do exec {hold}>&-; done
  wait "${services[@]}" || true
}

status=0
make_image_copy
make_scratch
for attack in "${attacks[@]}"; do cp "$bin/escape-$attack" "$copy"; done
make_targets
write_driver >"$copy/attack"
chmod 755 "$copy/attack"
run_attacks
note "host: a CPU was used to $share %; $(cut -d ' ' -f 5 /proc/loadavg) processes; the last said status $status"
end_services
tell_verdicts
exec {hold_victim}>&-
umount "$copy"/{mnt,proc} 2>/dev/null || true # those under chroot
((status < 125)) || exit 125
exit 0
