# shellcheck shell=bash disable=SC2034
# What both benchmarks use: where things lie, namespaces of their own, and the program that times. Sourced, never run.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin=$(realpath -m "${LAB_BIN:-$here/../build/bin}")
image=$(realpath -m "${LAB_ROOTFS:-$here/../rootfs/busybox}")
busybox=$image/bin/busybox
lab=$bin/07-overlay
limits=(--memory 200M --cpus 0.4 --pids 64)
work=/run/bench

fail() { # MESSAGE [HINT]
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  if (($# > 1)); then printf '  hint: %s\n' "$2" >&2; fi
  exit 1
}

need() { [[ -x $1 ]] || fail "not found: $1" "$2"; }

# numbers WORD...: each is a whole number above 0.
numbers() {
  local word
  for word; do
    if ! [[ $word =~ ^[1-9][0-9]{0,5}$ ]]; then
      printf '%s: not a whole number above 0: %s\n' "${0##*/}" "$word" >&2
      exit 2
    fi
  done
}

# in_own_namespaces ARG...: begins this script anew where its links, mounts and /run are its own: what else the machine
# runs has no part in the figures, and the bridge is there only when it should be.
in_own_namespaces() {
  if [[ ${LAB_BENCH_PROCESS-} == "$$" ]]; then
    mount -t tmpfs bench /run
    mkdir "$work"
    "$busybox" ip link set lo up
    return
  fi
  ((EUID == 0)) || fail "containers need root" "sudo ${0##*/}"
  need "$lab" "build first: cmake --build build"
  need "$bin/interleave" "build first: cmake --build build --target bench"
  need "$busybox" "fetch the image first: ./lab setup"
  LAB_BENCH_PROCESS=$$ exec unshare --mount --net --propagation private bash "$0" "$@"
}

# entry NAME PROGRAM [ARG...]: a line for `interleave`.
entry() { local IFS=$'\t'; printf '%s\n' "$*"; }

# wait_until SECONDS COMMAND...: false where it has not come true by then.
wait_until() {
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.02
  done
}
