#!/usr/bin/env bash
# Runs cells of the table in a virtual machine, whose kernel has modules and sysrq: tests/escapes/in_vm.sh 'out sysrq 08'...
# Each is EXPECTED ESCAPE LAB [OPTION...]. Where there is no virtual machine it is skipped by name, which is a failure
# with LABS_MUST_RUN=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# skip_all REASON CELL...
skip_all() {
  local cell result=ok
  [[ ${LABS_MUST_RUN:-} != 1 ]] || result='not ok'
  for cell in "${@:2}"; do echo "$result - $cell # skip: not with this kernel, and there is no $1"; done
  [[ $result == ok ]] || exit 1
  exit 0
}

# What the machine runs: these escapes need no target but its kernel.
# shellcheck disable=SC2016
in_the_machine='
  mkdir launcher
  printf "%s" "$1" >launcher/common.sh
  printf "%s" "$2" >launcher/exec_in_lab.sh
  shift 2
  for cell; do
    read -ra words <<<"$cell"
    lab=${words[2]} image=rootfs/busybox status=0
    cp "build/bin/escape-${words[1]}" "$image/escape"
    case $lab in
      chroot) line=(chroot "$image") ;;
      11) line=(bash launcher/exec_in_lab.sh --rootfs "$image" --) ;;
      *) line=("$(printf "%s\n" build/bin/"$lab"-* | grep -v -e -exercise)" --rootfs "$image" "${words[@]:3}" --) ;;
    esac
    said=$(unshare -m "${line[@]}" /escape 2>&1) || status=$?
    case $status in 0) seen=out ;; 1) seen=held ;; *) seen="status $status" ;; esac
    if [[ $seen == "${words[0]}" && $said == @(escaped|held):* ]]; then
      echo "ok - ${words[1]} in ${words[*]:2}: $seen, in a virtual machine"
    else
      printf "not ok - %s: %s\n%s\n" "$cell" "$seen" "$said"
    fi
  done'

PATH=$PATH:/usr/sbin:/sbin command -v "qemu-system-$(uname -m)" >/dev/null || skip_all "virtual machine" "$@"
./rootfs-scripts/fetch-kernel.sh >/dev/null 2>&1 || skip_all "kernel for a virtual machine" "$@"
said=$(LAB_VM_DEADLINE=${LAB_VM_DEADLINE:-180} launcher/vm/boot.sh 10-privileges bash -c "$in_the_machine" in_vm \
  "$(<launcher/common.sh)" "$(<launcher/exec_in_lab.sh)" "$@" 2>&1) || true
if (($(grep -c '^ok - ' <<<"$said") == $#)); then
  grep '^ok - ' <<<"$said"
else
  printf 'not ok - %s cells in a virtual machine\n%s\n' "$#" "$said"
  exit 1
fi
