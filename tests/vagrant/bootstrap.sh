#!/usr/bin/env bash
# Lays out in the folder ROOT what a vagrant box is before its first start: a minimal system of this host's
# release, with sudo and the user vagrant. `bootstrap.sh ROOT CACHE`, as root; CACHE speeds up the next time.
set -euo pipefail

root=$1
cache=$2
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
arch=$(dpkg --print-architecture)

# The mirror is the one that this host's apt uses for its own release.
source_line() {
  # shellcheck disable=SC2016 # apt puts in the values
  apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$release" '
      $2 == release && !mirror { mirror = $1 }
      $2 == release && $1 == mirror { components = components " " $3 }
      END { if (!mirror) exit 1; print "deb", mirror, release components }'
}

# mmdebstrap is no faster; what takes time is dpkg. So the bare system is kept, and all packages, for a month.
unpack_bare_system() {
  local kept=$cache/$release-$arch.tar.gz mirror
  find "$cache" \( -name '*.tar.gz*' -o -name '*.deb' \) -ctime +30 -delete
  if [[ -f $kept ]]; then
    tar -C "$root" -xzf "$kept"
    return
  fi
  mirror=$(cut -d' ' -f2 <<<"$line")
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  [[ -z ${http_proxy:-} ]] || export http_proxy
  debootstrap --variant=minbase --include=sudo,ccache --cache-dir="$cache/debs" "$release" "$root" "$mirror"
  rm -rf "${root:?}"/dev/* # a private /dev is mounted there
  tar -C "$root" --exclude=./var/cache/apt/archives/*.deb -cf - . | gzip -1 >"$kept.partial"
  mv "$kept.partial" "$kept"
}

set_up_apt() {
  echo "$line" >"$root/etc/apt/sources.list"
  # How this host reaches the mirror, and whether its clock suits: that holds here too.
  apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|Languages|ForceIPv)' >"$root/etc/apt/apt.conf.d/90host" || true
  echo 'APT::Keep-Downloaded-Packages "true";' >"$root/etc/apt/apt.conf.d/91keep"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/throwaway"
}

set_up_machine() {
  echo throwaway >"$root/etc/hostname"
  echo '127.0.0.1 localhost throwaway' >"$root/etc/hosts"
  cp --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" useradd -m -s /bin/bash vagrant
  echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
}

line=$(source_line) || { echo "bootstrap.sh: apt's sources name no mirror for $release" >&2; exit 1; }
mkdir -p "$root"
unpack_bare_system
set_up_apt
set_up_machine
