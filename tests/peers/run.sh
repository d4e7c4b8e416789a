#!/usr/bin/env bash
# Puts programs that were not written here to the checks, and compares what fails with expected.txt, exactly.
# Run it as root after a build: tests/peers/run.sh [WORD]: all peers, or those with WORD in the name. LAB_BIN is the
# folder of the check programs. A peer that is not there is skipped by name; with LABS_MUST_RUN=1 that is a failure.
# shellcheck disable=SC2317  # stop is called by the trap
set -euo pipefail
set -m # a process group for each peer, to end it with all that it started
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin=${LAB_BIN:-$here/../../build/bin}
rootfs=${LAB_ROOTFS:-$here/../../rootfs/busybox}
expected=$here/expected.txt
word=${1-}
checks=check-07-overlay # has the checks of the labs before it, too
failed=0

need() { # CONDITION... HINT
  "${@:1:$#-1}" || { printf 'peers: not found: %s\n  hint: %s\n' "${*: -2:1}" "${*: -1}" >&2; exit 1; }
}
((EUID == 0)) || { echo "peers: the checks need root" >&2; exit 1; }
need test -x "$bin/$checks" "build first: ./lab setup"
need test -x "$rootfs/bin/busybox" "fetch the image first: ./lab setup"

work=$(mktemp -d /tmp/lab-peers.XXXXXX)
stop() {
  local job
  for job in $(jobs -rp); do kill -- "-$job" 2>/dev/null || true; done
  wait 2>/dev/null # bash tells what became of each
  rm -rf --one-file-system -- "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- expected.txt: [PEER] VERSION: COMMAND LINE, and the lines up to the next [ ----------------------------

peers() { sed -n 's/^\[\(.*\)\] .*: .*/\1/p' "$expected"; }
version_in_table() { sed -n "s/^\[$1\] \([^:]*\): .*/\1/p" "$expected"; }
command_line() { sed -n "s/^\[$1\] [^:]*: //p" "$expected" | sed "s|{oci}|'$here/oci.sh'|"; }

results_in_table() { # PEER
  awk -v section="[$1]" '/^\[/ { here = $1 == section; next } here' "$expected" |
    sed -n 's/ *#.*//; /^\(FAIL\|skip\) /p' | sort
}

# --- the peers --------------------------------------------------------------------------------------------

program_of() { # PEER: the first word of its name
  echo "${1%%-*}"
}

installed_version() { # PROGRAM: crun makes a state folder even for this
  case $1 in
    crun) crun --root "$work/crun-state" --version ;;
    *) "$1" --version ;;
  esac | sed -n '1s/.* //p'
}

# What the harness needs beside it; the programs that run side by side write into their own folders.
check_programs_for() { # PEER
  mkdir -p "$work/$1/bin"
  cp "$bin/$checks" "$bin/probe" "$bin"/escape-* "$work/$1/bin"
}

# An environment of its own: what the caller happens to have set must not decide a check.
run_checks() { # PEER
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LAB_DEADLINE="${LAB_DEADLINE:-5}" \
    LAB_ROOTFS="$(realpath "$rootfs")" LAB_COMMAND="$(command_line "$1")" "$work/$1/bin/$checks" </dev/null
}

# `FAIL name` and `skip name`, a line each; but for the skips that every program has which is no lab.
results_in() { # REPORT
  sed -nE '/^skip .*: the program under test has no such option/d; s/ \([0-9]+ ms\)$//; s/^(skip [^:]*): .*/\1/
    /^(FAIL|skip) /p' "$1" | sort
}

differences() { # PEER
  diff <(results_in_table "$1") <(results_in "$work/$1/report") |
    sed -n 's/^< /  expected, but not seen: /p; s/^> /  seen, but not expected: /p'
}

explain() { # REPORT: what it says of each failure that was not expected
  local name
  sed -n 's/.* not expected: FAIL //p' | while read -r name; do
    awk -v head="FAIL $name (" '/^(ok|FAIL|skip) / { here = index($0, head) == 1 } here { print "  # " $0 }' "$1"
  done
}

judge() { # PEER: one line, and what explains it
  local peer=$1 program version difference
  program=$(program_of "$peer")
  if ! command -v "$program" >/dev/null; then
    skip "$peer" "there is no $program here"
    return
  fi
  version=$(installed_version "$program")
  check_programs_for "$peer"
  run_checks "$peer" >"$work/$peer/report" 2>&1 || true # the table says what must fail
  difference=$(differences "$peer") || true
  if ! grep -q "^$checks: [0-9]* of [0-9]* points" "$work/$peer/report"; then
    difference+=$'\n  the checks broke off'
  fi
  if [[ ! $difference ]]; then
    echo "ok - $peer $version: $(tail -n 1 "$work/$peer/report")"
  elif [[ $version != "$(version_in_table "$peer")" ]]; then
    skip "$peer" "the table is for version $(version_in_table "$peer"), this is $version" "$difference"
  else
    printf 'not ok - %s %s\n%s\n' "$peer" "$version" "$difference"
    explain <<<"$difference" "$work/$peer/report"
  fi
}

skip() { # PEER REASON [DETAIL]
  if [[ ${LABS_MUST_RUN-} == 1 ]]; then
    printf 'not ok - %s: %s\n' "$1" "$2"
  else
    printf 'ok - %s # skip: %s\n' "$1" "$2"
  fi
  if [[ ${3-} ]]; then printf '%s\n' "$3"; fi
}

traces() { # what runtimes leave on a machine
  find /run/crun /run/runc /run/oci /sys/fs/cgroup -path '/run/*' -o -name 'oci-*' 2>/dev/null || true
  grep -F "$work" /proc/self/mountinfo || true
}

before=$(traces)
selected=()
for peer in $(peers); do
  [[ $peer == *"$word"* ]] || continue
  selected+=("$peer")
  while (($(jobs -rp | wc -l) >= 2)); do wait -n || true; done
  judge "$peer" >"$work/$peer.out" 2>&1 &
done
((${#selected[@]})) || { echo "peers: none has $word in its name; there are: $(peers | xargs)" >&2; exit 2; }
wait

for peer in "${selected[@]}"; do
  cat "$work/$peer.out"
  if ! grep -q '^ok' "$work/$peer.out"; then failed=1; fi
done
after=$(traces)
if [[ $before == "$after" ]]; then
  echo "ok - nothing is left on the host"
else
  printf 'not ok - nothing is left on the host\n  expected: %s\n  seen:     %s\n' "$before" "$after"
  failed=1
fi
exit "$failed"
