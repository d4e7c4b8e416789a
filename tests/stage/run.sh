#!/usr/bin/env bash
# Runs the final stage, `./lab stage`, and checks that all its claims hold; then runs it with steps left out, and checks
# that the claims which rest on them are told as broken. Run it after the build, as root: tests/stage/run.sh
# shellcheck disable=SC2317 # the trap calls some functions, fact the others
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
claims=18
failed=0

((EUID == 0)) || { echo "tests/stage/run.sh needs root" >&2; exit 2; }
scratch=$(mktemp -d /tmp/stage-test.XXXXXX)

end() {
  local job
  for job in $(jobs -p); do kill "$job" 2>/dev/null || true; done
  wait
  rm -rf --one-file-system "$scratch"
}
trap end EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM

# stage [STEP...]: without these steps. On a stand-in for the host, as always where a step is left out, and in cgroups of
# its own, which both containers share.
stage() {
  local step options=() output=$scratch/host
  for step; do
    options+=(--skip "$step")
    output+=-$step
  done
  LAB_STAND_IN=1 exec build/bin/sandboxed build/bin/stand-in-host --read-only bash launcher/stage.sh "${options[@]}" \
    >"$output.out" 2>&1
}

# fact NAME OUTPUT COMMAND...: holds where the command succeeds; else OUTPUT is shown.
fact() {
  if "${@:3}"; then
    echo "ok - $1"
  else
    printf 'not ok - %s\n' "$1"
    sed 's/^/  /' "$2"
    failed=1
  fi
}
holds() { (($(grep -c '^holds  ' "$1") == claims)) && ! grep -q '^BROKEN' "$1"; }

# broken STEP CLAIM: in the run that left STEP out; CLAIM as it begins.
broken() {
  local output=("$scratch"/host*"-$1"*.out)
  fact "without $1 it is told: BROKEN $2" "${output[0]}" grep -q "^BROKEN $2" "${output[0]}"
}

# Several runs at a time, and two steps left out in each, to be short: each claim rests on one of the two.
status=0
stage &
wait "$!" || status=$?
fact "the stage ends with status 0" "$scratch/host.out" test "$status" = 0
fact "all its claims hold, $claims of them" "$scratch/host.out" holds "$scratch/host.out"

declare -A runs # the steps, by the pid of the run that leaves them out
for steps in "limit-cpu remove-bridge" "limit-memory lease-address" "mount-overlay unshare-pid" "remove-cgroups unshare-cgroup"; do
  read -ra skipped <<<"$steps"
  stage "${skipped[@]}" &
  runs[$!]=$steps
done
for pid in "${!runs[@]}"; do
  status=0
  wait "$pid" || status=$?
  fact "without ${runs[$pid]} the stage ends with status 1" "$scratch/host-${runs[$pid]// /-}.out" test "$status" = 1
done
broken limit-cpu "RED may use 40 ms in each period of 100, says the kernel"
broken limit-cpu "RED is throttled" # how much it gets without the limit is for those to say who run beside it
broken limit-memory "RED may use 209715200 bytes, says the kernel"
broken limit-memory "210 MiB did not: the kernel killed a process in RED"
broken lease-address "RED reaches BLUE"
broken unshare-pid "each is PID 1"
broken unshare-cgroup "each has a pid, mnt, net and cgroup namespace of its own"
broken mount-overlay "BLUE has its files"
broken mount-overlay "the image is byte for byte what it was"
broken remove-bridge "no link, no cgroup, no lock and no mount of theirs is left on the host"
broken remove-cgroups "no link, no cgroup, no lock and no mount of theirs is left on the host"
exit "$failed"
