# shellcheck shell=bash disable=SC2154
# Which Debian and Ubuntu packages are needed for what, and installing those that are missing.
# Sourced by ./lab.

# g++ 8 is the oldest that will do; Ubuntu 18.04 calls it g++-8, and has setpriv outside of util-linux. Its QEMU starts
# no kernel that is unpacked.
compiler=g++ setpriv='' lz4=lz4
if [[ -r /etc/os-release && $(</etc/os-release) == *'VERSION_ID="18.04"'* ]]; then compiler=g++-8 setpriv=setpriv lz4=; fi

emulator=qemu-system-x86
if [[ $HOSTTYPE == aarch64 ]]; then emulator=qemu-system-arm; fi

# The sanitizers' libraries, which come in a package that is named for clang's version.
clang_runtime() {
  apt-cache show --no-all-versions clang 2>/dev/null | sed -n 's/^Version: [0-9]*:\([0-9]*\).*/libclang-rt-\1-dev/p'
}

# One line of output a purpose. Libraries are listed with the oldest version that will do:
# cmake/Dependencies.cmake fetches those that the distribution has not.
packages_for() {
  case $1 in
    build) echo "$compiler cmake ninja-build git ca-certificates procps libmnl-dev libcap-dev libseccomp-dev libarchive-dev" ;;
    libraries) echo "libcli11-dev>=2.1 libfmt-dev>=8 doctest-dev>=2.4.6 nlohmann-json3-dev>=3.9" ;;
    watch) echo entr ;;
    machine) echo "$emulator kmod xz-utils zstd $lz4 binutils util-linux $setpriv" ;; # lab 12's, and fetching its kernel
    vm) echo "$(packages_for machine) cpio nftables iproute2" ;;
    test)
      echo "ccache clang clang-format clang-tidy shellcheck bubblewrap crun runc strace jq tree expect" \
        "debootstrap vagrant bridge-utils iproute2 nftables iptables python3 curl wget uidmap util-linux $setpriv" \
        "$(clang_runtime)" ;;
  esac
}

# missing PACKAGE...: those of them that are not installed.
missing() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort)
}

# on_offer NAME>=VERSION: does the distribution have it, new enough?
on_offer() {
  local offered
  offered=$(apt-cache show --no-all-versions "${1%%>=*}" 2>/dev/null | sed -n 's/^Version: //p')
  [[ $offered ]] && dpkg --compare-versions "$offered" ge "${1##*>=}"
}

# Descriptor 9 is the lock of install_missing; a service that a package starts must not keep it.
apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >&2 9<&-; }

# A fresh machine may have no package lists yet.
need_package_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt_get update; }

# A list that is out of date names files that are gone from the server.
apt_install() {
  apt_get install --no-install-recommends "$@" && return
  apt_get update
  apt_get install --no-install-recommends "$@"
}

# Another system's learner brings the tools along; say which.
need_commands() {
  local name absent=()
  for name in "$compiler" cmake ninja git; do
    command -v "$name" >/dev/null || absent+=("$name")
  done
  ((${#absent[@]} == 0)) || die "not found: ${absent[*]}" "this is no Debian or Ubuntu: install them by hand"
}

# absent_of PURPOSE...: the packages that are needed and not there.
absent_of() {
  local purpose wanted=()
  for purpose; do read -ra wanted <<<"${wanted[*]} $(packages_for "$purpose")"; done
  missing "${wanted[@]}"
}

# install_missing PURPOSE...: one start at a time; the next one finds nothing missing any more.
install_missing() {
  command -v dpkg-query >/dev/null || { need_commands; return; }
  [[ $(absent_of "$@") ]] || return 0
  exec 9<"$launcher"
  flock 9
  install_now "$@"
  exec 9<&-
}

install_now() {
  local package absent offered=()
  need_package_lists
  absent=$(absent_of "$@" | xargs)
  [[ $absent ]] || return 0
  note "missing packages for $*: $absent"
  for package in $absent; do
    if [[ $(apt-cache show "$package" 2>/dev/null) ]]; then
      offered+=("$package")
    else
      note "not in this distribution: $package"
    fi
  done
  ((${#offered[@]} == 0)) || apt_install "${offered[@]}"
}

# The distribution's libraries spare a download, but nothing fails without them.
install_libraries() {
  local library absent=()
  [[ -z ${LAB_DEPS_DIR:-} ]] && command -v dpkg-query >/dev/null || return 0
  for library in $(packages_for libraries); do
    if [[ $(missing "${library%%>=*}") ]] && on_offer "$library"; then absent+=("${library%%>=*}"); fi
  done
  ((${#absent[@]})) || return 0
  note "missing libraries: ${absent[*]}"
  apt_install "${absent[@]}"
}
