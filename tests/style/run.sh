#!/usr/bin/env bash
# Is every shell script clean under shellcheck, and every C++ file formatted? `tests/style/run.sh`, from anywhere.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

files() { find . -name .git -prune -o -path './build*' -prune -o -path './rootfs' -prune -o -path './.lab' -prune -o -type f "$@" -print; }

is_bash() { head -n 1 "$1" | grep -Eq '^#!.*\bbash\b|^# shellcheck shell=bash'; }

check() { # check NAME COMMAND...
  if "${@:2}"; then echo "ok - $1"; else echo "not ok - $1" && failed=1; fi
}

mapfile -t sources < <(files '(' -name '*.cpp' -o -name '*.h' ')')
scripts=()
while IFS= read -r file; do
  if is_bash "$file"; then scripts+=("$file"); fi
done < <(files '(' -name '*.sh' -o ! -name '*.*' -executable -o -path './.ci/run' ')')

failed=0
check "shellcheck: ${#scripts[@]} scripts" shellcheck -x "${scripts[@]}"
check "clang-format: ${#sources[@]} files" clang-format --dry-run --Werror "${sources[@]}"
exit "$failed"
