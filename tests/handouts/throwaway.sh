#!/usr/bin/env bash
# Lays an overlay on the project, so that nothing that a handout does stays, and runs the handouts in
# it, with a network and cgroups of their own. Started by run.sh as PID 1 of a PID and a mount namespace:
# throwaway.sh SCRATCH PROJECT [self|NN...]
set -euo pipefail

scratch=$1 project=$2
shift 2

lay_overlay() {
  mount -t tmpfs -o mode=755 handouts "$scratch"
  mkdir "$scratch"/{changes,work,tmp,bin}
  chmod 1777 "$scratch/tmp"
  cd "$project"
  # "." because a path in these options must not have a colon or comma.
  mount -t overlay -o "lowerdir=.,upperdir=$scratch/changes,workdir=$scratch/work" handouts "$project"
  cd "$project"
}

# Pids that look like a host's, whatever has run before.
begin_pids_at() { echo "$1" >/proc/sys/kernel/ns_last_pid || true; }

# A machine where root has no sudo: the handouts are written for learners, who need it.
provide_sudo() {
  if command -v sudo >/dev/null; then return; fi
  printf '#!/bin/sh\nexec env "$@"\n' >"$scratch/bin/sudo"
  chmod 755 "$scratch/bin/sudo"
}

# The kernel of lab 12 stays: in here is no network to fetch it by.
forget_progress() { rm -rf .lab/{progress,hints,yours,deps}; }

# The programs are built, and the exercises as the course has them.
prepare() {
  local lab
  forget_progress
  for lab in labs/[0-9][0-9]-*/exercise.cpp; do
    lab=${lab%/exercise.cpp}
    ./lab reset "${lab#labs/}" --yes >"$scratch/prepared" 2>&1 || sed 's/^/# /' "$scratch/prepared"
  done
  ./lab setup >"$scratch/prepared" 2>&1 || { cat "$scratch/prepared"; exit 1; }
  rootfs-scripts/fetch-kernel.sh >"$scratch/prepared" 2>&1 || sed 's/^/# /' "$scratch/prepared"
  forget_progress
}

lay_overlay
provide_sudo
unset LAB_ROOTFS LAB_DEPS_DIR LABS_MUST_RUN CI NO_COLOR
export PATH=$PATH:$scratch/bin TMPDIR=$scratch/tmp TERM=xterm LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
prepare
begin_pids_at 20000
# On a stand-in, where the machine's links and its labs' locks are not seen; not so prepare, which may have to download.
# Not exec: PID 1 is a shell that waits, and so reaps orphans as a host's init does.
status=0
if [[ ${1:-} == self ]]; then
  build/bin/stand-in-host python3 tests/handouts/test_runner.py "$scratch" || status=1
else
  build/bin/stand-in-host build/bin/sandboxed python3 tests/handouts/run_handouts.py "$scratch" "$@" || status=1
fi
exit "$status"
