#!/usr/bin/env bash
# Makes a fresh Ubuntu or Debian machine ready for the labs. `vagrant up` runs it as root; `vagrant provision`
# runs it again, to take over what is new in the synced folder.
# LAB_SOURCE, LAB_USER and LAB_TARGET: another source folder, user and place for the copy.
set -euo pipefail
umask 022

source=${LAB_SOURCE:-/vagrant}
user=${LAB_USER:-vagrant}
tools=(git sudo ca-certificates tree jq strace bridge-utils entr iproute2 util-linux procps manpages-dev)
# Ubuntu 18.04 has setpriv outside of util-linux.
if grep -qs '^VERSION_ID="18.04"' /etc/os-release; then tools+=(setpriv); fi

say() { printf 'provision.sh: %s\n' "$1" >&2; }
die() { say "$1"; printf '  hint: %s\n' "$2" >&2; exit 1; }

as_user() { runuser -u "$user" -- env HOME="$user_home" "$@"; }
# Whatever the folder holds on a Windows host, the copy ends its lines as Linux does.
in_copy() {
  as_user git -C "$target" -c user.name=course -c user.email=course@localhost \
    -c core.autocrlf=input -c core.safecrlf=false "$@"
}
is_our_copy() { [[ $(git -C "$target" --git-dir=.git config lab.source 2>/dev/null) ]]; }

check_input() {
  ((EUID == 0)) || die 'not root' 'sudo /vagrant/vagrant/provision.sh, or on the host: vagrant provision'
  [[ -f $source/lab && -d $source/labs ]] || die "$source: not the course" 'LAB_SOURCE names the folder that holds it'
  user_home=$(getent passwd "$user" | cut -d: -f6) || true
  [[ $user_home ]] || die "no such user: $user" 'LAB_USER names who is to do the labs'
  target=${LAB_TARGET:-$user_home/labs}
  [[ $target == /* ]] || die "$target: not an absolute path" 'LAB_TARGET names where the copy goes'
  if [[ -e $target && (! -d $target || $(ls -A "$target")) ]] && ! is_our_copy; then
    die "$target: exists, and was not made by this script" 'move it away, or name another place with LAB_TARGET'
  fi
}

# The compiler (g++-8 on Ubuntu 18.04) and CMake are installed by `lab setup`, which knows what it builds with.
install_tools() {
  local installed missing
  # A box may be at its own updates when it has just started: wait for those (apt 1.9.11 and newer can).
  echo 'DPkg::Lock::Timeout "300";' >/etc/apt/apt.conf.d/80container-labs
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${tools[@]}" 2>/dev/null | sed -n 's/^installed //p') || true
  mapfile -t missing < <(printf '%s\n' "${tools[@]}" | grep -vxFe "$installed")
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq -y install --no-install-recommends "${missing[@]}" </dev/null
}

# The copy lies on the machine's own disk: a synced folder has no symbolic links, device nodes or overlay.
# It is a git repository of its own. Its branch `course` holds what was delivered last; so `lab reset`
# finds the exercise as it was, and an update sees which exercises the learner has edited.
make_repository() {
  is_our_copy && return
  install -d -o "$user" -g "$(id -gn "$user")" "$target"
  in_copy -c init.defaultBranch=main init -q
  in_copy config lab.source "$source"
}

edited_exercises() {
  local file path
  for file in "$target"/labs/*/exercise.cpp; do
    path=${file#"$target/"}
    [[ ! -e $file ]] || in_copy show "course:$path" 2>/dev/null | cmp -s - "$file" || echo "$path"
  done
}

# .gitignore tells what is not copied: all that is built or fetched.
copy_project() {
  local edited gone
  make_repository
  in_copy read-tree --empty
  in_copy --work-tree="$source" add -A
  if in_copy diff --cached --quiet course 2>/dev/null; then
    in_copy reset -q # nothing is new: leave the index as it was
    return
  fi

  mapfile -t edited < <(edited_exercises)
  mapfile -t gone < <(in_copy diff --cached --name-only --diff-filter=D course 2>/dev/null | grep -vxFe "$(printf '%s\n' "${edited[@]}")")
  in_copy commit -q --allow-empty -m 'the course as delivered'
  # A file that is the same already keeps its time: nothing is built again for its sake.
  in_copy checkout -q HEAD -- . "${edited[@]/#/:(exclude)}"
  ((${#gone[@]} == 0)) || (cd "$target" && as_user rm -f -- "${gone[@]}")
  in_copy branch -q -f course
  in_copy branch -q -u course
  ((${#edited[@]} == 0)) || say "left as you edited them: ${edited[*]}"
}

put_lab_on_path() {
  printf '#!/bin/sh\nexec bash %q "$@"\n' "$target/lab" >/usr/local/bin/lab
  chmod 755 /usr/local/bin/lab
}

# Only where someone reads it: a word from a login shell that runs a command would break scp and the like.
greet() {
  cat >/etc/profile.d/container-labs.sh <<END
case \$- in *i*) cat <<'GREETING' ;; esac

Containers from nothing: the course lies in $target.

  lab tour        begin here: a walk through the labs
  lab list        the labs, and how far you are

Write your exercises there, not in $source: that folder has no symbolic links or device nodes.

GREETING
END
}

check_input
install_tools
copy_project
say 'preparing: lab setup'
(cd "$target" && as_user env CI=true bash ./lab setup </dev/null)
put_lab_on_path
greet
say "ready: log in as $user and type: lab tour"
