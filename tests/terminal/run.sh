#!/usr/bin/env bash
# A shell in each lab that makes a container, used as a person uses it: on a terminal of its own, with keys. Needs expect, root, the built
# labs and the image: `tests/terminal/run.sh`, from anywhere.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."

failed=0
# session NAME FILE ARGUMENT...
session() {
  local output
  if output=$(expect -f "$here/$2" "${@:3}" 2>&1); then
    echo "ok - $1"
  else
    echo "not ok - $1"
    printf '  # %s\n' "${output//$'\n'/$'\n  # '}"
    failed=1
  fi
}

for lab in labs/[0-9][0-9]-*; do
  lab=${lab##*/}
  [[ $lab != 00-* && $lab != 11-* ]] || continue
  for init in '' --init; do
    [[ $init == '' || ($lab != 01-* && $lab != 12-*) ]] || continue
    session "a shell with job control in $lab $init" session.exp "$lab" $init
  done
done
session "the terminal as it was, however a machine ends" machine.exp 12
exit "$failed"
