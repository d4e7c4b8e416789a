# shellcheck shell=bash disable=SC2154
# ./lab test: prepares as setup does, then runs every test. Sourced by ./lab.

failed=()
times=()

# part NAME COMMAND...: goes on after a failure, so that one run tells all.
part() {
  local name=$1 begun=$SECONDS
  shift
  "$@" || failed+=("$name")
  times+=("$name $((SECONDS - begun)) s")
}

in_folder() {
  show cd "$1"
  (cd "$1" && as_root "${@:2}")
}

run_tests() {
  local started=$SECONDS summary
  need_root
  install_missing build test vm watch
  install_libraries
  fetch_image
  fetch_kernel || note "going on: the test vm says what it lacks"
  part build build_in "$home/build" "-DCMAKE_CXX_COMPILER=${CXX:-$compiler}" all
  part tests in_folder "$home/build" ctest --output-on-failure "-j$(($(nproc) + 2))"
  # The same checks on programs that watch their own memory and arithmetic.
  part "asan build" build_in "$home/build-asan" -DCMAKE_CXX_COMPILER=clang++ -DLAB_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug all
  part "asan checks" in_folder "$home/build-asan" ctest --output-on-failure -j2 -L checks
  printf -v summary '%s, ' "${times[@]}"
  summary+="in all $((SECONDS - started)) s"
  ((${#failed[@]} == 0)) || die "failed: $(IFS=,; echo "${failed[*]}") ($summary)"
  echo "all tests passed: $summary"
}
