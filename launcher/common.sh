# shellcheck shell=bash disable=SC2034
# What every part of the launcher uses: where things lie, messages, commands that are shown
# before they run, root, and the names of labs. Sourced, never run.

# `.` where the reader stands in the project, so that the commands shown are short.
home=$(readlink -f "${BASH_SOURCE[0]}")
home=${home%/launcher/*}
[[ $home -ef . ]] && home=.
launcher=$home/launcher
bin=$home/build/bin
state=$home/.lab
[[ $home == . ]] || export LAB_ROOTFS=${LAB_ROOTFS:-$home/rootfs/busybox} LAB_KERNEL=${LAB_KERNEL:-$home/.lab/kernel}

# --- messages ---------------------------------------------------------------------------

# colour FD CODE: the escape sequence, where FD is a terminal that may be coloured.
colour() { if [[ -t $1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then printf '\e[%sm' "$2"; fi; }
note() { printf '%s\n' "$*" >&2; }

# complain MESSAGE [HINT]
complain() {
  note "lab: $1"
  if (($# > 1)); then note "  hint: $2"; fi
}
die() { complain "$@"; exit 1; }
usage_error() { complain "$@"; exit 2; }
no_arguments() { (($# == 1)) || usage_error "$1: it takes no argument, but got: ${*:2}"; }

# quoted WORD...: as one would type it.
quoted() {
  local word line=''
  for word; do
    if [[ $word =~ ^[A-Za-z0-9_@%+=:,./-]+$ ]]; then line+=" $word"
    elif [[ $word == *[[:cntrl:]]* ]]; then line+=" $(printf %q "$word")"
    else line+=" '${word//\'/\'\\\'\'}'"
    fi
  done
  printf '%s\n' "${line# }"
}

show() { note "$(colour 2 1)+ $(quoted "$@")$(colour 2 0)"; }
run() { show "$@"; "$@"; }

# --- root, and the owner of the tree ----------------------------------------------------

# sudo drops the environment: what a lab or a check reads is handed over by name.
sudo=()
if ((EUID != 0)); then
  sudo=(sudo)
  handed_over=()
  for name in LAB_ROOTFS LAB_KERNEL LAB_VM_DEADLINE LABS_MUST_RUN LAB_DEPS_DIR CI NO_COLOR TMPDIR; do
    [[ -z ${!name:-} ]] || handed_over+=("$name=${!name}")
  done
  ((${#handed_over[@]} == 0)) || sudo+=(env "${handed_over[@]}")
fi

need_root() {
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    die "this needs root, and there is no sudo" "start it as root: su -c './lab ...'"
  fi
}
as_root() { need_root; run "${sudo[@]}" "$@"; }
# A part of the launcher that needs root for all that it does.
script_as_root() {
  if ((EUID == 0)); then bash "$launcher/$1" "${@:2}"; else as_root bash "$launcher/$1" "${@:2}"; fi
}

# Under `sudo ./lab`, what is built or noted still belongs to the owner of the tree.
owner=
if ((EUID == 0)) && [[ ${SUDO_UID:-0} != 0 && $(stat -c %u "$home") == "${SUDO_UID:-}" ]]; then
  owner=$SUDO_USER
fi
as_owner() { if [[ $owner ]]; then sudo -H -u "$owner" -- "$@"; else "$@"; fi; }

# --- names ------------------------------------------------------------------------------

labs() {
  local folder
  for folder in "$home"/labs/[0-9][0-9]-*; do echo "${folder##*/}"; done
}
escapes() { find "$home/labs" -name 'escape_*.cpp' -printf '%f\n' | sed 's/^escape_//; s/\.cpp$//; s/_/-/g' | sort; }

# nearest WORD CANDIDATE...: the candidate with the fewest letters to change.
nearest() {
  printf '%s\n' "${@:2}" | awk -v word="$1" '
    function min(a, b) { return a < b ? a : b }
    {
      for (j = 0; j <= length($0); j++) d[0, j] = j
      for (i = 1; i <= length(word); i++) {
        d[i, 0] = i
        for (j = 1; j <= length($0); j++)
          d[i, j] = min(min(d[i-1, j], d[i, j-1]) + 1,
                        d[i-1, j-1] + (substr(word, i, 1) != substr($0, j, 1)))
      }
      if (NR == 1 || d[length(word), length($0)] < least) { least = d[length(word), length($0)]; best = $0 }
    }
    END { print best }'
}

# find_lab 4|04|04-pivot-root: the full name.
find_lab() {
  local lab all
  mapfile -t all < <(labs)
  for lab in "${all[@]}"; do
    if [[ $1 == "$lab" || $1 == "${lab%%-*}" || "0$1" == "${lab%%-*}" || $1 == "${lab#*-}" ]]; then
      echo "$lab"
      return
    fi
  done
  if [[ $1 == [0-9]* ]]; then
    usage_error "no such lab: $1" "the last is ${all[-1]}; ./lab list shows all"
  fi
  usage_error "no such lab: $1" "did you mean $(nearest "$1" "${all[@]#*-}")? ./lab list shows all"
}

find_escape() {
  local escape all
  mapfile -t all < <(escapes)
  for escape in "${all[@]}"; do
    if [[ $escape == "$1" ]]; then
      echo "$escape"
      return
    fi
  done
  usage_error "no such escape: $1" "did you mean $(nearest "$1" "${all[@]}")? there are: ${all[*]}"
}

# reference LAB: the file that holds what the lab teaches; its header is the first of the lab's own that the
# exercise includes.
reference() {
  local header folder=$home/labs/$1
  while read -r header; do
    [[ $header != exercise && -f $folder/$header.cpp ]] || continue
    echo "${folder#./}/$header.cpp"
    return
  done < <(sed -n 's/^#include "\(.*\)\.h"$/\1/p' "$folder/exercise.cpp")
}
