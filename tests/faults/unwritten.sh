# shellcheck shell=bash disable=SC2154
# An exercise as it is given out says which function is missing, and passes no check that tells of the learner's
# work. Sourced by run.sh.

# These may hold without any work of the learner's: nothing runs, so nothing is left behind; bad input is refused
# by what all labs share; an exercise may come after what the reference of the labs before refuses.
may_hold='--list shows the containers that run
a --bridge that is none is refused
a --cap-add or --cap-drop that is no capability is refused
a --cpus that is no share of CPU time is refused
a --lower that is no layer is refused
a --map that is none is refused
a --memory that is no size or too little is refused
a --pids that is no number of processes is refused
a container in the making is not entered
a name whose pid another process has by now is refused
a process that has ended is refused also where no one has asked how
an --upper that cannot be used has its owner back
an --upper that cannot keep changes is refused
an --ip that no container can have is refused
an image that is missing or empty or no directory is refused
an image whose dev or proc or sys is a symbolic link is refused
no cgroup is left behind
no lock file is left behind
no mount of the container appears on the host
no network link is left behind
no process is left behind
the forwarding setting and the packet filter are as they were
the image is as it was
what is no running container is refused
who is not root is told so
without root what takes power over the host is refused by name'

exercise_says_what_is_missing() {
  local lab=$1 status=0 said function image options
  image=$(mktemp -d)
  mkdir "$image"/{dev,proc,sys} # the exercise of lab 10 comes after what is mounted there
  options=(--rootfs "$image" -- /bin/true)
  [[ $lab != 11-* ]] || options=(--list-steps) # else it needs a container
  said=$("$bin/$lab-exercise" "${options[@]}" 2>&1) || status=$?
  rm -r "$image"
  function=$(sed -n 's/^\(.*\)() is not written yet$/\1/p' <<<"$said")
  if ((status == 99)) && [[ $function ]] && grep -q "not_written(\"$function\")" "labs/$lab/exercise.cpp"; then
    ok "$lab-exercise ends with 99 and names $function"
  else
    not_ok "$lab-exercise ends with 99 and names a function" "99" "$status: $said"
  fi
}

checks_fail_it() {
  local lab=$1 status=0 report undeserved
  report=$(LAB_COMMAND="$bin/$lab-exercise" "$bin/check-$lab" 2>&1) || status=$?
  undeserved=$(names ok "$report" | grep -vxF -e "$may_hold" || true)
  if ((status == 1)) && [[ -z $undeserved ]]; then
    ok "check-$lab fails the unwritten exercise: $(tail -n 1 <<<"$report")"
  else
    not_ok "check-$lab fails the unwritten exercise" "exit 1, and no other check passes than those that may" \
      "exit $status, and these pass: $undeserved"
  fi
}

unwritten() {
  exercise_says_what_is_missing "$1"
  checks_fail_it "$1"
}
