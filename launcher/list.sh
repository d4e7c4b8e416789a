# shellcheck shell=bash disable=SC2154
# ./lab list: the labs, what each adds, and the learner's progress. Sourced by ./lab.

# The first line of text below the handout's title.
adds() {
  awk '/^# / { titled = 1; next } titled && NF { print; exit }' "$home/labs/$1/README.md" 2>/dev/null || true
}

progress() {
  local file=$state/progress/${1%%-*} first_failing
  if ! has_exercise "$1"; then
    echo "nothing to write: read labs/$1/README.md"
    return
  fi
  if [[ ! -s $file ]]; then
    echo "not started: write labs/$1/exercise.cpp"
    return
  fi
  read -r first_failing <"$file" || true
  if [[ $first_failing == passed ]]; then
    echo "$(colour 1 32)passed$(colour 1 0): compare with $(reference "$1")"
  else
    echo "$(colour 1 33)failing$(colour 1 0): $first_failing"
  fi
}

list() {
  local lab
  for lab in $(labs); do
    printf '%s%-18s%s  %s\n' "$(colour 1 1)" "$lab" "$(colour 1 0)" "$(adds "$lab")"
    printf '%-18s  %s\n' '' "$(progress "$lab")"
  done
}
