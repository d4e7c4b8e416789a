#!/usr/bin/env bash
# Removes what a killed lab left behind, and only that; names each thing. Run by ./lab as root.
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=launcher/image_copy.sh
source "$launcher/image_copy.sh"

removed=0
kept=0
spared=0

# remove COMMAND... PATH: counted, and shown by `run`. What is gone anyway was removed by another.
remove() {
  if run "$@"; then
    removed=$((removed + 1))
  elif [[ -e ${*: -1} ]]; then
    kept=$((kept + 1))
  fi
}

# mounts_below FOLDER: the mount points in it, the newest first. The kernel writes a blank as \040.
mounts_below() {
  local folder point
  folder=$(realpath "$1")
  awk '{ print $5 }' /proc/self/mountinfo | tac | while read -r point; do
    printf -v point %b "$point"
    [[ $point != "$folder"/* ]] || printf '%s\0' "$point"
  done
}

# A running lab has its mounts in a namespace of its own, or processes whose root is the image.
image_in_use() {
  local root
  for root in /proc/[0-9]*/root; do
    [[ $(readlink "$root" 2>/dev/null)/ != "$1"/* ]] || return 0
  done
  return 1
}

unmount_below() {
  local point
  while IFS= read -rd '' point; do remove umount "$point"; done < <(mounts_below "$1")
}

clean_images() {
  local image
  for image in "$home"/rootfs/*/; do
    [[ -d $image ]] || continue
    image=$(realpath "$image")
    if image_in_use "$image"; then
      note "in use, left alone: $image"
      spared=$((spared + 1))
    else
      unmount_below "$image"
    fi
  done
}

# A copy whose lock can be had belongs to nobody.
clean_copies() {
  local copy lock
  for copy in "$image_copies"/lab-image-[0-9]*.??????; do
    [[ -d $copy && ! -L $copy && -O $copy ]] || continue
    exec {lock}<"$copy"
    if flock -n "$lock"; then
      unmount_below "$copy"
      remove rm -rf --one-file-system "$copy"
    fi
    exec {lock}<&-
  done
}

# if_unlocked FILE COMMAND...: where no lab holds it locked; the lock ends with the lab. The command is run under the
# lock, so that it does not hurt a lab that starts meanwhile; nor one that has made a new file of that name.
if_unlocked() {
  local lock
  { exec {lock}<"$1"; } 2>/dev/null || return 0
  if flock -n "$lock" && [[ /proc/self/fd/$lock -ef $1 ]]; then "${@:2}"; fi
  exec {lock}<&-
}

# unlocked FILE: the same as a question.
unlocked() {
  local lock
  exec {lock}<"$1" || return 1
  flock -n "$lock" || { exec {lock}<&-; return 1; }
  exec {lock}<&-
}

# lab_cgroups: the groups of labs, wherever in the hierarchies those were started.
lab_cgroups() {
  awk '/ - cgroup2? / { print $5 }' /proc/self/mountinfo |
    xargs -I{} find {} -type d -name 'lab-[0-9]*' 2>/dev/null
}

# A lab locks the file by which its container enters the group.
clean_cgroups() {
  local group entrance
  while read -r group; do
    entrance=$group/tasks
    [[ -e $entrance ]] || entrance=$group/cgroup.procs
    if_unlocked "$entrance" remove rmdir "$group"
  done < <(lab_cgroups)
}

# The next lab on a bridge takes back what one that was killed left there: let it be one that does nothing else.
clean_networks() {
  local lock name
  for lock in /run/lab/net/*/bridge; do
    if [[ -e $lock ]] && unlocked "$lock"; then
      name=$(basename "$(dirname "$lock")")
      remove "$bin/05-netns-veth" --bridge "$name" -- /bin/true
    fi
  done
}

# What a killed lab told of its container. A directory goes with its last file.
clean_containers() {
  local directory
  for directory in /run/lab/containers/*/; do
    if_unlocked "$directory/lock" remove rm -r "${directory%/}"
  done
  rmdir /run/lab/containers /run/lab 2>/dev/null || true
}

clean_images
clean_copies
clean_cgroups
clean_networks
clean_containers
((removed + kept + spared > 0)) || echo "nothing to clean"
((kept == 0)) || die "$kept could not be removed" "a process may still be using it: fuser -vm PATH"
