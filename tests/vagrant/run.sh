#!/usr/bin/env bash
# Does the Vagrantfile hold what it promises, and does vagrant/provision.sh make a bare machine ready for the labs?
# It is run for real, in a throwaway system of this host's release: `tests/vagrant/run.sh`, as root.
# shellcheck disable=SC2317 # functions are called by name, through check and trap
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(dirname "$(dirname "$here")")
cache=${XDG_CACHE_HOME:-/var/cache}/container-labs
# shellcheck source=tests/vagrant/report.sh
source "$here/report.sh"

child='' work=''
clean_up() {
  local deadline=$((SECONDS + 20))
  [[ -z $child ]] || { kill -KILL "$child"; wait "$child"; } 2>/dev/null || true
  [[ $work ]] || return 0
  # The last processes in there may be dying still.
  until rm -rf -- "$work" 2>/dev/null || ((SECONDS > deadline)); do :; done
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# In the background, because bash runs a trap only once the command in the foreground has ended.
contained() {
  local status=0
  "$here/contained.sh" "$@" &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# The folder is locked while its run lives: what a killed run left behind is not.
make_work_folder() {
  local parent=${TMPDIR:-/var/tmp} left
  for left in "$parent"/container-labs-vagrant.*; do
    [[ ! -d $left ]] || flock -n "$left" rm -rf -- "$left" || true
  done
  work=$(mktemp -d "$parent/container-labs-vagrant.XXXXXX")
  exec {held}<"$work"
  flock "$held"
  chmod 755 "$work"
}

# --- the Vagrantfile ---

validates() { (cd "$project" && VAGRANT_HOME=$work/home VAGRANT_DOTFILE_PATH=$work/dot vagrant validate --ignore-provider); }
validates_with_another_box() { LAB_BOX=debian/bookworm64 validates; }

set_to() { grep -qxF "$1" "$work/settings" || { printf 'not set: %s\n' "$1"; cat "$work/settings"; return 1; }; }
settings_hold() {
  local provider
  ruby "$here/settings.rb" "$project/Vagrantfile" >"$work/settings"
  set_to 'config vm box "bento/ubuntu-18.04"'
  for provider in virtualbox libvirt parallels; do
    set_to "config vm $provider cpus 2"
    set_to "config vm $provider memory 2048"
  done
  set_to 'config vm qemu smp "2"'
  set_to 'config vm qemu memory "2048M"'
  LAB_BOX=other/box ruby "$here/settings.rb" "$project/Vagrantfile" >"$work/settings"
  set_to 'config vm box "other/box"'
}

# --- the throwaway system ---

# What a synced folder of a fresh clone would hold, and what is being written.
copy_project() {
  local owner
  owner=$(stat -c %U "$project") # git refuses to look into another's folder
  mkdir "$root/vagrant"
  (cd "$project" && runuser -u "$owner" -- git ls-files -z --cached --others --exclude-standard) |
    tar -C "$project" --null --files-from - --ignore-failed-read --warning=no-failed-read -cf - |
    tar -C "$root/vagrant" --no-same-owner -xf -
}

# No process of the pid namespace $1 is left, and no one sees a mount below the work folder.
nothing_is_left() {
  local deadline=$((SECONDS + 10)) left
  while left=$(find /proc/[0-9]*/ns/pid -lname "$1" 2>/dev/null; grep -lsF "$work" /proc/[0-9]*/mountinfo); [[ $left ]]; do
    ((SECONDS < deadline)) || { echo "left: $left"; return 1; }
  done
}

nothing_outlives_its_caller() {
  local caller deadline=$((SECONDS + 10))
  # shellcheck disable=SC2016
  bash -c '"$@" & wait' caller "$here/contained.sh" "$here/enter.sh" "$root" "$cache" \
    sh -c 'readlink /proc/self/ns/pid >/namespace.new; mv /namespace.new /namespace; sleep 1000' &
  caller=$!
  until [[ -e $root/namespace ]]; do
    ((SECONDS < deadline)) || { echo 'the system did not start'; return 1; }
  done
  kill -KILL "$caller"
  wait "$caller" || true
  nothing_is_left "$(<"$root/namespace")"
}

run_throwaway() {
  root=$work/root
  mkdir -p "$cache/debs" "$cache/ccache"
  chmod 777 "$cache/ccache" # the compiler runs as the learner
  exec {cache_lock}<"$cache"
  flock "$cache_lock"
  if ! contained "$here/bootstrap.sh" "$root" "$cache" >"$work/log" 2>&1; then
    not_ok 'a bare system is laid out' "$(<"$work/log")"
    return
  fi
  echo "ok - a bare system is laid out ($SECONDS s)"
  check 'the project is copied' copy_project
  contained "$here/enter.sh" "$root" "$cache" env CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=/var/cache/ccache \
    CCACHE_BASEDIR=/home/vagrant/labs CCACHE_NOHASHDIR=1 CCACHE_COMPILERCHECK=content CCACHE_UMASK=000 \
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 CCACHE_DEPEND=1 bash -c \
    'readlink /proc/self/ns/pid >/namespace; exec bash /vagrant/tests/vagrant/verify.sh' || failed=1
  check 'no process and no mount of it is left' nothing_is_left "$(<"$root/namespace")"
  rm "$root/namespace"
  check 'nothing outlives its caller, though that is killed' nothing_outlives_its_caller
}

make_work_folder
if command -v vagrant >/dev/null; then
  check 'vagrant validates the Vagrantfile' validates
  check 'vagrant validates it with another box' validates_with_another_box
  check 'each provider is given two processors and 2 GB' settings_hold
else
  skip 'vagrant validates the Vagrantfile' 'there is no vagrant: apt-get install vagrant'
fi
if ((EUID != 0)); then
  skip 'a fresh system is provisioned' 'that needs root'
elif ! command -v debootstrap >/dev/null; then
  skip 'a fresh system is provisioned' 'there is no debootstrap: apt-get install debootstrap'
else
  run_throwaway
fi
exit "$failed"
