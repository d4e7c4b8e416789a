#!/usr/bin/env bash
# A lab from inside beside the same lab from outside: two columns, each read where it is named.
# Run by ./lab as root: launcher/view.sh 04-pivot-root
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

lab=$1
declare -A inside

# Runs inside, in the image's own shell: tells what it sees, then waits until its stdin closes.
# shellcheck disable=SC2016
questions='
tell() { echo "$1=$2"; }
in_proc() { if [ -e /proc/self ]; then eval "$1"; else echo "no /proc to look into"; fi; }
tell environment "$(env | grep -v "^_=\|^LAB_VIEW=\|^PWD=\|^SHLVL=\|^OLDPWD=" | cut -d= -f1 | sort | tr "\n" " ")"
tell root "$(ls / | tr "\n" " ")"
tell cwd "$(pwd)"
tell pid $$
tell processes "$(in_proc "ls -d /proc/[0-9]* | wc -l")"
tell mounts "$(in_proc "wc -l < /proc/self/mountinfo")"
descriptors=
for file in /proc/$$/fd/*; do [ -L $file ] && descriptors="$descriptors${file##*/} "; done
tell descriptors "$(in_proc "echo $descriptors")"
tell links "$(ip -o link | cut -d: -f2 | tr -d "\n")"
tell cgroup "$(in_proc "sed -n \"s/.*:memory:/memory /p; s/^0::/v2 /p\" /proc/self/cgroup | head -n 1")"
for name in pid mnt net cgroup; do tell ns-$name "$(in_proc "readlink /proc/self/ns/$name")"; done
tell ready yes
read wait
exit 0'

end_lab() {
  [[ -z ${waiting_PID:-} ]] || kill "$waiting_PID" 2>/dev/null || true
}

# The command's process, by a word in its environment that no other process has.
container_pid() {
  local file
  file=$(grep -lsxz "LAB_VIEW=$mark" /proc/[0-9]*/environ | head -n 1) || true
  file=${file#/proc/}
  echo "${file%%/*}"
}

# row LABEL INSIDE OUTSIDE: long cells go on below.
row() {
  local left right i label=$1
  mapfile -t left < <(fold -sw 34 <<<"$2")
  mapfile -t right < <(fold -sw 43 <<<"$3")
  for ((i = 0; i < ${#left[@]} || i < ${#right[@]}; i++)); do
    printf '%-18s %-35s %s\n' "$label" "${left[i]:-}" "${right[i]:-}"
    label=
  done
}

# namespace NAME: its number seen from outside, and whether the host has the same.
namespace() {
  local number
  number=$(readlink "/proc/$pid/ns/$1")
  if [[ $number == "$(readlink "/proc/self/ns/$1")" ]]; then echo "$number  shared"; else echo "$number  own"; fi
}

trap end_lab EXIT
trap 'exit 130' INT; trap 'exit 143' TERM HUP
mark=$$-$RANDOM$RANDOM
show "$bin/$lab" --env "LAB_VIEW=$mark" -- /bin/sh -c '...'
# shellcheck disable=SC2034
coproc waiting { exec "$bin/$lab" --env "LAB_VIEW=$mark" -- /bin/sh -c "$questions"; }
lab_pid=$waiting_PID
exec {answers}<&"${waiting[0]}" {hold}>&"${waiting[1]}"
while IFS='=' read -rt 10 -u "$answers" key value && [[ $key != ready ]]; do inside[$key]=$value; done
pid=$(container_pid)
[[ $pid && ${key:-} == ready ]] || die "$lab did not start" "./lab run ${lab%%-*} -- true says why"

row '' "INSIDE" "OUTSIDE: the host, on process $pid"
row "root directory" "ls /: ${inside[root]}" "/proc/$pid/root -> $(readlink "/proc/$pid/root")"
row "working directory" "${inside[cwd]}" "/proc/$pid/cwd -> $(readlink "/proc/$pid/cwd")"
row "pid" "${inside[pid]}" "$(grep '^NSpid' "/proc/$pid/status" | tr '\t' ' ')"
row "processes seen" "${inside[processes]}" "$(printf '%s\n' /proc/[0-9]* | wc -l)"
row "mounts seen" "${inside[mounts]}" \
  "$(wc -l <"/proc/$pid/mountinfo") below its root; the host sees $(wc -l </proc/self/mountinfo)"
row "network links" "${inside[links]# }" "the host's: $(cd /sys/class/net && echo *)"
row "cgroup" "${inside[cgroup]}" "$(sed -n 's/.*:memory:/memory /p; s/^0::/v2 /p' "/proc/$pid/cgroup" | head -n 1)"
for name in pid mnt net cgroup; do row "$name namespace" "${inside[ns-$name]}" "$(namespace "$name")"; done
row "environment" "${inside[environment]}" "the launcher has $(env | wc -l) variables"
row "descriptors" "${inside[descriptors]}" "$(find "/proc/$pid/fd" -type l -printf '%f ')"

# Its stdin closes, so it ends by itself; nothing of it may be left.
exec {hold}>&- {answers}<&-
eval "exec ${waiting[1]}>&- ${waiting[0]}<&-"
wait "$lab_pid" || die "$lab ended with status $?"
[[ -z $(container_pid) ]] || die "the container's process $pid is still there"
