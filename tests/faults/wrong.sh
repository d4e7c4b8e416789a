# shellcheck shell=bash disable=SC2154
# Each wrong implementation, tests/faults/NN-name/*.cpp, fails the check that its line `// fails:` names, and no
# other. Sourced by run.sh.

wrong() {
  local lab=$1 file fault program expected report
  for file in "$faults/$lab"/*.cpp; do
    fault=$(basename "$file" .cpp)
    program=$bin/$lab-wrong-${fault//_/-}
    expected=$(sed -n 's|^// fails: ||p' "$file")
    # The deadline is short: a mistake may be seen by running out of time.
    report=$(LAB_DEADLINE=5 check "$lab" "$program")
    if [[ $expected && $(names FAIL "$report" | sort) == "$(sort <<<"$expected")" ]]; then
      ok "$lab wrong ($fault): red is '$expected' alone, seen: $(seen "$report" | cut -c 1-100)"
    else
      not_ok "$lab wrong ($fault)" "$expected" "$(grep -A 2 '^FAIL' <<<"$report" || echo "no check failed")"
    fi
  done
}
