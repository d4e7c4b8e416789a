#!/usr/bin/env bash
# Does all that is checked hold on a machine that has cgroup version 2 only? Boots launcher/vm/boot.sh, runs every
# check program in it, and puts the machine itself to the test. Run it as `tests/vm/run.sh` after a build; no root.
# LAB_BIN is the folder of the check programs. Where there is no QEMU or no kernel to be had, it is skipped by name;
# with LABS_MUST_RUN=1 or CI=true that is a failure.
# shellcheck disable=SC2317 # functions are called by name, through check and trap
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(dirname "$(dirname "$here")")
bin=$(realpath "${LAB_BIN:-$project/build/bin}")
export LAB_BIN=$bin LAB_VM_DEADLINE=${LAB_VM_DEADLINE:-180}
failed=0
cd "$project"

child='' work=$(mktemp -d)
clean_up() {
  [[ ! $child ]] || { kill "$child"; wait "$child"; } 2>/dev/null || true
  rm -rf -- "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# check NAME FUNCTION: what the function printed is shown where it fails.
check() {
  local begun=$SECONDS status=0
  set +e # an `if` around the function would switch it off inside as well
  (set -e; "${@:2}") >"$work/said" 2>&1
  status=$?
  set -e
  if ((status == 0)); then
    echo "ok - $1 ($((SECONDS - begun)) s)"
  else
    echo "not ok - $1"
    tail -n 60 "$work/said" | sed 's/^/    /'
    failed=1
  fi
}

skip_all() { # REASON
  if [[ ${LABS_MUST_RUN:-} == 1 || ${CI:-} == true ]]; then
    printf 'not ok - the virtual machine\n    cannot run here: %s\n' "$1"
    exit 1
  fi
  echo "ok - the virtual machine # skip: $1"
  exit
}

# same WANTED SEEN WHAT
same() { [[ $1 == "$2" ]] || { printf '%s\n  expected: %s\n  seen:     %s\n' "$3" "$1" "$2"; return 1; }; }

boot() { # COMMAND...; in the background, because bash runs a trap only once the command in the foreground has ended
  local status=0
  "$project/launcher/vm/boot.sh" "$last" "$@" &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# --- one boot: what machine it is, every check program, and one that must fail ------------------------------

# shellcheck disable=SC2016 # the machine puts in the values
in_the_machine='
  echo "kernel $(uname -r)"
  echo "cgroups $(sed -n "s/.* - \(cgroup2*\) .*/\1/p" /proc/self/mountinfo | sort -u | xargs)"
  echo "own $(cat /proc/self/cgroup)"
  echo "handed down <$(cat /sys/fs/cgroup/cgroup.subtree_control)>"
  echo "root $(sed -n "s/.* \/ \/ .*\(shared\).*/\1/p" /proc/self/mountinfo)"
  printf "words <%s>" "$@"
  echo
  echo "$0" >/tmp/checks.sh
  bash /tmp/checks.sh
  echo "checks $?"
  LAB_COMMAND=01-chroot bash /tmp/checks.sh check-02-unshare-pid --only "the command is PID 1 of its namespace" | sed "s/^/wrong: /"
  exit 7'

value() { sed -n "s/^$1 //p" "$work/out"; }

command_comes_back() {
  cat "$work/err"
  same 7 "$came_back" "the exit status"
  same "<two words>words <it's>words <>words <\$HOME>" "$(value words)" "the words of the command"
}
version_2_only() {
  same cgroup2 "$(value cgroups)" "cgroup mounts"
  same 0::/ "$(value own)" "/proc/self/cgroup"
}
bare() {
  same '<>' "$(value 'handed down')" "controllers handed down at the start"
  same shared "$(value root)" "the propagation of /"
}
kernel_is_the_fetched_one() { same "$(basename .lab/kernel/lib/modules/*)" "$(value kernel)" "uname -r"; }
a_failure_is_seen() {
  sed -n '/^wrong: /p' "$work/out"
  grep -q '^wrong: not ok - check-02-unshare-pid' "$work/out"
}

show_checks() {
  local program
  sed -nE '/^(ok|not ok|    )/p' "$work/out"
  for program in "$bin"/check-[0-9][0-9]-*; do
    program=${program##*/}
    [[ $program != check-12-* ]] || continue # a machine within an emulated machine is left out
    grep -q "^ok - $program: " "$work/out" || { failed=1; grep -q "^not ok - $program: " "$work/out" || echo "not ok - $program did not run"; }
  done
}

# --- the machine as a process -------------------------------------------------------------------------------

# The machine's process has the script's pid in its command line.
machines_of() { pgrep -f -- "qemu-system-.* -initrd /proc/$1/fd/" || true; }

await() { # CONDITION...
  local deadline=$((SECONDS + 30))
  until "$@"; do
    ((SECONDS < deadline)) || { echo "in vain: $*"; return 1; }
    sleep 0.05
  done
}
started() { [[ $(machines_of "$1") ]]; }
gone() { [[ ! $(machines_of "$1") ]]; }

ends_with_its_caller() { # SIGNAL
  local caller
  "$project/launcher/vm/boot.sh" "$last" sleep 1000 </dev/null &
  caller=$!
  await started "$caller"
  kill -"$1" "$caller"
  wait "$caller" || true
  await gone "$caller"
  same '' "$(ls -A "$TMPDIR")" "left in the temporary folder"
}

late_boot_is_ended() {
  local status=0
  LAB_VM_DEADLINE=0 boot true 2>"$work/late" || status=$?
  same 125 "$status" "the exit status"
  grep -q 'did not come up within 0 s' "$work/late"
  grep -q 'hint: ' "$work/late"
}

a_shell_on_a_terminal() { expect -f "$here/shell.exp" "$project/launcher/vm/boot.sh" "$last"; }

shell_needs_a_terminal() {
  local status=0
  ./lab vm 01 </dev/null >"$work/late" 2>&1 || status=$?
  same 2 "$status" "the exit status"
  grep -q 'no terminal' "$work/late"
}

for tool in "qemu-system-$(uname -m)" cpio depmod; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || skip_all "there is no $tool: ./lab vm 01 installs it"
done
./rootfs-scripts/fetch-kernel.sh >"$work/out" 2>&1 || skip_all "there is no kernel: $(<"$work/out")"
programs=("$bin"/check-[0-9][0-9]-*)
last=${programs[-1]##*/check-}
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

came_back=0
boot sh -c "$in_the_machine" "$(<"$here/checks.sh")" "two words" "it's" "" "\$HOME" >"$work/out" 2>"$work/err" || came_back=$?
if ((came_back == 125)); then
  printf 'not ok - the machine boots\n'
  sed 's/^/    /' "$work/err"
  exit 1
fi
check "a command's words, output and exit status pass through" command_comes_back
check "the machine has cgroup version 2 only" version_2_only
check "it is bare: no controller handed down, its root shared" bare
check "its kernel is the fetched one: $(value kernel)" kernel_is_the_fetched_one
show_checks
check "a lab that is wrong fails there, too" a_failure_is_seen
check "the machine ends with its caller, though that is killed" ends_with_its_caller KILL
check "and where it is interrupted" ends_with_its_caller TERM
check "a boot that takes too long is ended, and said so" late_boot_is_ended
if command -v expect >/dev/null; then
  check "a shell has the terminal's size, keys, and exit status, and gives the terminal back" a_shell_on_a_terminal
fi
check "without a terminal it is refused" shell_needs_a_terminal
exit "$failed"
