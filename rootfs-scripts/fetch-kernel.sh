#!/usr/bin/env bash
# Fetches the distribution's kernel for virtual machines, with the modules that the labs use; nothing is installed.
# Run it as `rootfs-scripts/fetch-kernel.sh [DIR]`, DIR being .lab/kernel of this project by default; it needs no root.
#
#   DIR/vmlinuz         the kernel
#   DIR/vmlinux-...     the same as it is once it has unpacked itself, where QEMU can start it so (x86_64)
#   DIR/lib/modules/    the modules and what they depend on, ready for modprobe
#   DIR/made-for        architecture, modules, and that it is unpacked: as long as these are wanted, a second call changes nothing
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

# By lab 05: bridge, veth, and the rules of --nat. By lab 07: overlay. The rest is what QEMU shows the machine.
modules="overlay bridge br_netfilter veth dummy loop
  nf_tables nft_chain_nat nft_masq nft_nat nft_ct nft_compat
  ip_tables iptable_filter iptable_nat xt_MASQUERADE xt_conntrack xt_nat xt_comment
  virtio_pci virtio_mmio virtio_console virtio_blk virtio_net"

say() { printf 'fetch-kernel.sh: %s\n' "$1" >&2; }
die() { say "$1"; printf '  hint: %s\n' "$2" >&2; exit "${3:-1}"; }

# In the background, because bash runs a trap only once the command in the foreground has ended.
run() {
  local status=0
  "$@" & child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

child='' work='' unpacked=''
clean_up() {
  [[ ! $child ]] || { kill "$child"; wait "$child"; } 2>/dev/null || true
  if [[ $work && -d $work/old && ! -e $dir ]]; then mv -T -- "$work/old" "$dir"; fi
  rm -rf -- ${work:+"$work"} ${unpacked:+"$unpacked"}
}

# depends_on PACKAGE PATTERN: those of its dependencies whose name matches.
depends_on() {
  apt-cache show --no-all-versions "$1" 2>/dev/null |
    sed -n 's/^\(Pre-\)\?Depends: //p' | tr ',|' '\n' | sed 's/^ *//; s/ .*//' | grep -x -- "$2" || true
}

# kernel_packages: the names change with each version, so packages that only depend on the newest are asked.
kernel_packages() {
  local newest image
  for newest in "linux-image-cloud-$arch" linux-image-virtual "linux-image-$arch"; do # Debian, Ubuntu, any Debian
    image=$(depends_on "$newest" 'linux-image-[0-9].*' | head -n 1)
    [[ ! $image ]] || break
  done
  [[ $image ]] || die "apt knows no kernel for virtual machines" "are the package lists there? sudo apt-get update"
  echo "$image"
  depends_on "$image" 'linux-modules-[0-9].*'
}

# apt's own user could not enter a private folder; it would warn, and do the same.
download() {
  cd -- "$unpacked" && exec apt-get -qq -o APT::Sandbox::User=root download "$@" >&2
}

unpack() {
  local package packages
  packages=$(kernel_packages)
  say "fetching ${packages//$'\n'/, }"
  # shellcheck disable=SC2086 # one word a package
  run download $packages ||
    die "cannot download ${packages//$'\n'/, }" "is the network up? Are the package lists too old (sudo apt-get update)?"
  for package in "$unpacked"/*.deb; do
    run dpkg-deb -x "$package" "$unpacked" || die "cannot unpack ${package##*/}" "the line above says why; no space left? See df -h"
  done
  [[ -e $unpacked/lib ]] || ln -s usr/lib "$unpacked/lib" # newer packages have no /lib
}

# take_modules RELEASE: those wanted and what they depend on, as plain files, which every modprobe can load.
take_modules() {
  local module path
  run depmod -b "$unpacked" "$1"
  for module in $modules; do
    modprobe -C /dev/null -d "$unpacked" -S "$1" --show-depends "$module" 2>/dev/null ||
      say "not in this kernel: $module" # renamed or not made: what needs it will tell
  done | sed -n 's/^insmod //p' | sed 's/ *$//' | sort -u |
    while IFS= read -r path; do
      path=${path#"$unpacked"}
      mkdir -p "$work/new${path%/*}"
      cp -- "$unpacked$path" "$work/new$path"
    done
  find "$work/new" -name '*.ko.xz' -exec xz -d {} +
  find "$work/new" -name '*.ko.zst' -exec zstd -q -d --rm {} +
  cp -- "$unpacked/lib/modules/$1"/modules.{builtin,builtin.modinfo,order} "$work/new/lib/modules/$1"
  run depmod -b "$work/new" "$1"
}

# number FILE OFFSET SIZE: of that many bytes, the least first.
number() { od -An --endian=little -t "u$3" -j "$2" -N "$3" -- "$1" | tr -d ' '; }

# unpack_kernel KERNEL TO: what it would unpack (Linux's Documentation/arch/x86/boot.rst: setup_sects, payload_offset,
# payload_length; the last four bytes are the size that comes out). No TO where there is nothing to unpack it with, or
# where it has no PVH entry (an ELF note of type 18), by which alone QEMU could start it: the labs can do without.
unpack_kernel() {
  local begin size unpack=false
  begin=$((($(number "$1" $((0x1f1)) 1) + 1) * 512 + $(number "$1" $((0x248)) 4)))
  size=$(number "$1" $((0x24c)) 4)
  case $(od -An -tx1 -j "$begin" -N 4 -- "$1") in
    ' 1f 8b '*) unpack=gzip ;;
    ' fd 37 7a 58') unpack=xz ;;
    ' 28 b5 2f fd') unpack=zstd ;;
    ' 02 21 4c 18') unpack=lz4 ;;
  esac
  # They complain of the four bytes, those that do not know them: whether all came out is told by the size.
  { dd if="$1" iflag=skip_bytes,count_bytes bs=1M skip="$begin" count="$size" status=none |
    "$unpack" -dc >"$2"; } 2>/dev/null || true
  if [[ $(stat -c %s -- "$2") == "$(number "$1" $((begin + size - 4)) 4)" ]] &&
    readelf -n "$2" 2>/dev/null | grep -c '(0x00000012)' >/dev/null; then return; fi
  rm -f -- "$2"
}

in_place() { [[ -e $dir/vmlinuz && -f $dir/made-for ]] && cmp -s "$dir/made-for" - <<<"$made_for"; }

case ${1-} in
  -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit ;;
  -*) die "unknown option: $1" "fetch-kernel.sh [DIR]" 2 ;;
esac
(($# <= 1)) || die "one DIR, not $#" "fetch-kernel.sh [DIR]" 2
for tool in apt-get apt-cache dpkg-deb depmod modprobe xz zstd; do
  command -v "$tool" >/dev/null || die "not found: $tool" "sudo apt-get install kmod xz-utils zstd, on Debian or Ubuntu"
done
arch=$(dpkg --print-architecture)
made_for=$arch$'\n'$modules$'\n'vmlinux
dir=$(realpath -m -- "${1:-$(dirname -- "${BASH_SOURCE[0]}")/../.lab/kernel}")
if in_place; then exit; fi

trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p -- "${dir%/*}"
exec 9<"${dir%/*}"
run flock 9 # one run at a time beside the same DIR: what it finds half made was left by a killed one
if in_place; then exit; fi
[[ ! -e $dir || -f $dir/made-for ]] || die "$dir: exists, and is no kernel fetched here" "move it away, or name another DIR"
rm -rf -- "${dir%/*}"/.fetch-kernel.*
work=$(mktemp -d "${dir%/*}/.fetch-kernel.XXXXXX")
unpacked=$(mktemp -d) # not beside DIR: apt cannot stand every path
unpack
mkdir "$work/new"
release=$(basename "$unpacked"/lib/modules/*)
cp -- "$unpacked/boot/vmlinuz-$release" "$work/new/vmlinuz"
[[ $arch != amd64 ]] || unpack_kernel "$work/new/vmlinuz" "$work/new/vmlinux-$release"
take_modules "$release"
echo "$made_for" >"$work/new/made-for"
chmod -R a+rX "$work/new"
[[ ! -e $dir ]] || mv -T -- "$dir" "$work/old"
mv -T -- "$work/new" "$dir"
say "$dir: Linux $release is there"
