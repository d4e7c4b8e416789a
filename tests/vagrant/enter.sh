#!/usr/bin/env bash
# Runs a command with the folder ROOT as the whole system: `contained.sh enter.sh ROOT CACHE COMMAND [ARG...]`.
# CACHE keeps apt's downloads and compiled objects for the next time. The network stays the host's.
set -euo pipefail

root=$1
cache=$2

mount_system() {
  mount --bind "$root" "$root"
  mount -o remount,bind,suid,dev,exec "$root" # the file system below may forbid them
  mount --bind "$cache/debs" "$root/var/cache/apt/archives"
  mkdir -p "$root/var/cache/ccache"
  mount --bind "$cache/ccache" "$root/var/cache/ccache"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  make_devices "$root/dev"
}

make_devices() {
  local device name major minor
  mount -t tmpfs -o mode=755 tmpfs "$1"
  for device in null,1,3 zero,1,5 full,1,7 random,1,8 urandom,1,9 tty,5,0; do
    IFS=, read -r name major minor <<<"$device"
    mknod -m 666 "$1/$name" c "$major" "$minor"
  done
  mkdir "$1/pts" "$1/shm"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$1/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$1/shm"
  ln -s pts/ptmx "$1/ptmx"
  ln -s /proc/self/fd "$1/fd"
}

mount_system
hostname throwaway
cd "$root"
pivot_root . .
umount -l .
exec chroot . /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:3}"
