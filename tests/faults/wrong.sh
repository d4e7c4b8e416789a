# shellcheck shell=bash disable=SC2154
# Each wrong implementation, tests/faults/NN-name/*.cpp, fails the checks that its lines `// fails:` name, and no
# other of those that came with its lab. Sourced by run.sh.

# graded LAB PROGRAM CHECKS: the report of the checks that the lab brings, and of those named that an earlier one did.
# The deadline is short: a mistake may be seen by running out of time.
# Of lab 12 only the latter: most of its checks boot a machine.
graded() {
  local own='' name
  [[ $1 == 12-* ]] || own=$(LAB_DEADLINE=5 check "$1" "$2" --own)
  echo "$own"
  while IFS= read -r name; do
    [[ $own =~ (^|$'\n')(ok|FAIL)\ +"$name"\ \( ]] || LAB_DEADLINE=5 check "$1" "$2" --only "$name"
  done <<<"$3"
}

wrong() {
  local lab=$1 file fault program expected report
  for file in "$faults/$lab"/*.cpp; do
    fault=$(basename "$file" .cpp)
    program=$bin/$lab-wrong-${fault//_/-}
    expected=$(sed -n 's|^// fails: ||p' "$file")
    report=$(graded "$lab" "$program" "$expected")
    if [[ $expected && $(names FAIL "$report" | sort) == "$(sort <<<"$expected")" ]]; then
      ok "$lab wrong ($fault): red is '$expected' alone, seen: $(seen "$report" | cut -c 1-100)"
    else
      not_ok "$lab wrong ($fault)" "$expected" "$(grep -A 2 '^FAIL' <<<"$report" || echo "no check failed")"
    fi
  done
}
