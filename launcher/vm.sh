# shellcheck shell=bash disable=SC2154
# ./lab vm: a virtual machine that has cgroup version 2 only, with the labs in it. Sourced by ./lab.
# LAB_KVM=1 ./lab vm NN: faster, where KVM works.

# Every lab, to compare them; an exercise only of the lab that was named, and it may be unfinished.
build_for_vm() {
  local lab targets=()
  for lab in $(labs); do targets+=("$lab" "check-$lab"); done
  for lab in $(escapes); do targets+=("escape-$lab"); done
  build "${targets[@]}"
  build "$1-exercise" || note "going on without a new $1-exercise"
}

vm() {
  local lab
  (($#)) || usage_error "vm: which lab?" "for example: ./lab vm 01"
  lab=$(find_lab "$1")
  shift
  if (($#)); then
    [[ $1 == -- && $# -gt 1 ]] || usage_error "vm: it takes no option, but got: $*" \
      "a command stands after --: ./lab vm ${lab%%-*} -- check-$lab"
    shift
  elif [[ ! -t 0 || ! -t 1 ]]; then
    usage_error "vm: there is no terminal for a shell" "name a command: ./lab vm ${lab%%-*} -- check-$lab"
  fi
  install_missing build vm
  build_for_vm "$lab"
  fetch_image
  fetch_kernel
  note "booting; without KVM that takes a few seconds"
  exec bash "$launcher/vm/boot.sh" "$lab" "$@"
}
