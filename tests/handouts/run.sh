#!/usr/bin/env bash
# Runs every command of the handouts and compares what it prints with what is printed there; checks
# the handouts' form too. Run as root: tests/handouts/run.sh [NN...]; one line a fact, exit 1 where one
# failed. Without a number: all handouts, `guides` (README.md and CONTRIBUTING.md), and `self`, the test of
# these tests on handouts that are wrong; each word is one to give, too. CONTRIBUTING.md tells the form.
# shellcheck disable=SC2317 # the trap calls it
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(dirname "$(dirname "$here")")
((EUID == 0)) || { echo "run.sh: not root; hint: sudo tests/handouts/run.sh" >&2; exit 2; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lab-handouts.XXXXXX")
throwaway= # the process that made the namespaces

# With its PID 1 everything in the namespaces ends, and the mounts go.
end_throwaway() {
  local pid1
  if [[ $throwaway ]]; then
    read -ra pid1 <"/proc/$throwaway/task/$throwaway/children" || true
    ((${#pid1[@]} == 0)) || kill -KILL "${pid1[@]}"
    wait "$throwaway" || true
  fi 2>/dev/null
  rmdir "$scratch"
}
trap end_throwaway EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# in_throwaway self|NN...: bash runs a trap at once only while it waits, so not in the foreground.
in_throwaway() {
  unshare --mount --propagation private --pid --fork --mount-proc \
    bash "$here/throwaway.sh" "$scratch" "$project" "$@" </dev/null &
  throwaway=$!
  wait "$throwaway" || failed=1
  throwaway=
}

failed=0
(($#)) || in_throwaway self
in_throwaway "$@"
exit "$failed"
