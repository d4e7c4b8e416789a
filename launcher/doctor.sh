#!/usr/bin/env bash
# Tells whether this machine can run each lab, and what to do where it cannot. Changes nothing.
# Run by ./lab, as root where it can be had: launcher/doctor.sh
# One line a fact (ok, warn or FAIL), then one line a lab; exit 1 where a lab cannot run.
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

declare -A broken # fact -> its message
scratch=          # what `folder` tries itself on
trap '[[ -z $scratch ]] || rm -rf "$scratch"' EXIT

# fact NAME ok|warn|FAIL TEXT [REMEDY]
fact() {
  local code=32
  case $2 in warn) code=33 ;; FAIL) code=31; broken[$1]=$3 ;; esac
  printf '%s%-4s%s  %-14s %s\n' "$(colour 1 $code)" "$2" "$(colour 1 0)" "$1" "$3"
  (($# < 4)) || [[ $2 == ok ]] || printf '%21s-> %s\n' '' "$4"
}

# --- facts: each function tells one, by what the kernel shows or by a try ----------------

kernel() {
  local release
  release=$(uname -r)
  if [[ $(printf '%s\n' 4.15 "${release%%-*}" | sort -V | head -n 1) == 4.15 ]]; then
    fact kernel ok "$release"
  else
    fact kernel FAIL "$release is older than 4.15" "boot a newer kernel, or use the virtual machine: vagrant up"
  fi
}

architecture() {
  case $(uname -m) in
    x86_64 | aarch64) fact architecture ok "$(uname -m)" ;;
    *) fact architecture warn "$(uname -m): the course is made for x86_64 and aarch64" \
      "fetch-busybox.sh --url takes a static busybox for this machine" ;;
  esac
}

# The kernel's numbers of the capabilities that the labs use, capabilities(7).
capabilities() {
  local effective name absent=()
  local -A bit=([CHOWN]=0 [DAC_OVERRIDE]=1 [KILL]=5 [SETUID]=7 [NET_ADMIN]=12
    [SYS_CHROOT]=18 [SYS_PTRACE]=19 [SYS_ADMIN]=21 [MKNOD]=27)
  effective=$((16#$(awk '/^CapEff/ { print $2 }' /proc/self/status)))
  for name in "${!bit[@]}"; do
    ((effective >> bit[$name] & 1)) || absent+=("CAP_$name")
  done
  if ((EUID != 0)); then
    fact root FAIL "not root, and no sudo" "run ./lab doctor as root, or install sudo"
  else
    fact root ok "the labs run as root"
  fi
  if ((${#absent[@]} == 0)); then
    fact capabilities ok "all that the labs use"
  elif ((EUID != 0)); then
    fact capabilities FAIL "none, without root" "run as root or with sudo"
  else
    fact capabilities FAIL "missing: ${absent[*]}" \
      "this root is confined, as in a container: use the machine itself, docker run --privileged, or vagrant up"
  fi
}

# namespace FACT NAME OPTION: is it in the kernel, is one allowed, and does a try succeed?
namespace() {
  local limit=/proc/sys/user/max_$2_namespaces why
  if [[ ! -e /proc/self/ns/$2 ]]; then
    fact "$1" FAIL "the kernel has no $2 namespaces" "boot the distribution's own kernel"
  elif [[ -r $limit && $(<"$limit") == 0 ]]; then
    fact "$1" FAIL "$limit is 0" "echo 10000 > $limit"
  elif ((EUID != 0)); then
    fact "$1" warn "in the kernel; only root can try" "run as root or with sudo"
  elif why=$(unshare "$3" --fork true 2>&1); then
    fact "$1" ok "made one"
  else
    fact "$1" FAIL "$why" "a container, a chroot or a security module is in the way: use the machine itself, or vagrant up"
  fi
}

pid_namespace() { namespace pid-namespace pid --pid; }
mnt_namespace() { namespace mnt-namespace mnt --mount; }
net_namespace() { namespace net-namespace net --net; }

mounting() {
  local why
  if ((EUID != 0)); then
    fact mount FAIL "only root can mount" "run as root or with sudo"
  elif why=$(unshare --mount sh -c 'mount -t tmpfs doctor /mnt' 2>&1); then
    fact mount ok "mounted a tmpfs in a namespace of its own"
  else
    fact mount FAIL "$why" "a container, a chroot or AppArmor is in the way: use the machine itself, or vagrant up"
  fi
}

# Root can make them wherever the kernel has them; the distributions' switches close them to all others. Lab 09
# runs as root in any case, and without it where they are open.
user_namespaces() {
  local switch=/proc/sys/kernel/unprivileged_userns_clone restriction=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
  local most=/proc/sys/user/max_user_namespaces
  if [[ ! -e /proc/self/ns/user ]]; then
    fact userns FAIL "the kernel has no user namespaces" "boot the distribution's own kernel"
  elif [[ -r $most && $(<"$most") == 0 ]]; then
    fact userns FAIL "$most is 0" "sysctl user.max_user_namespaces=10000"
  elif [[ -r $switch && $(<"$switch") == 0 ]]; then
    fact userns warn "closed to all but root (kernel.unprivileged_userns_clone is 0)" "sysctl kernel.unprivileged_userns_clone=1"
  elif [[ -r $restriction && $(<"$restriction") == 1 ]]; then
    fact userns warn "AppArmor gives none but root power in them (Ubuntu 24.04)" "sysctl kernel.apparmor_restrict_unprivileged_userns=0"
  else
    fact userns ok "open to all users"
  fi
}

# has_range NAME UID: do both files give this user a range of ids?
has_range() { grep -qsE "^($1|$2):[0-9]+:[1-9]" /etc/subuid && grep -qsE "^($1|$2):[0-9]+:[1-9]" /etc/subgid; }

# Which ids lab 09 maps: root needs a range alone, another user the two programs, too.
subordinate_ids() {
  local user=${SUDO_USER:-$(id -un)} uid=${SUDO_UID:-$(id -u)}
  if ! has_range root 0 && ! has_range "$user" "$uid"; then
    fact subuid warn "no range for root${SUDO_USER:+ or $SUDO_USER} in /etc/subuid and /etc/subgid: lab 09 maps one id alone" \
      "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $user; or give --map"
  elif [[ $user != root ]] && ! command -v newuidmap >/dev/null; then
    fact subuid warn "no newuidmap: without root, lab 09 maps one id alone" "apt-get install uidmap"
  else
    fact subuid ok "a range of ids for lab 09"
  fi
}

# A version 1 mount names its controllers among its options.
v1_controllers() {
  sed -n 's/.* - cgroup [^ ]* //p' /proc/self/mountinfo | tr , '\n' |
    grep -xE 'cpu|cpuacct|cpuset|memory|devices|freezer|net_cls|net_prio|blkio|perf_event|hugetlb|pids|rdma|misc' |
    sort -u | xargs
}

# Which versions are mounted, and which controllers each has.
cgroups() {
  local v1 v2 controllers='' name absent=()
  v1=$(v1_controllers) || v1=
  v2=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  [[ ! $v2 ]] || controllers=$(cat "$v2/cgroup.controllers" 2>/dev/null) || true
  for name in memory cpu pids; do [[ " $v1 $controllers " == *" $name "* ]] || absent+=("$name"); done
  if [[ ! $v1 && ! $v2 ]]; then
    fact cgroup FAIL "no cgroup file system is mounted" "mount -t cgroup2 none /sys/fs/cgroup"
  elif ((${#absent[@]})); then
    fact cgroup warn "no controller for ${absent[*]}: lab 06 cannot limit that" \
      "on the kernel's command line: cgroup_enable=memory; on version 2, is this a container?"
  elif [[ $v1 && $v2 ]]; then
    fact cgroup ok "version 1 ($v1), version 2 beside it at $v2 (${controllers:-no controllers})"
  elif [[ $v1 ]]; then
    fact cgroup ok "version 1: $v1"
  else
    fact cgroup ok "version 2 at $v2: $controllers"
  fi
}

# in_kernel MODULE: built in, loaded, or there to be loaded.
in_kernel() { [[ -e /sys/module/$1 ]] || modprobe -qn "$1" 2>/dev/null; }

overlay() {
  if grep -qw overlay /proc/filesystems || in_kernel overlay; then
    fact overlayfs ok "the kernel has it"
  else
    fact overlayfs FAIL "the kernel has no overlayfs" "install the distribution's full kernel (linux-image-generic)"
  fi
}

# A veth pair and a bridge in a network namespace that goes away with the try.
veth() {
  local why
  if ((EUID != 0)) || ! command -v ip >/dev/null; then
    fact veth warn "not tried: it takes root and the program ip" "apt-get install iproute2, and run as root"
  elif why=$(unshare --net sh -c 'ip link add veth0 type veth peer name veth1 && ip link add bridge0 type bridge' 2>&1); then
    fact veth ok "made a veth pair and a bridge in a network namespace of their own"
  else
    fact veth FAIL "$why" "modprobe veth bridge; a container may have to be --privileged"
  fi
}

tools() {
  local name absent=()
  for name in git cmake ninja unshare nsenter lsns mount flock; do
    command -v "$name" >/dev/null || absent+=("$name")
  done
  command -v g++ >/dev/null || command -v g++-8 >/dev/null || absent+=(g++)
  if ((${#absent[@]} == 0)); then
    fact tools ok "compiler, CMake, git and util-linux are there"
  else
    fact tools warn "missing: ${absent[*]}" "./lab setup installs them"
  fi
}

# The image needs symbolic links and, in later labs, device nodes: a folder that a virtual machine
# shares with its host often has neither.
folder() {
  local options why=
  options=$(findmnt -nro OPTIONS -T "$home" | tail -n 1) || options=
  if ! scratch=$(mktemp -d "$home/.lab-doctor.XXXXXX" 2>/dev/null); then
    fact folder FAIL "nothing can be written in $(realpath "$home")" "clone the course to a folder of your own"
    return
  fi
  ln -s target "$scratch/link" 2>/dev/null || why="has no symbolic links"
  if ((EUID == 0)) && ! mknod "$scratch/null" c 1 3 2>/dev/null; then why=${why:-has no device nodes}; fi
  rm -rf "$scratch"
  if [[ $why ]]; then
    fact folder FAIL "the file system of $(realpath "$home") $why" \
      "a synced folder? copy the course to the machine's own disk: cp -r $(realpath "$home") ~/labs"
  elif [[ ,$options, == *,noexec,* ]]; then
    fact folder FAIL "it lies on a noexec mount: no program of the image can start" "mount -o remount,exec, or another folder"
  elif [[ ,$options, == *,nodev,* ]]; then
    fact folder warn "it lies on a nodev mount: device nodes in the image will not open" "only labs 01 and 02 would notice"
  else
    fact folder ok "symbolic links, device nodes, exec"
  fi
}

image() {
  local image=${LAB_ROOTFS:-$home/rootfs/busybox}
  if [[ -e $image/bin/busybox || -e $image/bin/sh ]]; then
    fact image ok "$image"
  else
    fact image warn "not fetched yet: $image" "./lab setup fetches it"
  fi
}

# --- lab 12: a virtual machine --------------------------------------------------------------

qemu() {
  local program version
  program=qemu-system-$(uname -m)
  if version=$(PATH=$PATH:/usr/sbin:/sbin "$program" --version 2>/dev/null | head -n 1) && [[ $version ]]; then
    fact qemu ok "$program, ${version#QEMU emulator }"
  elif command -v apt-get >/dev/null; then
    fact qemu warn "no $program: lab 12 has no machine" "./lab run 12 installs it"
  else
    fact qemu FAIL "no $program: lab 12 has no machine" "install QEMU by the means of this distribution"
  fi
}

guest_kernel() {
  local folder=${LAB_KERNEL:-$state/kernel}
  if [[ -f $folder ]]; then
    fact guest-kernel ok "$folder"
  elif [[ -e $folder/vmlinuz ]]; then
    fact guest-kernel ok "$(cd "$folder/lib/modules" 2>/dev/null && echo *), in $folder"
  elif command -v apt-get >/dev/null; then
    fact guest-kernel warn "none yet in $folder: lab 12's machine has nothing to boot" "./lab run 12 fetches it"
  else
    fact guest-kernel FAIL "none in $folder: lab 12's machine has nothing to boot" "LAB_KERNEL names a kernel, its modules beside it"
  fi
}

# A fact, not a fault: without KVM the machine is slower. That the device opens is no proof: lab 12 tries a boot.
kvm() {
  local seen=
  if [[ ! -e /dev/kvm ]]; then
    fact kvm ok "no /dev/kvm: QEMU translates each instruction of a guest (TCG)"
  elif ! { : <>/dev/kvm; } 2>/dev/null; then
    fact kvm ok "/dev/kvm cannot be opened: QEMU translates each instruction of a guest (TCG)"
  else
    [[ $(head -n 1 /run/lab-kvm 2>/dev/null) != "$(</proc/sys/kernel/random/boot_id)" ]] || seen=$(tail -n 1 /run/lab-kvm)
    case $seen in
      yes) fact kvm ok "works: lab 12 has booted a kernel with it" ;;
      no) fact kvm ok "/dev/kvm opens, but a kernel does not boot with it: QEMU translates each instruction (TCG)" ;;
      *) fact kvm ok "/dev/kvm opens; whether a kernel boots with it, ./lab run 12 finds out" ;;
    esac
  fi
}

# --- labs -------------------------------------------------------------------------------

# What a lab needs beyond the labs before it.
needs() {
  case $1 in
    01-*) echo "kernel root capabilities folder" ;;
    02-*) echo "pid-namespace" ;;
    03-*) echo "mnt-namespace mount" ;;
    05-*) echo "net-namespace veth" ;;
    06-*) echo "cgroup" ;;
    07-*) echo "overlayfs" ;;
    09-*) echo "userns" ;;
    12-*) echo "qemu guest-kernel" ;;
  esac
}

verdicts() {
  local lab name needed=() missing status=0
  for lab in $(labs); do
    read -ra needed <<<"${needed[*]} $(needs "$lab")"
    missing=()
    for name in "${needed[@]}"; do
      [[ ! ${broken[$name]:-} ]] || missing+=("$name: ${broken[$name]}")
    done
    if ((${#missing[@]} == 0)); then
      printf '%s%s%s\n' "$(colour 1 32)" "$lab can run" "$(colour 1 0)"
    else
      printf '%s%s%s: %s\n' "$(colour 1 31)" "$lab cannot run" "$(colour 1 0)" "$(IFS=';'; echo "${missing[*]}")"
      status=1
    fi
  done
  return "$status"
}

for each in kernel architecture capabilities pid_namespace mnt_namespace net_namespace mounting \
  user_namespaces subordinate_ids cgroups overlay veth tools folder image qemu guest_kernel kvm; do
  "$each" || fact "$each" warn "this could not be told"
done
echo
verdicts
