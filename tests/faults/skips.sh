# shellcheck shell=bash disable=SC2154
# Each step left out turns the check red that skips.txt names, for the reason that it names. Sourced by run.sh.

# rows LAB: its rows in skips.txt, as step|check|pattern.
rows() { awk -F ' *[|] *' -v lab="${1%%-*}" '!/^#/ && $2 ~ lab { print $1 "|" $3 "|" $4 }' "$faults/skips.txt"; }
# rows_to_prove LAB: those of which it is the first lab or the last; between them nothing new would be seen.
rows_to_prove() {
  awk -F ' *[|] *' -v lab="${1%%-*}" \
    '!/^#/ && (n = split($2, labs, " ")) && (lab == labs[1] || lab == labs[n]) { print $1 "|" $3 "|" $4 "|" $5 }' "$faults/skips.txt"
}
# together LAB GROUP: the options that leave out all steps of a group.
together() {
  awk -F ' *[|] *' -v lab="${1%%-*}" -v group="$2" '!/^#/ && $2 == lab && $5 == group { printf " --skip %s", $1 }' "$faults/skips.txt"
}

# steps LAB: all that it can take. From lab 07 on two lists are needed: --upper takes a step in another's place.
steps() {
  local lab=$1 options=()
  if [[ $lab == 11-* ]]; then # it makes no container, and takes none of their options
    "$bin/$lab" --list-steps
    return
  fi
  if [[ $lab == 12-* ]]; then # those of the container are lab 10's
    "$bin/$lab" --nat --cpus 0.5 --list-steps
    return
  fi
  [[ $lab == 0[01]-* ]] || options+=(--init)
  [[ $lab == 0[0-4]-* ]] || options+=(--nat)
  [[ $lab == 0[0-5]-* ]] || options+=(--memory 64M --cpus 0.5 --pids 64)
  "$bin/$lab" "${options[@]}" --list-steps
  [[ $lab == 0[0-6]-* ]] || "$bin/$lab" "${options[@]}" --upper /tmp --list-steps
  # Without root they take another one.
  [[ $lab != 09-* && $lab != 10-* ]] || setpriv --reuid 65534 --regid 65534 --clear-groups "$bin/$lab" --init --list-steps 2>/dev/null
}

table_is_complete() {
  local lab=$1 tabled listed
  tabled=$(rows "$lab" | cut -d '|' -f 1 | sort)
  listed=$(steps "$lab" | cut -d ' ' -f 1 | sort -u)
  if [[ $tabled == "$listed" ]]; then
    ok "$lab: skips.txt has the steps of --list-steps"
  else
    not_ok "$lab: skips.txt has the steps of --list-steps" "${listed//$'\n'/ }" "${tabled//$'\n'/ }"
  fi
}

# Left out, red; taken, green: the check is run alone both times. Some checks are red only when time runs out,
# and their pattern tells that from a slow machine.
declare -A reports # of the groups
skip_is_seen() { # LAB STEP CHECK PATTERN GROUP
  local report name="$1 --skip $2: red is '$3'" left_out=" --skip $2"
  [[ ! $5 ]] || left_out=$(together "$1" "$5")
  report=${reports[$1$5]:-}
  [[ $5 && $report ]] || report=$(LAB_DEADLINE=2 check "$1" "$bin/$1$left_out" --only "$3")
  [[ ! $5 ]] || reports[$1$5]=$report
  # shellcheck disable=SC2053 # a pattern is meant
  if [[ $(names FAIL "$report") == "$3" && $(seen "$report") == $4 ]]; then
    ok "$name, seen: $(seen "$report" | cut -c 1-100)"
  else
    not_ok "$name" "$4" "$report"
  fi
}

# A step that this lab does not need.
skip_is_harmless() { # LAB STEP CHECK
  local report
  report=$(check "$1" "$bin/$1 --skip $2" --only "$3")
  if [[ $(names ok "$report") == "$3" ]]; then
    ok "$1 --skip $2: '$3' stays green"
  else
    not_ok "$1 --skip $2: '$3' stays green" "the check passes" "$report"
  fi
}

check_is_green() { # LAB CHECK
  local report
  report=$(check "$1" "$bin/$1" --only "$2")
  if [[ $(names ok "$report") == "$2" ]]; then
    ok "$1: green is '$2'"
  else
    not_ok "$1: green is '$2'" "the check passes" "$report"
  fi
}

skips() {
  local lab=$1 step check pattern group
  table_is_complete "$lab"
  while IFS='|' read -r step check pattern group; do
    if [[ $pattern == - ]]; then
      skip_is_harmless "$lab" "$step" "$check"
    else
      skip_is_seen "$lab" "$step" "$check" "$pattern" "$group"
    fi
  done < <(rows_to_prove "$lab")
  [[ $lab != 12-* ]] || return 0 # each of its checks boots a machine, and check-12 says that it is green
  while read -r check; do
    check_is_green "$lab" "$check"
  done < <(rows_to_prove "$lab" | cut -d '|' -f 2 | sort -u)
}
