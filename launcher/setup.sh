# shellcheck shell=bash disable=SC2154
# Everything that a lab needs before it can run: packages, programs, the image. Sourced by ./lab.

# build TARGET...: nothing happens, and nothing is printed, where all are up to date.
build() {
  local target stale=()
  for target; do
    up_to_date "$target" || stale+=("$target")
  done
  ((${#stale[@]})) || return 0
  build_in "$home/build" "-DCMAKE_CXX_COMPILER=${CXX:-$compiler}" "${stale[@]}"
}

# build_in FOLDER [-DOPTION=VALUE...] TARGET...
build_in() {
  if [[ ! -f $1/build.ninja ]]; then
    install_missing build
    install_libraries
  fi
  as_owner bash "$launcher/build.sh" "$@" >&2
}

# A program is up to date when no source was written, moved or removed since its last build began.
# An exercise is the source of one program only.
up_to_date() {
  local stamp=$home/build/stamps/$1
  [[ -x $bin/$1 && -e $stamp ]] || return 1
  [[ ! $(find "$home"/{CMakeLists.txt,cmake,common,labs,launcher,tests} \
    \( -type d -o -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt -o -name '*.cmake' \) \
    \( ! -name exercise.cpp -o -path "*/${1/%-exercise//exercise.cpp}" \) \
    \( -newer "$stamp" -o -cnewer "$stamp" \) -print -quit) ]]
}

fetch_image() {
  [[ -z ${LAB_ROOTFS:-} || $LAB_ROOTFS == "$home/rootfs/busybox" ]] || return 0 # the reader's own
  [[ ! -e $home/rootfs/busybox/bin/busybox ]] || return 0
  if command -v apt-get >/dev/null; then need_package_lists; fi
  show "$home/rootfs-scripts/fetch-busybox.sh"
  as_owner "$home/rootfs-scripts/fetch-busybox.sh" >&2
}

fetch_kernel() {
  if [[ -e $state/kernel/vmlinuz ]]; then return; fi
  if command -v apt-get >/dev/null; then need_package_lists; fi
  show "$home/rootfs-scripts/fetch-kernel.sh"
  as_owner "$home/rootfs-scripts/fetch-kernel.sh" >&2
}

# prepare LAB: what it is started with. Lab 12 is a virtual machine, too, and a container of lab 10; where it lacks
# something, the lab itself says so.
prepare() {
  build "$1"
  fetch_image
  [[ $1 == 12-* ]] || return 0
  build 10-privileges
  install_missing machine
  [[ ${LAB_KERNEL:-$state/kernel} != "$state/kernel" ]] || fetch_kernel || note "going on without a kernel for a virtual machine"
}

# All at once is the fastest; but an exercise that does not compile must not stop the labs.
setup() {
  local lab target targets=()
  install_missing build
  install_libraries
  for lab in $(labs); do targets+=("$lab" "check-$lab"); done
  for lab in $(escapes); do targets+=("escape-$lab"); done
  for target in "${targets[@]}"; do
    up_to_date "$target" && continue
    build_in "$home/build" "-DCMAKE_CXX_COMPILER=${CXX:-$compiler}" labs || note "going on with what the labs need"
    break
  done
  build "${targets[@]}"
  fetch_image
  note "ready: ./lab list shows the labs"
}
