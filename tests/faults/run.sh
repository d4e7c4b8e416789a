#!/usr/bin/env bash
# Proves that the checks have teeth: a step left out, a wrong implementation and an unwritten exercise turn the
# right check red. Run it after the build, as root: tests/faults/run.sh [NN...], by default for every lab.
set -euo pipefail
shopt -s extglob
unset LABS_MUST_RUN LAB_PROGRESS LAB_ROOTFS LAB_DEADLINE

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=build/bin
faults=tests/faults
failed=0

ok() { echo "ok - $1"; }
not_ok() { # NAME EXPECTED SEEN
  printf 'not ok - %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "${3//$'\n'/$'\n'            }"
  failed=1
}

# check LAB COMMAND [OPTION...]: the report of the lab's check program on that command.
check() { LAB_COMMAND=$2 "$bin/check-$1" "${@:3}" 2>&1 || true; }
# names ok|FAIL REPORT: the checks that passed or failed in it.
names() { sed -n "s/^$1 *\(.*\) ([0-9]* ms)\$/\1/p" <<<"$2"; }
# seen REPORT: what the first check that failed in it saw.
seen() { sed -n 's/^     seen      \(.*[^ ]\) *$/\1/p' <<<"$1" | head -n 1; }

# shellcheck source=tests/faults/skips.sh
source "$faults/skips.sh"
# shellcheck source=tests/faults/wrong.sh
source "$faults/wrong.sh"
# shellcheck source=tests/faults/unwritten.sh
source "$faults/unwritten.sh"

((EUID == 0)) || { echo "tests/faults/run.sh needs root" >&2; exit 2; }
ran=0
for folder in labs/[0-9][0-9]-*; do
  lab=${folder#labs/}
  (($# == 0)) || [[ " $* " == *" ${lab%%-*} "* ]] || continue
  [[ -x $bin/check-$lab ]] || { echo "$bin/check-$lab is missing: build first" >&2; exit 2; }
  skips "$lab"
  wrong "$lab"
  [[ ! -e $folder/exercise.cpp ]] || unwritten "$lab"
  ran=1
done
((ran)) || { echo "no such lab: $*" >&2; exit 2; }
exit "$failed"
