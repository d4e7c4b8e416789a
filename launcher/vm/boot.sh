#!/usr/bin/env bash
# Boots a virtual machine that has cgroup version 2 only, with the labs, the checks and the image in it; QEMU shows it
# no disk and no network. `launcher/vm/boot.sh LAB [COMMAND...]`: without a command, a shell on this terminal.
# Exit status: the command's or the shell's; 125 where the machine did not come up, or ended by itself.
# It needs no root. LAB_KVM=1: by KVM, where that really works; otherwise QEMU translates every instruction.
# shellcheck disable=SC2317 # clean_up is called by the trap
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/../common.sh"

lab=$1
shift
programs=${LAB_BIN:-$bin}
image=${LAB_ROOTFS:-$home/rootfs/busybox}
kernel=$state/kernel
deadline=${LAB_VM_DEADLINE:-60} # for the boot, in seconds; it takes about 5

fail() { complain "$@"; exit 125; }

machine='' work='' terminal=''
clean_up() {
  [[ ! $machine ]] || { kill -KILL "$machine"; wait "$machine"; } 2>/dev/null || true
  [[ ! $terminal ]] || stty "$terminal"
  [[ ! $work ]] || rm -rf -- "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the files in the machine -----------------------------------------------------------

# copy_programs FOLDER FILE...: with the shared libraries that they need, at the same paths as here.
copy_programs() {
  local libraries
  cp -L --remove-destination -- "${@:2}" "$1" # or a link to busybox would be followed
  mapfile -t libraries < <(ldd "${@:2}" 2>/dev/null | sed -nE 's/^\t(.* => )?(\/[^ ]*) \(0x.*/\2/p' | sort -u)
  cp -L --parents -- "${libraries[@]}" "$work/root"
}

# The image is the machine's own system, too, with what busybox cannot do taken from here: lab 05 and its checks use
# nft, the whole ip, unshare and setpriv. The shell too, for that of busybox prefers its own ip to any other.
lay_out() {
  local root=$work/root name wanted=() built=()
  [[ -e $image/bin/busybox ]] || fail "$image: no busybox image" "./lab setup fetches it; LAB_ROOTFS names another"
  mkdir -p "$root/course/build/bin" "$root/course/rootfs/busybox"
  cp -a "$image/." "$root"
  cp -a "$image/." "$root/course/rootfs/busybox"
  mkdir -p "$root/lib"
  cp -a "$kernel/lib/modules" "$root/lib"
  for name in $(labs); do
    wanted+=("$programs/$name" "$programs/$name-exercise" "$programs/check-$name")
  done
  for name in "${wanted[@]}" "$programs"/{probe,escape-*}; do
    [[ ! -x $name ]] || built+=("$name")
  done
  ((${#built[@]})) || fail "$programs: no lab was built there" "build first: ./lab setup"
  copy_programs "$root/course/build/bin" "${built[@]}"
  for name in bash nft ip unshare setpriv; do
    if name=$(PATH=$PATH:/usr/sbin:/sbin command -v "$name"); then copy_programs "$root/bin" "$name"; fi
  done
  ln -sf bash "$root/bin/sh"
  cp "$launcher/vm/init" "$root/init"
  request "$@" >"$root/request"
}

# What /init does: a piece of shell. Within single quotes every character is itself.
request() {
  local rows=24 columns=80 word
  [[ ! $terminal ]] || read -r rows columns < <(stty size)
  printf 'LAB=%s ROWS=%s COLUMNS=%s\n' "$lab" "$rows" "$columns"
  printf "export TERM='%s' HOME=/root PATH=/course/build/bin:/bin PS1='[vm \\w]# '\n" "${TERM:-dumb}"
  (($# == 0)) || echo 'set --'
  for word; do printf "set -- \"\$@\" '%s'\n" "${word//\'/\'\\\'\'}"; done
}

pack() {
  lay_out "$@"
  (cd "$work/root" && find . -print0 | cpio --null --create --format newc --owner=+0:+0 --quiet) >"$work/initrd"
}

# --- the machine ------------------------------------------------------------------------

accelerated() { [[ ${LAB_KVM:-} == 1 ]]; }

# Sets qemu: the program, and the machine that it is to be. Without KVM each instruction is translated once for each
# address, and what it may reach is looked up anew after each change of address space: so that programs lie where they
# lay before (norandmaps), and the kernel does not change it at every system call (mitigations=off). Nor does
# it clear the memory that it takes for itself (init_on_alloc), or test its ciphers (cryptomgr). The processor's own clock
# is read in one instruction (tsc); the kernel would doubt it, and ask a device each time. What a plain processor
# cannot do need not be imitated, and is slow: copying takes 5 times as long with -cpu max.
choose_machine() {
  local words="quiet panic=-1"
  accelerated || words+=" norandmaps mitigations=off init_on_alloc=0 cryptomgr.notests tsc=reliable"
  case $(uname -m) in
    x86_64) qemu=(qemu-system-x86_64 -machine q35 -append "$words console=ttyS0") processor=qemu64 ;;
    aarch64) qemu=(qemu-system-aarch64 -machine virt -append "$words console=ttyAMA0") processor=cortex-a72 ;;
    *) fail "no virtual machine for $(uname -m)" "the course is made for x86_64 and aarch64" ;;
  esac
  command -v "${qemu[0]}" >/dev/null || fail "not found: ${qemu[0]}" "./lab vm installs it, on Debian and Ubuntu"
  if accelerated; then qemu+=(-accel kvm -cpu host); else qemu+=(-accel tcg -cpu "$processor"); fi
  qemu+=(-smp 2 -m 1536 -nodefaults -no-user-config -display none -no-reboot)
}

# The files have no name any more once they are open: whatever ends this script, nothing is left of them.
start() {
  local initrd log stdin stdio=(-chardev "null,id=terminal" -chardev "stdio,id=output,signal=off")
  touch "$work/log" "$work/status"
  mkfifo "$work/silence"
  exec {initrd}<"$work/initrd" {log}<"$work/log" {status}<"$work/status"
  exec {stdin}<>"$work/silence" # QEMU would take the end of its input for the end of the line
  rm -r -- "$work"
  work=''
  log_file=/proc/$$/fd/$log status_file=/proc/$$/fd/$status
  if [[ $terminal ]]; then
    exec {stdin}<&0
    stdio=(-chardev "stdio,id=terminal,signal=off,mux=on" -echr 29 -chardev "null,id=output")
  fi
  qemu+=(-kernel "$kernel/vmlinuz" -initrd "/proc/$$/fd/$initrd"
    -serial "file:$log_file" -chardev "file,id=status,path=$status_file" "${stdio[@]}"
    -device virtio-serial -device "virtconsole,chardev=terminal"
    -device "virtserialport,chardev=output,name=output" -device "virtserialport,chardev=status,name=status")
  show "${qemu[@]}"
  # The parent-death signal: QEMU ends with this script, even where that is killed.
  setpriv --pdeathsig KILL "${qemu[@]}" <&"$stdin" &
  machine=$!
}

running() { kill -0 "$machine" 2>/dev/null; }

# Its last words, where there are any.
die_of() {
  sed 's/\r$//; s/^/  console: /' "$log_file" | tail -n 20 >&2
  fail "$@"
}

wait_for_boot() {
  local late="on a slow or busy machine, give it longer: LAB_VM_DEADLINE=300" early="what QEMU and the kernel said stands above"
  ! accelerated || late="KVM may be there and not work, as in some virtual machines: try without LAB_KVM" early=$late
  until grep -q '^up' "$status_file"; do
    running || die_of "the machine ended while it booted" "$early"
    ((SECONDS < deadline)) || die_of "the machine did not come up within $deadline s" "$late"
    sleep 0.1
  done
}

[[ -e $kernel/vmlinuz ]] || fail "there is no kernel in $kernel" "rootfs-scripts/fetch-kernel.sh fetches it"
if (($# == 0)); then terminal=$(stty -g); fi
choose_machine
work=$(mktemp -d)
pack "$@"
start
wait_for_boot
wait "$machine" || true
machine=''
result=$(sed -n 's/^exit //p' "$status_file")
[[ $result ]] || die_of "the machine ended before the command did" "an oops of the kernel? It stands above"
exit "$result"
