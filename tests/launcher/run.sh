#!/usr/bin/env bash
# The launcher, put to the test on a copy of the tree in a folder of its own. Run as root after
# `./lab setup`: tests/launcher/run.sh; one line a case, exit 1 where one failed.
# shellcheck disable=SC2317 # cleanup and the conditions are called by name
set -euo pipefail

source_tree=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")

# On a host of its own, so that what the labs of other tests do meanwhile is not seen; but not in a cgroup of its own, in
# which all together would have the CPU time of one: the hog's share is measured.
if [[ ${1:-} != alone ]]; then
  ((EUID == 0)) || { echo "not ok - this test runs as root"; exit 1; }
  exec "$source_tree/build/bin/stand-in-host" bash "${BASH_SOURCE[0]}" alone
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/lab-launcher-test.XXXXXX")
tree=$work/tree
failed=0
unset LAB_ROOTFS LAB_DEPS_DIR LAB_KERNEL SUDO_UID SUDO_USER CI
export NO_COLOR=1 TMPDIR=$work/tmp
# The kernel of lab 12 need not be fetched once more.
[[ ! -e $source_tree/.lab/kernel/vmlinuz ]] || export LAB_KERNEL=$source_tree/.lab/kernel

cleanup() {
  if mountpoint -q "$tree/rootfs/busybox/mnt"; then umount "$tree/rootfs/busybox/mnt"; fi
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the tools of the cases ---------------------------------------------------------------

# ok NAME CONDITION...: the condition is a command.
ok() {
  if "${@:2}"; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    sed 's/^/#   out: /' "$work/out"
    sed 's/^/#   err: /' "$work/err"
    failed=1
  fi
}

# lab WORD...: runs it in the copy; leaves $status, and what it wrote in $work/out and $work/err.
lab() {
  status=0
  (cd "$tree" && "${as[@]}" ./lab "$@") >"$work/out" 2>"$work/err" </dev/null || status=$?
}
as=(env)
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env "PATH=$work/no-sudo")

says() { grep -qF -- "$1" "$work/out" "$work/err"; }
grep_err() { grep -Eq -- "$1" "$work/err"; }
exits() { ((status == $1)); }
silent() { [[ ! -s $1 ]]; }
same() { [[ "$1" == "$2" ]]; }
both() { "$1" "$2" && "$3" "$4"; }
no_copy_left() { [[ ! $(find "$TMPDIR" -name 'lab-image-*') ]]; }

# program NAME: a stand-in for a program, first in the PATH of as=(...); stdin is what it does.
program() {
  mkdir -p "$work/programs"
  { echo '#!/bin/sh'; cat; } >"$work/programs/$1"
  chmod 755 "$work/programs/$1"
}

# The programs of the copy count as just built.
all_built() {
  local file
  rm -rf "$tree/build/stamps"
  mkdir "$tree/build/stamps"
  : >"$tree/build/build.ninja" # an empty one: nothing is ever built in the copy
  for file in "$tree"/build/bin/*; do : >"$tree/build/stamps/${file##*/}"; done
}

make_tree() {
  mkdir -p "$tree/build" "$work/tmp" "$work/no-sudo"
  chmod 755 "$work" "$work/tmp"
  cp -a "$source_tree"/{lab,launcher,labs,common,cmake,tests,rootfs-scripts,rootfs,CMakeLists.txt} "$tree"
  cp -a "$source_tree/build/bin" "$tree/build"
  ln -s /usr/sbin/* /usr/bin/* /sbin/* /bin/* "$work/no-sudo/" 2>/dev/null || true
  rm -f "$work/no-sudo/sudo"
  printf 'build/\n.lab/\nrootfs/\n' >"$tree/.gitignore"
  in_git init -q
  in_git add .
  in_git commit -qm 'the course'
  all_built
}
in_git() { git -C "$tree" -c user.name=test -c user.email=test@localhost "$@"; }

# --- cases --------------------------------------------------------------------------------

names() {
  lab list
  ok "list names every lab" same "$(grep -c '^[0-9][0-9]-' "$work/out")" "$(find "$tree/labs" -mindepth 1 -maxdepth 1 -type d | wc -l)"
  ok "list shows what a lab adds" grep -q '^01-chroot  *[^ ]' "$work/out"
  ok "list shows an exercise not started" says 'not started'
  lab
  ok "no word: the help, exit 0" both says 'usage: ./lab' exits 0
  lab rum
  ok "an unknown word: the nearest, exit 2" both says 'did you mean' exits 2
  lab run 77 -- true
  ok "an unknown number: a message, exit 2" both says 'no such lab: 77' exits 2
  lab run pivot-rot -- true
  ok "an unknown name: the nearest, exit 2" both says 'did you mean pivot-root' exits 2
  lab escape kil-host 01
  ok "an unknown escape: the nearest, exit 2" both says 'did you mean kill-host' exits 2
  lab list more
  ok "an argument too many: exit 2" exits 2
  lab check 01 --exercize
  ok "an unknown option of check: the nearest, exit 2" both says 'did you mean --exercise' exits 2
  local name
  for name in 1 01 01-chroot; do
    lab run "$name" -- true
    ok "run takes the name $name" exits 0
  done
}

statuses() {
  local code
  for code in 0 2 7 125; do
    lab run 01 -- sh -c "exit $code"
    ok "run passes exit status $code through" exits "$code"
  done
  lab run 01 -- no-such-program
  ok "run passes 127 through" exits 127
  lab run 02 -- sh -c 'kill -9 $$'
  ok "run passes the status of a lab unknown to it through" exits "$("$tree/build/bin/02-unshare-pid" -r "$tree/rootfs/busybox" -- sh -c 'kill -9 $$' >/dev/null 2>&1; echo $?)"
  lab run 01 --exercise -- true
  ok "an unwritten exercise exits 99" exits 99
  lab run 01 -- echo --exercise
  ok "what stands behind -- is the command's" grep -qx -- --exercise "$work/out"
  lab run 01 -- echo "it's a b"
  ok "a command is shown as one would type it" says "+ ./build/bin/01-chroot -- echo 'it'\\''s a b'"
  ok "stdout belongs to the command" same "$(cat "$work/out")" "it's a b"
  ok "run works from another folder" same "$(cd / && "$tree/lab" run 01 -- echo there 2>/dev/null)" there
}

root() {
  as=("${as_nobody[@]}")
  lab run 01 -- true
  ok "neither root nor sudo: a clear message" both says 'there is no sudo' exits 1
  lab list
  ok "list needs no root" exits 0
  program sudo <<<'echo "sudo ran: $*"; exit 42'
  as+=("PATH=$work/programs:$work/no-sudo" LABS_MUST_RUN=1)
  lab run 01 -- true
  ok "sudo is used where root is needed, and shown" both grep_err '^\+ sudo env .*LABS_MUST_RUN=1.* ./build/bin/01-chroot -- true$' exits 42
  lab hint 01
  ok "no sudo where none is needed" bash -c "! grep -q sudo '$work/out'"
  rm "$work/programs/sudo"
  as=(env)
}

# The stand-ins write down that they were called.
second_start() {
  local name
  for name in cmake ninja apt-get; do program "$name" <<<"echo $name \"\$@\" >>$work/calls; exit 1"; done
  : >"$work/calls"
  as=(env "PATH=$work/programs:$PATH")
  lab setup
  ok "setup with nothing to do" exits 0
  lab run 01 -- true
  ok "neither builds nor installs" silent "$work/calls"
  touch "$tree/labs/01-chroot/exercise.cpp"
  lab run 01 -- true
  ok "an exercise saved does not rebuild the reference" silent "$work/calls"
  lab run 01 --exercise -- true
  ok "but the exercise is rebuilt" grep -q '^cmake --build .* 01-chroot-exercise$' "$work/calls"
  lab check 01 --exercise
  ok "an exercise that does not compile is said to be so" both says 'does not compile' exits 1
  lab list
  ok "and is listed so" says 'failing: it does not compile'
  rm -rf "$work/programs" "$tree/.lab"
  as=(env)
  all_built
}

progress() {
  lab check 01 --exercise
  ok "check of an unwritten exercise fails" exits 1
  lab list
  ok "list shows the first failing check" grep -q 'failing: [^ ]' "$work/out"
  cp "$tree/build/bin/01-chroot" "$tree/build/bin/01-chroot-exercise"
  lab check 01 --exercise
  ok "check of a written exercise passes" exits 0
  lab list
  ok "list shows passed, and the reference" says 'passed: compare with labs/01-chroot/chroot.cpp'
  cp "$source_tree/build/bin/01-chroot-exercise" "$tree/build/bin/01-chroot-exercise"
  lab check 01 --exercise
  lab list
  ok "a passed exercise can fail again" bash -c "! grep -q 'passed' '$work/out'"
  lab check 01 --command 'false {rootfs} {command}'
  ok "check --command takes any program" exits 1
  lab check 01 --exercise --command true
  ok "but not together with --exercise" exits 2
}

hints() {
  cat >"$tree/labs/01-chroot/README.md" <<'END'
# 01 chroot

A root of its own.

## Write it
<details><summary>Hint 1</summary>

first hint
</details>
<details><summary>Hint 2</summary> second hint </details>

## What still leaks
<details><summary>Hint 3</summary> none of the exercise </details>
END
  rm -rf "$tree/.lab/hints"
  lab hint 01
  ok "the first hint comes first" same "$(tail -n +2 "$work/out")" "first hint"
  lab hint 01
  ok "the second next" same "$(tail -n +2 "$work/out")" "second hint"
  lab hint 01
  ok "then there are no more" says 'no more hints'
  in_git checkout -q labs
}

resets() {
  local file=$tree/labs/01-chroot/exercise.cpp pristine kept
  pristine=$(sha256sum <"$file")
  lab reset 01 --yes
  ok "reset of an untouched exercise does nothing" says 'nothing to do'
  echo '// mine' >"$file"
  lab reset 01
  ok "reset asks; without a terminal it changes nothing" both grep_file "// mine" exits 2
  lab reset 01 --yes
  kept=$tree/$(sed -n 's/^your version is kept in //p' "$work/out")
  ok "reset keeps the learner's version" grep -qx '// mine' "$kept"
  ok "reset brings the exercise back, byte for byte" same "$(sha256sum <"$file")" "$pristine"
  in_git branch course
  in_git branch -q --set-upstream-to=course
  echo '// committed' >"$file"
  in_git commit -qam 'my work'
  lab reset 01 --yes
  ok "reset prefers the upstream branch" same "$(sha256sum <"$file")" "$pristine"
  echo '// mine' >"$file"
  mv "$tree/.git" "$work/git-aside"
  lab reset 01 --yes
  ok "without git: a clear error, nothing changed" both says 'only a clone' exits 1
  ok "and the learner's file is as it was" grep_file '// mine'
  mv "$work/git-aside" "$tree/.git"
  in_git checkout -q course labs
  all_built
}
grep_file() { grep -qx -- "$1" "$tree/labs/01-chroot/exercise.cpp"; }

doctors() {
  local fact
  lab doctor
  for fact in kernel capabilities pid-namespace mnt-namespace cgroup overlayfs veth userns tools folder image qemu guest-kernel kvm; do
    ok "doctor tells about $fact" grep -Eq "^(ok|warn|FAIL) +$fact " "$work/out"
  done
  ok "doctor: every lab can run here" same "$(grep -c 'can run$' "$work/out")" "$(find "$tree/labs" -mindepth 1 -maxdepth 1 -type d | wc -l)"
  ok "and exits 0" exits 0
  as=("${as_nobody[@]}")
  lab doctor
  ok "doctor without root: names what is missing, exit 1" both says '01-chroot cannot run: root:' exits 1
  as=(env)
}

cleans() {
  mkdir -p "$TMPDIR"/lab-image-1.stale0/etc "$TMPDIR"/lab-image-2.inuse0 "$TMPDIR"/lab-image-notes
  exec {lock}<"$TMPDIR/lab-image-2.inuse0"
  flock "$lock"
  mount -t tmpfs lab-launcher-test "$tree/rootfs/busybox/mnt"
  lab clean
  ok "clean takes a copy that nobody holds, and names it" says "$TMPDIR/lab-image-1.stale0"
  ok "and the mount in the image" says "umount $tree/rootfs/busybox/mnt"
  ok "both are gone" bash -c "! mountpoint -q '$tree/rootfs/busybox/mnt' && [[ ! -e $TMPDIR/lab-image-1.stale0 ]]"
  ok "what is in use or not ours stays" test -d "$TMPDIR/lab-image-2.inuse0" -a -d "$TMPDIR/lab-image-notes"
  lab clean
  ok "a second time there is nothing to clean" says 'nothing to clean'
  exec {lock}<&-
  rm -r "$TMPDIR"/lab-image-*
}

escapes() {
  local mounts
  lab escape kill-host 01
  ok "kill-host escapes in 01" both exits 0 says 'is gone'
  lab escape kill-host 02
  ok "kill-host is held in 02" both exits 1 says 'is alive'
  lab escape leaked-fd chroot
  ok "leaked-fd escapes under plain chroot(8)" exits 0
  lab escape leaked-fd 01
  ok "leaked-fd is held in 01" exits 1
  lab escape leaked-fd 01 --skip close-fds
  ok "and escapes where the step is skipped" exits 0
  mounts=$(cat /proc/self/mountinfo)
  lab escape mount-on-host 02
  ok "mount-on-host escapes in 02" exits 0
  ok "and this machine has no new mount" same "$mounts" "$(cat /proc/self/mountinfo)"
  ok "no copy of the image is left" no_copy_left
  ok "and none has the escape in it" test ! -e "$tree/rootfs/busybox/escape"
}

modes() {
  lab view 12
  ok "view 12: a machine cannot be looked into, and what can be done, exit 2" both says './lab run 12 --compare' exits 2
  lab compare 12
  ok "compare 12: likewise" both says './lab run 12 --compare' exits 2
  lab escape proc-sys 12
  ok "proc-sys in 12 reaches the guest's kernel only" both exits 1 says 'as before'
  as=(env -u LAB_KERNEL "PATH=$work/programs:$PATH")
  for name in apt-get apt-cache; do program "$name" <<<'exit 1'; done
  lab run 12 -- true
  ok "without a kernel, lab 12 says what it lacks" both says 'there is no kernel' exits 125
  lab run 12 --isolation process -- true
  ok "but runs a container" exits 0
  rm -r "$work/programs"
  as=(env)
}

tours() {
  local escape
  lab view 02
  ok "view shows both sides" both says 'OUTSIDE' exits 0
  ok "view tells own from shared" both says 'own' says 'shared'
  ok "view fits 100 columns" bash -c "! grep -E '^.{101}' '$work/out'"
  # One escape for each lab is enough here: tests/escapes runs them all.
  for escape in abstract-socket fork-bomb memory-hog rename-host device-node load-module core-pattern sysrq release-agent; do
    rm "$tree"/labs/*/"escape_${escape//-/_}.cpp"
  done
  all_built
  lab tour
  ok "tour ends well" exits 0
  ok "its table shows what lab 04 closed" grep -Eq '^chroot-dotdot +out +out +out +out +held' "$work/out"
  ok "its last column is held throughout" same "$(grep -cE '^[a-z-]+ +(out|-) .* held *$' "$work/out")" "$(find "$tree/labs" -name 'escape_*.cpp' | wc -l)"
  ok "it ends with lab 12, and the host stands" says 'the host stands'
  ok "tour leaves no copy" no_copy_left
  # A short course is enough to be surprised in.
  rm -r "$tree"/labs/{05,06,07,08,09,10,11,12}-*
  printf '#!/bin/sh\nexit 0\n' >"$tree/build/bin/escape-chroot-dotdot"
  all_built
  lab tour
  ok "an escape that should have been held: tour says so, exit 1" both says 'SURPRISE: chroot-dotdot in 04' exits 1
}

make_tree
names
statuses
root
second_start
progress
hints
resets
doctors
cleans
escapes
modes
tours
exit "$failed"
