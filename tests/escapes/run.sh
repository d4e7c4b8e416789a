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
  local program
  program=$bin/$(cd labs && printf '%s' "$1"-*)
  line=(timeout 20 "$program" --rootfs "$image" "${@:2}" --)
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

# host_service ESCAPE: the service runs out here, and says "reached" for whoever comes.
host_service() {
  local where heard seen=''
  coproc service { exec "$bin/escape-$1"; }
  exec {heard}<&"${service[0]}"
  read -r where <&"$heard"
  said=$("${line[@]}" /escape "$where" 2>&1) || true
  eval "exec ${service[1]}>&-" # its end
  read -r seen <&"$heard" || true
  exec {heard}<&-
  [[ $seen == reached ]]
}
host_loopback() { host_service host-loopback; }
abstract_socket() { host_service abstract-socket; }

# used WHAT ESCAPE_ARGUMENT...: runs the escape; prints what the lab and all below it used, as the kernel charges
# it to those who waited for them. On descriptor 3: what the escape said.
used() {
  python3 - "$1" "${line[@]}" /escape "${@:2}" <<'END'
import resource, subprocess, sys, time
begin = time.monotonic()
said = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open("/dev/fd/3", "wb") as file:
    file.write(said.stdout)
if sys.argv[1] == "memory":  # the most that one process had, in MiB
    print(used.ru_maxrss // 1024)
else:  # the share of a CPU, in percent
    print(round(100 * (used.ru_utime + used.ru_stime) / (time.monotonic() - begin)))
END
}

memory_hog() {
  local most
  most=$(used memory 256 3>"$scratch/said")
  said="at most $most MiB"$'\n'$(<"$scratch/said")
  ((most >= 256))
}

# With --cpus 0.4 it has 40 %, and for the begun period a little more; never 65. Without, a machine that has
# much else to do may have less to give: once of three times will do.
cpu_hog() {
  local share n
  for n in 1 2 3; do
    share=$(used cpu 600 3>"$scratch/said")
    said="$share % of a CPU, try $n"$'\n'$(<"$scratch/said")
    ((share <= 65)) || return 0
  done
  return 1
}

# The host is a PID namespace of its own: the last pid in it tells how many processes there were.
fork_bomb() {
  local count
  # shellcheck disable=SC2016
  said=$(unshare --pid --fork --mount-proc sh -c '"$@"; cut -d " " -f 5 /proc/loadavg' host "${line[@]}" /escape 600 2>&1)
  count=${said##*$'\n'}
  ((count >= 600))
}

# The image on the host's disk is what the next container gets.
poison_image() {
  local word=poison-$RANDOM poisoned=false
  mkdir "$image/bin"
  said=$("${line[@]}" /escape "$word" 2>&1) || true
  if grep -qs "$word" "$image/bin/date"; then poisoned=true; fi
  rm -r "${image:?}/bin"
  $poisoned
}

# -----------------------------------------------------------------------------------------

# cell EXPECTED ESCAPE LAB [OPTION...]
cell() {
  local seen='the escape did not run' name="$2 in ${*:3}: $1"
  cp "$bin/escape-$2" "$image/escape"
  in_lab "${@:3}"
  if "${2//-/_}"; then
    seen=escapes
  elif grep -qE '^(held|escaped|mounted|wrote)' <<<"$said"; then
    seen=held
  fi
  if [[ $seen == "$1" ]]; then
    echo "ok - $name"
  else
    printf 'not ok - %s\n  expected: %s\n  seen:     %s\n%s\n' "$name" "$1" "$seen" "$said"
    failed=1
  fi
}

# limits ESCAPE LAB: sets `limits`. What holds a hog has to be asked for.
limits() {
  limits=()
  [[ $1 != *-@(bomb|hog) || $2 != 0[67] ]] || limits=(--memory 64M --cpus 0.4 --pids 64)
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
    ((i > 0)) || continue
    limits "${row[0]}" "${columns[i]}"
    cell "${row[i]}" "${row[0]}" "${columns[i]}" "${limits[@]}"
  done
done < <(rows | sed 1d)
cell escapes leaked-fd 01 --skip close-fds
exit "$failed"
