#!/usr/bin/env bash
# A shell in each lab that makes a container, used as a person uses it: on a terminal of its own, with keys. Needs expect, root, the built
# labs and the image: `tests/terminal/run.sh`, from anywhere.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."

failed=0
for lab in labs/[0-9][0-9]-*; do
  lab=${lab##*/}
  [[ $lab != 00-* && $lab != 11-* ]] || continue
  for init in '' --init; do
    [[ $init == '' || $lab != 01-* ]] || continue
    if output=$(expect -f "$here/session.exp" "$lab" $init 2>&1); then
      echo "ok - a shell with job control in ${lab} ${init}"
    else
      echo "not ok - a shell with job control in ${lab} ${init}"
      printf '  # %s\n' "${output//$'\n'/$'\n  # '}"
      failed=1
    fi
  done
done
exit "$failed"
