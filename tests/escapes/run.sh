#!/usr/bin/env bash
# Holds table.txt: runs each escape in each lab, and judges by what became of the host, not by what the escape
# says. Run it after the build, as root: tests/escapes/run.sh
# shellcheck disable=SC2317 # an escape's function is called by its name
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=build/bin
table=tests/escapes/table.txt
failed=0

((EUID == 0)) || { echo "tests/escapes/run.sh needs root" >&2; exit 2; }
scratch=$(mktemp -d /tmp/escapes-test.XXXXXX)
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# An escape is static: its image needs no more than the directories that the labs mount on.
# And of a `cat`, for the first process of the container that lab 11 enters.
image=$scratch/image
mkdir -p "$image"/{bin,dev,mnt,proc,sys,tmp}
busybox=${LAB_ROOTFS:-rootfs/busybox}
cp "$busybox/bin/busybox" "$image/bin/cat"
export LAB_ROOTFS=$image TMPDIR=$scratch # what the launcher makes goes as well
secret=$scratch/secret
od -An -N16 -tx8 /dev/urandom >"$secret"

full_name() { if [[ $1 == chroot ]]; then echo chroot; else (cd labs && echo "$1"-*); fi; }

# in_lab LAB [OPTION...]: sets `line`, the beginning of the command line of that lab.
in_lab() {
  local program
  program=$bin/$(full_name "$1")
  [[ $1 != 11 ]] || program=launcher/exec_in_lab.sh
  line=(timeout 20 "$program" --rootfs "$image" "${@:2}" --)
  [[ $1 != chroot ]] || line=(timeout 20 chroot "$image")
}

# --- one function an escape: true where the host was reached ------------------------------

shows_secret() { said=$("$@" 2>&1) || true; [[ $said == *"$(<"$secret")"* ]]; }
chroot_dotdot() { shows_secret "${line[@]}" /escape "$secret"; }
leaked_fd() { shows_secret "${line[@]}" /escape "$secret" 7</; }

# The victim ends by itself when this script lets go of its stdin, and by the signal if it got one before.
kill_host() {
  local victim status=0
  exec 9> >(exec cat)
  victim=$!
  said=$("${line[@]}" /escape "$victim" 9>&- 2>&1) || true
  exec 9>&-
  wait "$victim" || status=$?
  ((status == 128 + 15))
}

# The host is a mount namespace that goes with its shell, all of it shared, as systemd makes the machine's.
mount_on_host() {
  # shellcheck disable=SC2016
  said=$(unshare --mount --propagation private sh -c 'mount --make-rshared / && "$@"; cat /proc/self/mountinfo' \
    host "${line[@]}" /escape 2>&1)
  grep -q ' - tmpfs lab-escape ' <<<"$said"
}

# host_service ESCAPE: the service runs out here, and says "reached" for whoever comes.
host_service() {
  local where heard seen=''
  coproc service { exec "$bin/escape-$1"; }
  exec {heard}<&"${service[0]}"
  read -r where <&"$heard"
  said=$("${line[@]}" /escape "$where" 2>&1) || true
  eval "exec ${service[1]}>&-" # its end
  read -r seen <&"$heard" || true
  exec {heard}<&-
  [[ $seen == reached ]]
}
host_loopback() { host_service host-loopback; }
abstract_socket() { host_service abstract-socket; }

# used WHAT ESCAPE_ARGUMENT...: runs the escape; prints what the lab and all below it used, as the kernel charges
# it to those who waited for them. On descriptor 3: what the escape said. Nothing but a limit is to hold it, whatever
# else the machine has to do: hence nice(1).
used() {
  nice -n -20 python3 - "$1" "${line[@]}" /escape "${@:2}" <<'END'
import resource, subprocess, sys, time
begin = time.monotonic()
said = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open("/dev/fd/3", "wb") as file:
    file.write(said.stdout)
if sys.argv[1] == "memory":  # the most that one process had, in MiB
    print(used.ru_maxrss // 1024)
else:  # the share of a CPU, in percent
    print(round(100 * (used.ru_utime + used.ru_stime) / (time.monotonic() - begin)))
END
}

memory_hog() {
  local most
  most=$(used memory 256 3>"$scratch/said")
  said="at most $most MiB"$'\n'$(<"$scratch/said")
  ((most >= 256))
}

# With --cpus 0.4 it has 40 %, and for the begun period a little more; never 65. Without, a machine that has
# much else to do may have less to give: once of three times will do.
cpu_hog() {
  local share n
  for n in 1 2 3; do
    share=$(used cpu 1 3>"$scratch/said")
    said="$share % of a CPU, try $n"$'\n'$(<"$scratch/said")
    ((share <= 65)) || return 0
  done
  return 1
}

# The host is a PID namespace of its own: the last pid in it tells how many processes there were.
fork_bomb() {
  local count
  # shellcheck disable=SC2016
  said=$(unshare --pid --fork --mount-proc sh -c '"$@"; cut -d " " -f 5 /proc/loadavg' host "${line[@]}" /escape 600 2>&1)
  count=${said##*$'\n'}
  ((count >= 600))
}

# The image on the host's disk is what the next container gets.
poison_image() {
  local word=poison-$RANDOM poisoned=false
  said=$("${line[@]}" /escape "$word" 2>&1) || true
  if grep -qs "$word" "$image/bin/date"; then poisoned=true; fi
  rm -f "$image/bin/date"
  $poisoned
}

# --- the targets of these are made, judged and removed by the launcher -----------------------

# by_launcher NAME LAB [OPTION...]: sets `verdict`; a secret that was made for this one run is the proof.
by_launcher() {
  local status=0 made
  said=$(launcher/escape.sh "$1" "$(full_name "$2")" "${@:3}" 2>&1) || status=$?
  made=$(grep -om 1 'secret-[0-9]*' <<<"$said") || made=
  case $status in
    0) if grep -q "^escaped: .*$made\$" <<<"$said" || [[ ! $made ]]; then verdict=out; else verdict="no secret"; fi ;;
    1) verdict=held ;;
    77) verdict=nothing ;;
  esac
}

# -----------------------------------------------------------------------------------------

# run_here NAME LAB [OPTION...]: sets `verdict`.
run_here() {
  cp "$bin/escape-$1" "$image/escape"
  in_lab "${@:2}"
  if "${1//-/_}"; then
    verdict=out
  elif grep -qE '^(held|escaped|mounted|wrote)' <<<"$said"; then
    verdict=held
  fi
}

# --- lab 12: one boot for all of them -------------------------------------------------------

# in_machine LAB ESCAPE...: sets `machine_verdicts`, by what became of the host; `memory` is the most, in MiB, that a
# process of it had.
declare -A machine_verdicts
in_machine() {
  local escape seen
  memory=$(LAB_ROOTFS=$busybox python3 - launcher/escapes_in_machine.sh "$@" 3>"$scratch/verdicts" 4>"$scratch/said" <<'END'
import resource, subprocess, sys
subprocess.run(["bash", *sys.argv[1:]], stdin=subprocess.DEVNULL, stdout=3, stderr=4)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
END
  )
  machine_verdicts=()
  while read -r escape seen; do machine_verdicts[$escape]=$seen; done <"$scratch/verdicts"
  machine_said=$(<"$scratch/said")
}

# The judge first has to say `out` where that is true.
measure_machine() {
  local escape able=(leaked-fd kill-host mount-on-host chroot-dotdot host-loopback abstract-socket fork-bomb memory-hog
    poison-image rename-host host-shm device-node ptrace keyctl)
  in_machine chroot "${able[@]}"
  for escape in "${able[@]}"; do
    [[ ${machine_verdicts[$escape]:-} == out ]] || { machine_verdicts=(); return 1; }
  done
  # shellcheck disable=SC2086 # words
  in_machine "$(full_name 12)" $escapes
  ((memory < 512)) || machine_verdicts[memory-hog]=out
}

by_machine() { verdict=${machine_verdicts[$1]:-the escape did not run} said=$machine_said; }

# cell EXPECTED ESCAPE LAB [OPTION...]; what this machine's kernel does not have is tried in a virtual machine at the end.
not_here=()
cell() {
  local name="$2 in ${*:3}: $1" how=by_launcher
  verdict='the escape did not run'
  if declare -F "${2//-/_}" >/dev/null; then how=run_here; fi
  [[ $3 != 12 ]] || how=by_machine
  "$how" "${@:2}"
  if [[ $verdict == "$1" ]]; then
    echo "ok - $name"
  elif [[ $verdict == nothing ]]; then
    not_here+=("$*")
  else
    printf 'not ok - %s\n  expected: %s\n  seen:     %s\n%s\n' "$name" "$1" "$verdict" "$said"
    failed=1
  fi
}

# options_of COLUMN ESCAPE: sets `lab` and `options`. What holds a hog has to be asked for; `10-` is lab 10 without its
# user namespace.
options_of() {
  lab=${1%-} options=()
  [[ $1 != *- ]] || options+=(--skip unshare-user)
  [[ $2 != *-@(bomb|hog) || $lab == chroot ]] || ((10#$lab < 6)) || options+=(--memory 64M --cpus 0.4 --pids 64)
}

# Lab 00 starts no container.
rows() { grep -v '^#' "$table"; }
labs=$(cd labs && printf '%s\n' [0-9][0-9]-* | cut -d - -f 1 | grep -v 00)
escapes=$(find labs -name 'escape_*.cpp' -printf '%f\n' | sed 's/^escape_//; s/\.cpp$//; s/_/-/g' | sort)
read -ra columns < <(rows)
if [[ "${columns[*]}" == "escape chroot ${labs//$'\n'/ } 10-" && $(rows | sed 1d | cut -d ' ' -f 1 | sort) == "$escapes" ]]; then
  echo "ok - the table has every lab and every escape"
else
  printf 'not ok - the table has every lab and every escape\n  expected: %s 10-\n%s\n' "${labs//$'\n'/ }" "$escapes"
  failed=1
fi

if measure_machine; then
  echo "ok - under chroot(8) the judge of the machine sees them out"
else
  printf 'not ok - under chroot(8) the judge of the machine sees them out\n%s\n' "$machine_said"
  failed=1
fi

while read -ra row; do
  for i in "${!columns[@]}"; do
    ((i > 0)) || continue
    options_of "${columns[i]}" "${row[0]}"
    cell "${row[i]}" "${row[0]}" "$lab" "${options[@]}"
  done
done < <(rows | sed 1d)
cell out leaked-fd 01 --skip close-fds

# What lab 09 closes it closes by its user namespace.
for escape in device-node proc-sys load-module ptrace core-pattern sysrq release-agent; do
  cell out "$escape" 09 --skip unshare-user
done

# What lab 10 holds by itself: with this left out, it does not.
while read -r escape options; do
  # shellcheck disable=SC2086 # words
  cell out "$escape" 10 --skip unshare-user $options
done <<'END'
device-node    --skip limit-devices
proc-sys       --skip read-only-paths
core-pattern   --skip read-only-paths
sysrq          --skip read-only-paths
keyctl         --skip install-filter
load-module    --cap-add SYS_MODULE --seccomp off
ptrace         --cap-add ALL --seccomp off
release-agent  --cap-add SYS_ADMIN --seccomp off
END

# A setting of the machine is put back whatever is killed: here the launcher, in the moment that it is changed. That
# moment is short: on a busy machine it takes some tries to see it.
now() { cat /proc/sys/kernel/core_pattern; }
put_back_after_kill() {
  local before seen launcher deadline=$((SECONDS + 60))
  before=$(flock /dev/null cat /proc/sys/kernel/core_pattern) # while no other run has changed it
  seen=$before
  while [[ $seen == "$before" ]] && ((SECONDS < deadline)); do
    launcher/escape.sh core-pattern 07-overlay >/dev/null 2>&1 &
    launcher=$!
    while [[ $seen == "$before" && -e /proc/$launcher/exe ]]; do seen=$(</proc/sys/kernel/core_pattern); done
    kill -KILL "$launcher" || true
    wait "$launcher" || true
  done 2>/dev/null
  until [[ $(now) == "$before" ]]; do ((SECONDS < deadline + 30)) || break; done
  printf '  before: %s\n  then:   %s\n  now:    %s\n' "$before" "$seen" "$(now)"
  [[ $seen != "$before" && $(now) == "$before" ]]
}
if said=$(put_back_after_kill); then
  echo "ok - kernel.core_pattern is put back after a SIGKILL"
else
  printf 'not ok - kernel.core_pattern is put back after a SIGKILL\n%s\n' "$said"
  failed=1
fi

((${#not_here[@]} == 0)) || LAB_ROOTFS=$busybox tests/escapes/in_vm.sh "${not_here[@]}" || failed=1
exit "$failed"
