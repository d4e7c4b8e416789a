# shellcheck shell=bash disable=SC2154
# The learner's side of a lab: check, watch, hint, reset. Sourced by ./lab.

# the_lab WORD [NN...]: the full name of the lab that WORD was given.
the_lab() {
  (($# > 1)) || usage_error "$1: which lab?" "for example: ./lab $1 01"
  find_lab "$2"
}

# The file may be missing for now; the handout knows.
has_exercise() { [[ -e $home/labs/$1/exercise.cpp ]] || grep -qsx '## Write it' "$home/labs/$1/README.md"; }

# with_exercise WORD [NN...]: the same, of a lab in which there is something to write.
with_exercise() {
  local lab
  lab=$(the_lab "$@") || exit
  has_exercise "$lab" || usage_error "$1: $lab has no exercise" "the first exercise is that of lab 01"
  echo "$lab"
}

exercise_check() {
  local lab program command='' junit=() mine=false status=0
  lab=$(the_lab check "$@")
  shift
  while (($#)); do
    case $1 in
      --exercise) mine=true ;;
      --command | --junit)
        (($# > 1)) || usage_error "check: $1 needs a value"
        if [[ $1 == --command ]]; then command=$2; else junit=(--junit "$2"); fi
        shift ;;
      *) usage_error "check: unknown option: $1" "did you mean $(nearest "$1" --exercise --command --junit)?" ;;
    esac
    shift
  done
  ! $mine || lab=$(with_exercise check "$lab")
  ! $mine || [[ -z $command ]] || usage_error "check: either --exercise or --command, not both"
  program=check-$lab
  build "$program"
  prepare "$lab"
  if $mine; then
    check_exercise "$lab" "${junit[@]}"
  elif [[ $command ]]; then
    as_root env "LAB_COMMAND=$command" "$bin/$program" "${junit[@]}"
  else
    as_root "$bin/$program" "${junit[@]}"
  fi
}

# The verdict goes aside first: a check that is broken off leaves the learner's progress as it was.
check_exercise() {
  local lab=$1 verdict=$state/progress/${1%%-*} status=0
  as_owner mkdir -p "$state/progress"
  if ! build "$lab-exercise"; then
    as_owner tee "$verdict" <<<"it does not compile" >/dev/null
    die "labs/$lab/exercise.cpp does not compile" "the compiler's first message above is the one to read"
  fi
  as_owner rm -f "$verdict.new"
  as_owner touch "$verdict.new"
  as_root env "LAB_COMMAND=$bin/$lab-exercise" "LAB_PROGRESS=$verdict.new" "$bin/check-$lab" "${@:2}" || status=$?
  if [[ -s $verdict.new ]]; then as_owner mv "$verdict.new" "$verdict"; else as_owner rm "$verdict.new"; fi
  ((status != 0)) || note "passed: compare with $(reference "$lab")"
  return "$status"
}

exercise_watch() {
  local lab options=()
  lab=$(with_exercise watch "$@")
  no_arguments "watch $lab" "${@:2}"
  install_missing watch
  # Without a terminal entr must not ask for one.
  { : </dev/tty; } 2>/dev/null || options=(-n)
  show entr "${options[@]}" "$home/lab" check "$lab" --exercise
  printf '%s\n' "$home/labs/$lab/exercise.cpp" | entr "${options[@]}" "$home/lab" check "$lab" --exercise
}

# hint_text LAB N: the text of the handout's hint N; nothing where there is none.
hint_text() {
  awk -v wanted="$2" '
    /^## / { inside = ($0 == "## Write it") }
    inside { text = text $0 "\n" }
    END {
      while (start = index(text, "<summary>Hint")) {
        text = substr(text, start)
        stop = index(text, "</details>")
        hint = substr(text, 1, stop - 1)
        text = substr(text, stop)
        if (++n == wanted) {
          sub(/^<summary>[^<]*<\/summary>[ \n]*/, "", hint)
          sub(/[ \n]+$/, "", hint)
          print hint
          exit
        }
      }
    }' "$home/labs/$1/README.md"
}

exercise_hint() {
  local lab text shown=0 file
  lab=$(with_exercise hint "$@")
  no_arguments "hint $lab" "${@:2}"
  file=$state/hints/${lab%%-*}
  if [[ -s $file ]]; then read -r shown <"$file"; fi
  text=$(hint_text "$lab" $((shown + 1)))
  if [[ -z $text ]]; then
    echo "no more hints for $lab; all $shown stand in labs/$lab/README.md, under \"Write it\""
    return
  fi
  as_owner mkdir -p "$state/hints"
  as_owner tee "$file" <<<$((shown + 1)) >/dev/null
  printf '%sHint %d%s\n%s\n' "$(colour 1 1)" $((shown + 1)) "$(colour 1 0)" "$text"
}

in_git() { as_owner git -C "$home" "$@"; }

# pristine LAB: the exercise as the course has it, on stdout.
pristine() {
  local path=./labs/$1/exercise.cpp version
  command -v git >/dev/null || die "reset: git is not installed" "./lab setup installs it"
  for version in '@{upstream}' HEAD; do
    if in_git cat-file -e "$version:$path" 2>/dev/null; then
      in_git show "$version:$path"
      return
    fi
  done
  die "reset: git has no version of labs/$1/exercise.cpp" \
    "only a clone of the course remembers the exercise as it was; fetch the file from where the course came from"
}

# aside LAB: a path for the learner's version that does not exist yet.
aside() {
  local stem path n=1
  stem=$state/yours/$1-$(date +%Y%m%d-%H%M%S)
  path=$stem.cpp
  while [[ -e $path ]]; do path=$stem-$((++n)).cpp; done
  echo "$path"
}

exercise_reset() {
  local lab file fresh kept answer=''
  lab=$(with_exercise reset "$@")
  file=$home/labs/$lab/exercise.cpp
  [[ $# -lt 2 || ${2} == --yes ]] || usage_error "reset: unknown option: $2" "did you mean --yes?"
  fresh=$(pristine "$lab" && echo .) # the dot keeps the newlines at the end
  fresh=${fresh%.}
  if [[ -e $file ]] && cmp -s "$file" - <<<"${fresh%$'\n'}"; then
    echo "labs/$lab/exercise.cpp is as it was; nothing to do"
    return
  fi
  if [[ ${2:-} != --yes ]]; then
    [[ -t 0 && ${CI:-} != true ]] || usage_error "reset: there is no terminal to ask on" "./lab reset ${lab%%-*} --yes"
    read -rp "reset labs/$lab/exercise.cpp? Your version is kept aside. [y/N] " answer
    [[ $answer == [yY]* ]] || { echo "nothing changed"; return; }
  fi
  as_owner mkdir -p "$state/yours"
  if [[ -e $file ]]; then
    kept=$(aside "$lab")
    as_owner cp "$file" "$kept"
    echo "your version is kept in ${kept#./}"
  fi
  as_owner tee "$file" <<<"${fresh%$'\n'}" >/dev/null
  as_owner rm -f "$state/progress/${lab%%-*}"
  echo "labs/$lab/exercise.cpp is as it was"
}
