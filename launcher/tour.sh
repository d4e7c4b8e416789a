# shellcheck shell=bash disable=SC2154
# ./lab tour [--step]: walks the labs one after another, on the real image, and measures at the
# end which escape works in which lab. Sourced by ./lab.

# Which lab closes which escape: it works in every lab before, and before lab 01 under chroot(8).
closed_by() {
  case $1 in
    leaked-fd) echo 01 ;;
    kill-host) echo 02 ;;
    mount-on-host) echo 03 ;;
    chroot-dotdot) echo 04 ;;
    host-loopback | abstract-socket) echo 05 ;;
    fork-bomb | memory-hog | cpu-hog) echo 06 ;;
    poison-image) echo 07 ;;
    rename-host | host-shm) echo 08 ;;
    device-node | proc-sys | load-module | ptrace | core-pattern | sysrq | release-agent) echo 09 ;;
    keyctl) echo 10 ;;
  esac
}

# What an escape makes use of.
idea_of() {
  case $1 in
    leaked-fd) echo "a directory that the caller left open is a door out of any root" ;;
    kill-host) echo "kill(2) takes a number, and the numbers are the host's" ;;
    mount-on-host) echo "what is mounted in the image shows in the host's mount table" ;;
    chroot-dotdot) echo "a second chroot(2) moves the root away, and .. passes it by" ;;
    host-loopback) echo "127.0.0.1 is the host's, and what listens there trusts whoever comes" ;;
    abstract-socket) echo "the name of an abstract socket is no file: no root directory hides it" ;;
    fork-bomb) echo "every process of the machine is from the same supply" ;;
    memory-hog) echo "memory is the machine's: who asks for all of it gets it" ;;
    cpu-hog) echo "whoever computes most gets most of the CPUs" ;;
    poison-image) echo "what one container writes into its image, the next one runs" ;;
    rename-host) echo "the machine has one name, and root may change it" ;;
    host-shm) echo "shared memory is found by a number, and the numbers are the host's" ;;
    device-node) echo "a device node is a type and a number: root makes one for any disk of the host" ;;
    proc-sys) echo "there is one kernel, and /proc/sys sets it" ;;
    load-module) echo "root loads code into the kernel, and the kernel is the host's" ;;
    ptrace) echo "a process of the host that comes in can be taken over by those who are there" ;;
    core-pattern) echo "the host's kernel runs, as root, what core_pattern names, when any process crashes" ;;
    sysrq) echo "one letter to /proc/sysrq-trigger restarts the machine; another only says help" ;;
    release-agent) echo "the host's kernel runs, as root, what release_agent names, when a cgroup is empty" ;;
    keyctl) echo "keys are inherited from who started the container: no namespace takes them away" ;;
  esac
}

no_user_namespace=' --skip unshare-user'
step=false
surprises=0
declare -A verdicts # "escape lab" -> out | held | - | error N

heading() { printf '\n%s== %s%s\n   %s\n' "$(colour 1 1)" "$1" "$(colour 1 0)" "$2"; }

caption() {
  if $step; then
    printf '\nEnter goes on: %s ' "$1"
    read -r _ </dev/tty
  fi
  printf '\n%s-- %s%s\n' "$(colour 1 36)" "$1" "$(colour 1 0)"
}

# in_order: the escapes, in the order in which the labs close them.
in_order() {
  local escape
  for escape in $(escapes); do echo "$(closed_by "$escape") $escape"; done | sort | awk '{ print $NF }'
}

# The tour's own output and the commands' stderr are one story, in order.
lab_command() { run "$home/lab" "$@" 2>&1; }

# expected ESCAPE LAB; what lab 09 closes by its user namespace, lab 10 closes without one, too.
expected() {
  local number=${2%%-*}
  if [[ $number == chroot || $2 == 09-*"$no_user_namespace" || $2 == *read-only-paths || $number < $(closed_by "$1") ]]; then echo out; else echo held; fi
}

# judge ESCAPE LAB STATUS [WORDS]: notes what came of it, and says where that is a surprise, with what it said.
judge() {
  local verdict
  case $3 in 0) verdict=out ;; 1) verdict=held ;; 77) verdict=- ;; *) verdict="error $3" ;; esac
  verdicts["$1 $2"]=$verdict
  [[ $verdict != - && $verdict != "$(expected "$1" "$2")" ]] || return 0
  surprises=$((surprises + 1))
  echo "$(colour 1 31)SURPRISE: $1 in $2: $verdict, but expected: $(expected "$1" "$2")$(colour 1 0)"
  [[ ! ${4:-} ]] || printf '%s\n' "$4"
}

# try_escape ESCAPE LAB [OPTION...]
try_escape() {
  local status=0
  lab_command escape "$1" "${2%%-*}" "${@:3}" || status=$?
  judge "$1" "${*:2}" "$status"
}

# The labs that an attack can be run in; 00 only looks, and 11 enters what 10 has made.
with_containers() { labs | grep -v '^00-'; }

visit_compare() {
  heading "$1" "$(adds "$1")"
  caption "a container that is no more than a chroot(2), beside the host: the labs change one thing after another"
  lab_command compare 01 || die "$1 failed" "./lab doctor tells whether this machine can run it"
}

visit_exec() {
  heading "$1" "$(adds "$1")"
  caption "a container of lab 10 runs, and another command enters it, with the system calls that ran"
  run "${sudo[@]}" "$launcher/exec_in_lab.sh" --explain --rootfs "${LAB_ROOTFS:-$home/rootfs/busybox}" -- \
    /bin/echo "hello from inside" 2>&1 \
    || die "$1 failed" "./lab doctor tells whether this machine can run it"
  caption "the attack that lab 10 was the last to hold, by this door"
  try_escape keyctl "$1"
}

# Of what the labs up to 11 make: what they come to, before something else altogether.
visit_stage() {
  heading "the final stage" "two finished containers side by side; each claim is read from the kernel"
  lab_command stage || surprises=$((surprises + 1))
}

visit_modes() {
  heading "$1" "$(adds "$1")"
  local mode
  for mode in process vm; do
    caption "the same command: $mode"
    lab_command run 12 --isolation "$mode" -- uname -rn || die "$1 failed" "./lab doctor tells whether this machine can run it"
  done
  caption "a setting of the kernel, where the container is made as a privileged one, and in a machine, where root may all"
  try_escape proc-sys 10-privileges --skip unshare-user --skip read-only-paths
  try_escape proc-sys "$1"
  caption "both modes side by side, and a panic"
  lab_command run 12 --compare || die "$1 failed" "./lab doctor tells whether this machine can run it"
}

# visit_twice_closed LAB-09 LAB-10
visit_twice_closed() {
  local escape
  for escape in $(escapes); do
    [[ $(closed_by "$escape") == 09 ]] || continue
    caption "$escape where there is no user namespace: before lab 10, and in it"
    idea_of "$escape"
    # shellcheck disable=SC2086 # two words
    try_escape "$escape" "$1" $no_user_namespace
    # shellcheck disable=SC2086
    try_escape "$escape" "$2" $no_user_namespace
  done
}

visit() {
  local lab=$1 before=$2 escape closes
  heading "$lab" "$(adds "$lab")"
  mapfile -t closes < <(for escape in $(escapes); do [[ $(closed_by "$escape") != "${lab%%-*}" ]] || echo "$escape"; done)
  for escape in "${closes[@]}"; do
    caption "before: $escape in ${before/#chroot/plain chroot(8)}"
    idea_of "$escape"
    try_escape "$escape" "$before"
  done
  caption "the steps of $lab, with the system calls that ran"
  lab_command run "${lab%%-*}" --explain -- /bin/echo "hello from inside $lab" \
    || die "$lab failed" "./lab doctor tells whether this machine can run it"
  for escape in "${closes[@]}"; do
    caption "now: $escape in $lab"
    try_escape "$escape" "$lab"
  done
  [[ $lab != 10-* ]] || visit_twice_closed "$before" "$lab"
  caption "$lab from inside, and from outside"
  lab_command view "${lab%%-*}"
}

# One boot for all of them.
measure_machine() {
  local escape verdict all
  mapfile -t all < <(escapes)
  while read -r escape verdict; do
    if [[ $verdict == out ]]; then judge "$escape" "$1" 0; else judge "$escape" "$1" 1; fi
  done < <(script_as_root escapes_in_machine.sh "$1" "${all[@]}" 2>/dev/null)
  for escape in "${all[@]}"; do [[ ${verdicts["$escape $1"]:-} ]] || judge "$escape" "$1" 125; done
}

# The cells that the tour did not pass are measured here: their words are told only where they surprise.
summary() {
  local escape lab status said cell row
  heading "which escape works where" "each cell was run just now; chroot is plain chroot(8), before lab 01"
  echo "   out: it reached the host; held: it did not; -: this machine has nothing of that kind"
  for lab in $(labs); do [[ $lab != 12-* ]] || measure_machine "$lab"; done
  printf '\n%-17s' ''
  for lab in chroot $(with_containers); do printf '%-6s ' "${lab%%-*}"; done
  printf '\n'
  for escape in $(in_order); do
    printf -v row '%-17s' "$escape"
    for lab in chroot $(with_containers); do
      if [[ ! ${verdicts["$escape $lab"]:-} ]]; then
        status=0
        said=$(script_as_root escape.sh "$escape" "$lab" 2>&1) || status=$?
        judge "$escape" "$lab" "$status" "$said"
      fi
      printf -v cell '%-6s ' "${verdicts["$escape $lab"]}"
      row+=$cell
    done
    echo "$row"
  done
}

tour() {
  local lab before=chroot
  if [[ ${1:-} == --step ]]; then
    { : </dev/tty; } 2>/dev/null || usage_error "tour: --step needs a terminal" "./lab tour runs through without one"
    step=true
    shift
  fi
  no_arguments tour "$@"
  need_root
  setup
  for lab in $(labs); do
    case $lab in
      00-*) visit_compare "$lab" ;;
      11-*) visit_exec "$lab" ;;
      12-*) visit_stage; visit_modes "$lab" ;;
      *) visit "$lab" "$before"; before=$lab ;;
    esac
  done
  summary
  heading "what is isolated, and since which lab" "read from the kernel, of a container of each lab that runs just now"
  lab_command compare || surprises=$((surprises + 1))
  echo
  echo "next: read labs/01-chroot/README.md, and write its exercise: ./lab watch 01"
  ((surprises == 0)) || die "$surprises things did not end as this course says"
}
