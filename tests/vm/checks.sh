#!/bin/bash
# Runs every check program in the virtual machine, the longest first; a line each, and what failed. run.sh hands this
# file to the machine. `checks.sh PROGRAM [OPTION...]` runs one of them.
# The last container is put to all checks, each other lab to those that it brings.
export LABS_MUST_RUN=1 LAB_DEADLINE=60 # nothing here is quick

indent() { sed 's/^/    /'; }

one() {
  name=$1 report=/tmp/report.$1 result='not ok' begun=$(cut -d. -f1 /proc/uptime)
  if "$@" >"$report" 2>&1; then result=ok; fi
  points=$(grep "^$name: .* points" "$report") || result='not ok' points="$name: broke off"
  {
    echo "$result - $points ($(($(cut -d. -f1 /proc/uptime) - begun)) s)"
    grep '^skip ' "$report" | indent
    [[ $result == ok ]] || grep -v '^ok ' "$report" | tail -n 60 | indent
  } >"$report.lines"
  cat "$report.lines" # in one write: another is at work, too
  [[ $result == ok ]]
}

if (($#)); then
  one "$@"
else
  cd build/bin || exit
  finished=$(printf '%s\n' check-* | sort | grep -vE '^check-(00|11)-' | tail -n 1)
  status=0
  one "$finished" || status=1
  for program in check-*; do
    [[ $program == "$finished" ]] || one "$program" --own || status=1
  done
  exit "$status"
fi
