#!/usr/bin/env bash
# The final stage: two finished containers, RED and BLUE, side by side. Each claim is read from the kernel, on the
# host. Run by ./lab as root: launcher/stage.sh [options for both, such as --skip STEP]
# Exit status: 0 where every claim holds.
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# A step left out may harm the host: both containers get one stand-in for it then, with an image in memory.
if [[ "$*" == *--skip* && ! ${LAB_STAND_IN:-} ]]; then
  LAB_STAND_IN=1 exec "$bin/stand-in-host" --read-only bash "${BASH_SOURCE[0]}" "$@"
fi

finished=$bin/07-overlay
limits=(--memory 200M --cpus 0.4 --pids 64)
extra=("$@")
broken=0
declare -A lab_pid pid to from # of RED and of BLUE: the lab, the container's PID 1, its stdin and its stdout

heading() { printf '\n%s-- %s%s\n' "$(colour 1 36)" "$1" "$(colour 1 0)"; }

# claim TEXT COMMAND...: holds where the command succeeds.
claim() {
  if "${@:2}"; then
    printf '%sholds%s  %s\n' "$(colour 1 32)" "$(colour 1 0)" "$1"
  else
    printf '%sBROKEN%s %s\n' "$(colour 1 '31;1')" "$(colour 1 0)" "$1"
    broken=$((broken + 1))
  fi
}
within() { awk -v low="$1" -v value="$2" -v high="$3" 'BEGIN { exit !(low <= value && value <= high) }'; }

# --- two containers, each with a shell that takes commands from here ---------------------

image=${LAB_ROOTFS:-$home/rootfs/busybox}
[[ ! ${LAB_STAND_IN:-} ]] || export TMPDIR=/run # which goes with the stand-in
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lab-stage.XXXXXX")
# Its shell ends with its stdin.
hang_up() { eval "exec ${to[$1]}>&-"; unset "to[$1]"; }
end() {
  local name
  for name in "${!to[@]}"; do hang_up "$name"; done
  for name in "${!lab_pid[@]}"; do wait "${lab_pid[$name]}" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap end EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM

if [[ ${LAB_STAND_IN:-} ]]; then
  mkdir "$scratch/image"
  cp -a "$image/." "$scratch/image"
  export LAB_ROOTFS=$scratch/image
  image=$scratch/image
fi

start() {
  local name=$1 in out
  mkfifo "$scratch/$name.in" "$scratch/$name.out"
  show "$finished" "${limits[@]}" --lower "$scratch/tools" --env "NAME=$name" "${extra[@]}"
  "$finished" "${limits[@]}" --lower "$scratch/tools" --env "NAME=$name" "${extra[@]}" -- /bin/sh \
    <"$scratch/$name.in" >"$scratch/$name.out" &
  lab_pid[$name]=$!
  exec {in}>"$scratch/$name.in" {out}<"$scratch/$name.out"
  to[$name]=$in from[$name]=$out
  [[ $(ask "$name" "echo \$NAME") == "$name" ]] || die "$name did not start" "./lab run 07 -- true says why"
  pid[$name]=$(pgrep -P "${lab_pid[$name]}")
}

# ask NAME COMMAND: the container's shell runs it; what it prints comes back.
ask() {
  local line mark=end-of-answer-$RANDOM
  printf '%s\necho %s\n' "$2" "$mark" >&"${to[$1]}"
  while IFS= read -rt 60 -u "${from[$1]}" line && [[ $line != "$mark" ]]; do printf '%s\n' "$line"; done
}
# inside NAME COMMAND: the same, shown.
inside() {
  printf '%s%s# %s%s\n' "$(colour 1 1)" "$1" "$2" "$(colour 1 0)"
  ask "$1" "$2"
}
status_of() { ask "$1" "$2 >/dev/null 2>&1; echo \$?"; }

# --- what the host's kernel says ---------------------------------------------------------

# cgroup_file PID CONTROLLER VERSION1 VERSION2: the file of its cgroup that holds this.
cgroup_file() {
  local controllers path mount
  while IFS=: read -r _ controllers path; do
    [[ ,$controllers, == *,$2,* ]] || continue
    mount=$(awk -v controller=",$2," '/ - cgroup / && index("," $NF ",", controller) { print $5; exit }' /proc/self/mountinfo)
    echo "$mount$path/$3"
    return
  done <"/proc/$1/cgroup"
  mount=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  echo "$mount$(sed -n 's/^0:://p' "/proc/$1/cgroup")/$4"
}
cgroup_value() { cat "$(cgroup_file "$@")"; }
# cpu_periods NAME: those in which it wanted to run, and those in which it was throttled.
cpu_periods() {
  awk '$1 == "nr_periods" { periods = $2 } $1 == "nr_throttled" { throttled = $2 } END { print periods + 0, throttled + 0 }' \
    "$(cgroup_file "${pid[$1]}" cpu cpu.stat cpu.stat)"
}
# read_clocks FILE: sets `used`, the CPU time that FILE counts, and `now`, both in ms. One right after the other: no
# process in between.
read_clocks() {
  local first second uptime
  read -r first second <"$1" # version 1: nanoseconds; version 2: usage_usec and microseconds
  read -r uptime _ </proc/uptime
  if [[ $first == usage_usec ]]; then used=$((second / 1000)); else used=$((first / 1000000)); fi
  now=$((10#${uptime/./} * 10))
}
# Sixteen times the usual weight: on a machine that has much else to do, nothing but its limit is to hold RED.
come_first() {
  local file
  file=$(cgroup_file "${pid[$1]}" cpu cpu.shares cpu.weight)
  case $file in
    */lab-*/cpu.shares) echo 16384 >"$file" ;;
    */lab-*/cpu.weight) echo 1600 >"$file" ;;
  esac
}
oom_kills() { awk '$1 == "oom_kill" { print $2 }' "$(cgroup_file "${pid[$1]}" memory memory.oom_control memory.events)"; }
# The host's side of all containers; compared before and after.
host_state() {
  ip -o link | grep -o 'veth-lab[0-9]*\|lab0' || true
  find /run/lab -type f 2>/dev/null || true
  local owner
  for owner in "${lab_pid[@]}"; do
    awk '/ - cgroup2? / { print $5 }' /proc/self/mountinfo |
      xargs -I{} find {} -type d \( -name "lab-$owner" -o -name "lab-$owner-*" \) 2>/dev/null || true
  done
  awk '{ print $3, $4, $5 }' /proc/self/mountinfo
}
image_state() { tar -C "$image" --sort=name -cf - . | sha256sum; }
# The kernel takes a cable away a moment after its namespace.
host_is_as_before() {
  local deadline=$((SECONDS + 5))
  until [[ $(host_state) == "$host_before" ]]; do
    ((SECONDS < deadline)) || { diff <(echo "$host_before") <(host_state); return 1; }
  done
}

# --- the stage ---------------------------------------------------------------------------

are_pid1() {
  local name
  for name in RED BLUE; do [[ $(awk '/^NSpid/ { print $NF }' "/proc/${pid[$name]}/status") == 1 ]] || return 1; done
}
own_namespaces() {
  local kind
  for kind in pid mnt net cgroup; do
    [[ $(readlink "/proc/self/ns/$kind" "/proc/${pid[RED]}/ns/$kind" "/proc/${pid[BLUE]}/ns/$kind" | sort -u | wc -l) == 3 ]] ||
      return 1
  done
}
# cpu_limit NAME QUOTA PERIOD: in microseconds. Version 2 has both in one file, which is read twice here.
cpu_limit() {
  local quota period
  quota=$(cgroup_value "${pid[$1]}" cpu cpu.cfs_quota_us cpu.max)
  period=$(cgroup_value "${pid[$1]}" cpu cpu.cfs_period_us cpu.max)
  [[ "$quota $period" == "$2 $3" || "$quota" == "$2 $3" ]]
}
memory_limit() { cgroup_value "${pid[$1]}" memory memory.limit_in_bytes memory.max; }
pings() { [[ ${address[$1]} != "${address[$2]}" && $(status_of "$1" "ping -c 1 -W 5 ${address[$2]}") == 0 ]]; }

# watch_red: 20 periods of the kernel's, of 100 ms each. Sets `used`, the percent of a CPU that RED had, and of how many
# `periods` it was `throttled` in how many.
watch_red() {
  local account used_before began before after
  account=$(cgroup_file "${pid[RED]}" cpuacct cpuacct.usage cpu.stat)
  read -ra before <<<"$(cpu_periods RED)"
  read_clocks "$account"
  used_before=$used began=$now
  while ((now < began + 2000)); do sleep 0.1; read_clocks "$account"; done
  used=$((100 * (used - used_before) / (now - began)))
  read -ra after <<<"$(cpu_periods RED)"
  periods=$((after[0] - before[0])) throttled=$((after[1] - before[1]))
}

# RED computes in four loops, which last as long as its shell. A machine that has much else to do may for a while have
# too little to give for the limit to be felt: once in some tries will do.
hog_in_red() {
  local used now periods throttled blue_before blue_after
  come_first RED
  # shellcheck disable=SC2016 # RED's shell expands it
  ask RED 'for i in 1 2 3 4; do while kill -0 $$; do :; done 2>/dev/null & hogs="$hogs $!"; done' >/dev/null
  read -ra blue_before <<<"$(cpu_periods BLUE)"
  claim "BLUE reaches RED meanwhile" pings BLUE RED
  for _ in 1 2 3 4 5; do
    watch_red
    ((throttled == 0)) || break
  done
  read -ra blue_after <<<"$(cpu_periods BLUE)"
  # shellcheck disable=SC2016
  ask RED 'kill $hogs; wait' >/dev/null 2>&1
  echo "RED, by the kernel's account: $used % of a CPU, throttled in $throttled of $periods periods"
  claim "RED may use 40 ms in each period of 100, says the kernel" cpu_limit RED 40000 100000
  claim "RED gets no more than 40 % of a CPU" within 1 "$used" 45
  claim "RED is throttled" within 1 "$throttled" "$periods"
  claim "BLUE is not: throttled in no period" test "${blue_before[1]}" = "${blue_after[1]}"
}

end_of() {
  local status=0
  hang_up "$1"
  wait "${lab_pid[$1]}" || status=$?
  echo "$1 ended with status $status"
}

mkdir "$scratch/tools"
cp "$bin/escape-memory-hog" "$scratch/tools/hog"
host_before=$(host_state)
image_before=$(image_state)

heading "two containers on one image, each with 0.4 CPU and 200 MiB"
start RED
start BLUE
declare -A address
for name in RED BLUE; do
  address[$name]=$(ask "$name" "hostname -i")
  # shellcheck disable=SC2016
  inside "$name" 'echo "$NAME, pid $$, at $(hostname -i); processes here: $(ls -d /proc/[0-9]* | wc -l)"'
done
claim "each is PID 1, and the host knows them as ${pid[RED]} and ${pid[BLUE]}" are_pid1
claim "each has a pid, mnt, net and cgroup namespace of its own" own_namespaces
for name in RED BLUE; do claim "$name may use 209715200 bytes, says the kernel" test "$(memory_limit "$name")" = 209715200; done

heading "they ping each other"
inside RED "ping -c 1 ${address[BLUE]} | sed -n 2p"
inside BLUE "ping -c 1 ${address[RED]} | sed -n 2p"
claim "RED reaches BLUE" pings RED BLUE
claim "BLUE reaches RED" pings BLUE RED

heading "a CPU hog in RED"
hog_in_red

heading "memory: 195 MiB live, and past the limit the kernel kills"
inside RED "/hog 195"
claim "195 MiB lived: nothing was killed in RED" test "$(oom_kills RED)" = 0
inside RED "/hog 210"
claim "210 MiB did not: the kernel killed a process in RED" test "$(oom_kills RED)" = 1
claim "it killed none in BLUE" test "$(oom_kills BLUE)" = 0
claim "RED lives on" test "$(ask RED "echo alive")" = alive

heading "RED spoils all the files that it can reach"
inside RED "rm -rf /home /root /usr /etc/passwd; echo spoiled > /etc/motd; ls /"
claim "BLUE has its files" test "$(ask BLUE "ls -d /etc/passwd /root | wc -l")" = 2

heading "then everything goes"
end_of BLUE
end_of RED
claim "no link, no cgroup, no lock and no mount of theirs is left on the host" host_is_as_before
claim "the image is byte for byte what it was" test "$(image_state)" = "$image_before"

echo
((broken == 0)) || die "$broken of the claims do not hold"
echo "all claims hold"
