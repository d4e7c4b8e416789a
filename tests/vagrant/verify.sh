#!/usr/bin/env bash
# Runs vagrant/provision.sh and looks at what it made. run.sh starts it, as root, in the throwaway system.
# shellcheck disable=SC2317 # the functions are called by name, through check
set -euo pipefail
# shellcheck source=tests/vagrant/report.sh
source /vagrant/tests/vagrant/report.sh

copy=/home/vagrant/labs
as_learner() { su - vagrant -c "$1"; }
provision() { /vagrant/vagrant/provision.sh; }

# expect WANTED SEEN
expect() { [[ $2 == "$1" ]] || { printf 'expected: %s\nseen:     %s\n' "$1" "$2"; return 1; }; }

# refused HINT COMMAND...: it fails, and says why.
refused() {
  local said status=0
  said=$("${@:2}" 2>&1) || status=$?
  expect 1 "$status"
  [[ $said == *"hint: "*"$1"* ]] || { echo "no hint that says '$1': $said"; return 1; }
}

bad_input_is_refused() {
  refused sudo runuser -u vagrant -- /vagrant/vagrant/provision.sh
  refused LAB_SOURCE env LAB_SOURCE=/etc /vagrant/vagrant/provision.sh
  refused LAB_USER env LAB_USER=nobody-here /vagrant/vagrant/provision.sh
  refused LAB_TARGET env LAB_TARGET=labs /vagrant/vagrant/provision.sh
  refused LAB_TARGET env LAB_TARGET=/etc /vagrant/vagrant/provision.sh
  [[ ! -e $copy && ! -e /usr/local/bin/lab ]]
}

tools_are_there() {
  local tool compiler
  compiler=$(command -v g++ || command -v g++-8) # as Ubuntu 18.04 calls it
  for tool in cmake ninja git tree jq strace brctl entr ip unshare nsenter lsns ps; do
    command -v "$tool" || { echo "$tool is missing"; return 1; }
  done
  echo '#include <filesystem>
    int main() { return std::filesystem::exists("/") ? 0 : 1; }' | "$compiler" -std=c++17 -x c++ -o /tmp/compiled - -lstdc++fs
  /tmp/compiled
}

lab_is_on_the_path() {
  local listed
  listed=$(as_learner 'cd / && lab list')
  for lab in /vagrant/labs/[0-9][0-9]-*; do
    [[ $listed == *"${lab##*/}"* ]] || { echo "lab list does not name ${lab##*/}: $listed"; return 1; }
  done
}
lab_01_runs() { expect hi "$(as_learner 'cd / && lab run 01 -- echo hi')"; }

image_is_on_the_own_disk() {
  [[ -L $copy/rootfs/busybox/bin/sh || -L $copy/rootfs/busybox/bin/ls ]]
  expect "$(stat -c %d /)" "$(stat -c %d "$copy/rootfs/busybox/bin/busybox")"
}

synced_folder_is_untouched() {
  local written
  written=$(find /vagrant -newer /tmp/before-provision)
  expect '' "$written"
}

all_is_the_learners() { expect '' "$(find "$copy" ! -user vagrant)"; }

greeting_is_shown() {
  local greeting
  greeting=$(as_learner 'bash -lic true' 2>&1)
  [[ $greeting == *"lab tour"* && $greeting == *"$copy"* ]] || { echo "greeting: $greeting"; return 1; }
  expect '' "$(as_learner true 2>&1)"
}

# Contents would not tell whether something was installed or built again: times do.
state() {
  find "$copy" /usr/bin /var/lib/dpkg/status -path "$copy/.git" -prune -o -type f -printf '%p %T@\n' | sort
}
second_run_changes_nothing() {
  state >/tmp/state.before
  provision
  state >/tmp/state.after
  diff /tmp/state.before /tmp/state.after
}

# The learner has edited one exercise; the course has new versions of it, of another and of a handout, and has dropped a file.
update_spares_edited_exercises() {
  local exercises=(labs/*/exercise.cpp)
  local mine=${exercises[0]} other=${exercises[1]} written
  as_learner "echo '// my work' >>$copy/$mine && echo mine >$copy/labs/notes"
  echo '// new in the course' | tee -a "/vagrant/$mine" "/vagrant/$other" >>/vagrant/README.md
  rm /vagrant/.editorconfig
  written=$(stat -c %y "$copy/lab")
  provision
  expect '// my work' "$(tail -n 1 "$copy/$mine")"
  expect '// new in the course' "$(tail -n 1 "$copy/$other")"
  expect '// new in the course' "$(tail -n 1 "$copy/README.md")"
  [[ ! -e $copy/.editorconfig ]] || { echo 'a file that the course has dropped is there still'; return 1; }
  [[ -e $copy/labs/notes ]] || { echo "the learner's own file is gone"; return 1; }
  expect "$written" "$(stat -c %y "$copy/lab")" # or all would be built again
  as_learner "lab reset 01 --yes"
  cmp "$copy/$mine" "/vagrant/$mine"
}

cd /vagrant
check 'bad input is refused, and nothing changed' bad_input_is_refused
touch /tmp/before-provision
check 'a fresh system is provisioned' provision
((failed == 0)) || exit 1 # nothing of what follows can hold
check 'the compiler and the tools of the handouts are there' tools_are_there
check 'lab is on the PATH, in any folder' lab_is_on_the_path
check 'lab 01 runs' lab_01_runs
check "the image lies on the machine's own disk, with its symbolic links" image_is_on_the_own_disk
check 'nothing was written to the synced folder' synced_folder_is_untouched
check 'everything in the copy belongs to the learner' all_is_the_learners
check 'an interactive login is greeted, a command run by login is not disturbed' greeting_is_shown
check 'a second run changes nothing' second_run_changes_nothing
check 'an update arrives, and spares what the learner wrote' update_spares_edited_exercises
exit "$failed"
