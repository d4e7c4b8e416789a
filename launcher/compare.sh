#!/usr/bin/env bash
# One matrix: which kind of isolation each lab gives, from the kernel's own facts, as 00-compare reads them of
# a container that runs. Run by ./lab as root: launcher/compare.sh LAB...
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

failed=0
kinds=()
declare -A own # "kind lab" -> true | false | null

# The lines of "isolated" in the document: one kind each.
isolated() { sed -n '/^  "isolated"/,$s/^    "\(.*\)": \([a-z]*\),*$/\1 \2/p'; }

# look LAB
look() {
  local kind value document
  if ! document=$("$bin/00-compare" --lab "$1" --json); then
    complain "$1 cannot be compared" "./lab run ${1%%-*} -- true says why"
    failed=1
    return
  fi
  while read -r kind value; do
    [[ " ${kinds[*]} " == *" $kind "* ]] || kinds+=("$kind")
    own["$kind $1"]=$value
  done < <(isolated <<<"$document")
}

# Those that come with an early lab stand above those that come with a late one, or with none.
by_first_lab() {
  local kind lab count
  for kind in "${kinds[@]}"; do
    count=0
    for lab; do [[ ${own["$kind $lab"]:-} != true ]] || count=$((count + 1)); done
    echo "$count $kind"
  done | sort -s -k 1,1nr | cut -d ' ' -f 2
}

cell() {
  case $1 in
    true) printf '  %sown  %s' "$(colour 1 32)" "$(colour 1 0)" ;;
    false) printf '  %-5s' - ;;
    *) printf '  %-5s' '?' ;;
  esac
}

matrix() {
  local kind lab
  printf '%-14s' ''
  for lab; do printf '  %-5s' "${lab%%-*}"; done
  for kind in $(by_first_lab "$@"); do
    printf '\n%-14s' "$kind"
    for lab; do cell "${own["$kind $lab"]:-}"; done
  done
  printf '\n'
}

for lab; do look "$lab"; done
matrix "$@"
echo "own: it has one that is not the host's; -: it shares the host's"
exit "$failed"
