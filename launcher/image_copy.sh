# shellcheck shell=bash disable=SC2154
# A throwaway copy of the image, for the escapes. Sourced by scripts that run as root.
#
# The owner holds a lock on the copy's folder as long as it lives: a copy without a lock on it
# belongs to nobody, and `./lab clean` may take it.

image_copies=${TMPDIR:-/tmp}

# make_image_copy: sets $copy. Between mktemp and flock a sweep may take the folder: try again.
make_image_copy() {
  local image=${LAB_ROOTFS:-$home/rootfs/busybox}
  if [[ ! -d $image ]]; then
    complain "there is no image in $image" "./lab setup fetches it"
    exit 125
  fi
  copy=
  trap remove_image_copy EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
  while true; do
    copy=$(mktemp -d "$image_copies/lab-image-$$.XXXXXX")
    { exec {copy_lock}<"$copy"; } 2>/dev/null || continue
    if flock -n "$copy_lock" && [[ -d $copy ]]; then break; fi
  done
  chmod 755 "$copy"
  cp -a "$image/." "$copy"
}

remove_image_copy() {
  [[ -z $copy ]] || rm -rf --one-file-system "$copy"
}
