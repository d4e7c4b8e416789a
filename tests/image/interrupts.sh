# Checks of runs that are killed, and of runs at the same time: never half an image, and nothing left behind.
# Run by run.sh.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154  # run.sh sets what they share

# Runs the script, and the shell command DEED just after its first call of PROGRAM with TEXT among the arguments.
meanwhile() { # DEED PROGRAM TEXT ARGUMENT...
  local deed=$1 program=$2 text=$3
  shift 3
  mkdir -p shims
  cat >"shims/$program" <<END
#!/bin/bash
$(type -P "$program") "\$@"; status=\$?
if [[ "\$*" == *'$text'* ]] && mkdir "$PWD/shims/once" 2>/dev/null; then cd '$PWD' && $deed; fi
exit \$status
END
  chmod +x "shims/$program"
  # Job control: without it a process in the background ignores SIGINT.
  # shellcheck disable=SC2016  # for the shell inside
  said=$(set -m; PATH=$PWD/shims:$PATH bash -c 'echo $$ >shims/pid; exec bash "$@"' - "$FETCH" "$@" 2>&1 & wait $!; echo "status $?")
  [[ -d shims/once ]] || echo "the script never called $program with $text"
  rm -rf shims
}
killed_at() { local signal=$1; shift; meanwhile "kill -$signal \$(cat shims/pid)" "$@"; }

killed_while_laying_out() {
  local signal
  for signal in HUP INT TERM; do
    killed_at "$signal" ln bin/sh "${from_package[@]}" image
    expect "after SIG$signal" "status $(( 128 + $(kill -l "$signal") ))" "${said##*$'\n'}"
    expect_only
  done
}

# An apt-get that never ends: the signal must not wait for it.
killed_package() {
  local pid
  mkdir shims tmp
  printf '%s\n' '#!/bin/bash' '[[ $* != *--print-uris* ]] || exit 0' "echo \$\$ >'$PWD/shims/reached'" 'exec sleep 100' >shims/apt-get
  chmod +x shims/apt-get
  PATH=$PWD/shims:$PATH TMPDIR=$PWD/tmp bash "$FETCH" image >/dev/null 2>&1 &
  pid=$!
  wait_until test -s shims/reached
  terminated "$pid"
  kill "$(cat shims/reached)" 2>/dev/null && echo 'expected: apt-get gone; seen: it runs on'
  expect_only shims tmp
  expect 'what lies in TMPDIR' '' "$(ls -A tmp)"
}

killed_for_good() {
  killed_at KILL ln bin/sh "${from_package[@]}" image
  expect 'an image' '' "$(find . -maxdepth 1 -name image)"
  (( $(find . -mindepth 1 -maxdepth 1 | wc -l) == 1 )) || echo 'expected: what the killed run was building; seen: nothing'
  fetch_ok "${from_package[@]}" image
  expect_same_tree image
  expect_only image
}

killed_while_replacing() {
  cp -a "$image" image
  echo mine >image/root/file
  killed_at TERM mv image --force "${from_package[@]}" image
  expect 'status' 'status 143' "${said##*$'\n'}"
  expect 'the old image' mine "$(cat image/root/file)"
  expect_only image
}

taken_meanwhile() {
  meanwhile 'mkdir image && echo precious >image/file' ln bin/sh "${from_package[@]}" image
  expect "($said)" 'status 1' "${said##*$'\n'}"
  expect_said "could not put the image at $PWD/image" 'hint: '
  expect 'what lies in the folder' file "$(ls -A image)"
  expect_only image
}

at_once() { # ARGUMENT...: five runs on the same DIR
  local pids=() pid
  for _ in 1 2 3 4 5; do
    bash "$FETCH" "$@" image >>out 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || echo "one of five failed: $(cat out)"
  done
  rm -f out
  expect_same_tree image
  expect_only image
}

runs_at_once() {
  at_once "${from_package[@]}"
  at_once --force "${from_package[@]}"
}

downloads_at_once() {
  serve "$package" 300000
  local number pids=() pid
  for number in 1 2 3; do
    mkdir "$number"
    bash "$FETCH" --url "$site/file" --sha256 "${from_package[3]}" "$number/image" >/dev/null 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || echo 'one of three failed'; done
  for number in 1 2 3; do expect_same_tree "$number/image"; done
  expect 'ranges asked for by all' 'none bytes=300000- bytes=600000- bytes=900000-' "$(ranges)"
}

check 'a signal while the image is laid out leaves nothing' killed_while_laying_out
check 'a signal while the package is fetched ends the run at once' killed_package
check 'what a SIGKILL leaves is swept by the next run' killed_for_good
check 'a signal while an image is replaced keeps the old one' killed_while_replacing
check 'a folder that comes up meanwhile is left alone' taken_meanwhile
check 'five runs at once on the same DIR' runs_at_once
check 'three downloads of the same at once' downloads_at_once
