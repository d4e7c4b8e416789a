#!/usr/bin/env bash
# Is every shell script clean under shellcheck, and every C++ file formatted? `tests/style/run.sh`, from anywhere.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

files() { find . -name .git -prune -o -path './build*' -prune -o -path './rootfs' -prune -o -path './.lab' -prune -o -type f "$@" -print; }

is_bash() { [[ $(head -n 1 "$1") =~ ^(\#!.*/(env )?bash|\# shellcheck shell=bash) ]]; }

check() { # check NAME COMMAND...
  if "${@:2}"; then echo "ok - $1"; else echo "not ok - $1" && failed=1; fi
}

mapfile -t sources < <(files '(' -name '*.cpp' -o -name '*.h' ')')
scripts=()
while IFS= read -r file; do
  if is_bash "$file"; then scripts+=("$file"); fi
done < <(files '(' -name '*.sh' -o ! -name '*.*' -executable -o -path './.ci/run' ')')

# grep -q ends at the first match; who writes to it gets SIGPIPE, now and then, and pipefail takes that for "no match".
# shellcheck disable=SC2317 # check() calls it
no_pipe_into_grep_q() { ! grep -nE '(^|[^|])[|] *grep -[[:alpha:]]*q' -- "$@"; }

failed=0
check "shellcheck: ${#scripts[@]} scripts" shellcheck -x "${scripts[@]}"
check "no pipe into grep -q: ${#scripts[@]} scripts" no_pipe_into_grep_q "${scripts[@]}"
check "clang-format: ${#sources[@]} files" clang-format --dry-run --Werror "${sources[@]}"
exit "$failed"
