#!/usr/bin/env bash
# Holds table.txt: runs each escape in each lab, and judges by what became of the host, not by what the escape
# says. Run it after the build, as root: tests/escapes/run.sh
# shellcheck disable=SC2317 # an escape's function is called by its name
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=build/bin
table=tests/escapes/table.txt
failed=0

((EUID == 0)) || { echo "tests/escapes/run.sh needs root" >&2; exit 2; }
scratch=$(mktemp -d /tmp/escapes-test.XXXXXX)
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# An escape is static: its image needs no more than the directories that the labs mount on.
image=$scratch/image
mkdir -p "$image"/{dev,mnt,proc,sys,tmp}
secret=$scratch/secret
od -An -N16 -tx8 /dev/urandom >"$secret"

# in_lab LAB [OPTION...]: sets `line`, the beginning of the command line of that lab.
in_lab() {
  local programs=("$bin/$1"-*)
  line=(timeout 20 "${programs[0]}" --rootfs "$image" "${@:2}" --)
  [[ $1 != chroot ]] || line=(timeout 20 chroot "$image")
}

# --- one function an escape: true where the host was reached ------------------------------

shows_secret() { said=$("$@" 2>&1) || true; [[ $said == *"$(<"$secret")"* ]]; }
chroot_dotdot() { shows_secret "${line[@]}" /escape "$secret"; }
leaked_fd() { shows_secret "${line[@]}" /escape "$secret" 7</; }

# The victim ends by itself when this script lets go of its stdin, and by the signal if it got one before.
kill_host() {
  local victim status=0
  exec 9> >(exec cat)
  victim=$!
  said=$("${line[@]}" /escape "$victim" 9>&- 2>&1) || true
  exec 9>&-
  wait "$victim" || status=$?
  ((status == 128 + 15))
}

# The host is a mount namespace that goes with its shell, all of it shared, as systemd makes the machine's.
mount_on_host() {
  # shellcheck disable=SC2016
  said=$(unshare --mount --propagation private sh -c 'mount --make-rshared / && "$@"; cat /proc/self/mountinfo' \
    host "${line[@]}" /escape 2>&1)
  grep -q ' - tmpfs lab-escape ' <<<"$said"
}

# -----------------------------------------------------------------------------------------

# cell EXPECTED ESCAPE LAB [OPTION...]
cell() {
  local seen='the escape did not run' name="$2 in ${*:3}: $1"
  cp "$bin/escape-$2" "$image/escape"
  in_lab "${@:3}"
  if "${2//-/_}"; then
    seen=escapes
  elif grep -qE '^(held|escaped|mounted)' <<<"$said"; then
    seen=held
  fi
  if [[ $seen == "$1" ]]; then
    echo "ok - $name"
  else
    printf 'not ok - %s\n  expected: %s\n  seen:     %s\n%s\n' "$name" "$1" "$seen" "$said"
    failed=1
  fi
}

rows() { grep -v '^#' "$table"; }
labs=$(cd labs && printf '%s\n' [0-9][0-9]-* | cut -d - -f 1)
escapes=$(find labs -name 'escape_*.cpp' -printf '%f\n' | sed 's/^escape_//; s/\.cpp$//; s/_/-/g' | sort)
read -ra columns < <(rows)
if [[ "${columns[*]}" == "escape chroot ${labs//$'\n'/ }" && $(rows | sed 1d | cut -d ' ' -f 1 | sort) == "$escapes" ]]; then
  echo "ok - the table has every lab and every escape"
else
  printf 'not ok - the table has every lab and every escape\n  expected: %s\n%s\n' "${labs//$'\n'/ }" "$escapes"
  failed=1
fi

while read -ra row; do
  for i in "${!columns[@]}"; do
    ((i == 0)) || cell "${row[i]}" "${row[0]}" "${columns[i]}"
  done
done < <(rows | sed 1d)
cell escapes leaked-fd 01 --skip close-fds
exit "$failed"
