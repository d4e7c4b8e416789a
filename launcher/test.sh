# shellcheck shell=bash disable=SC2154
# ./lab test: prepares as setup does, then runs every test. With --sanitize, and on a build server, the programs are
# built once more, such as watch their own memory and arithmetic, and checked. Sourced by ./lab.

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

# The throwaway system of tests/vagrant compiles the same files again, elsewhere: it finds what was compiled here.
keep_compiled_objects() {
  command -v ccache >/dev/null || return 0
  CCACHE_BASEDIR=$(realpath "$home")
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR CCACHE_NOHASHDIR=1 CCACHE_COMPILERCHECK=content
  # The first, or precompiled headers would keep it from looking at all; the others, or looking would take a third of
  # the compiler's time.
  export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 CCACHE_DEPEND=1
  export CCACHE_DIR=${XDG_CACHE_HOME:-/var/cache}/container-labs/ccache CCACHE_UMASK=000
  as_root install -d -m 777 "$CCACHE_DIR"
}

# Most tests wait more than they compute: meanwhile these are compiled, after all else that wants the processor.
begin_asan_build() {
  asan_log=$(mktemp)
  set -m # a process group of its own: whatever ends this start ends all of it
  (
    renice -n 10 -p "$BASHPID" >/dev/null
    build_in "$home/build-asan" -DCMAKE_CXX_COMPILER=clang++ -DLAB_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug all
  ) >"$asan_log" 2>&1 &
  asan_build=$!
  set +m
  # shellcheck disable=SC2064 # now: afterwards the variable is gone
  trap "kill -- -$asan_build 2>/dev/null || true" EXIT
}
end_asan_build() {
  local status=0
  wait "$asan_build" || status=$?
  ((status == 0)) || cat "$asan_log" >&2
  rm "$asan_log"
  return "$status"
}

run_tests() {
  local started=$SECONDS summary asan_build asan_log sanitize=false at_a_time=$((3 * $(nproc)))
  [[ $# == 0 || $* == --sanitize ]] || usage_error "test: $*?" "./lab test [--sanitize]"
  [[ ${CI:-} != true && $# == 0 ]] || sanitize=true
  need_root
  install_missing build test vm watch
  install_libraries
  fetch_image
  fetch_kernel || note "going on: the test vm says what it lacks"
  keep_compiled_objects
  part build build_in "$home/build" "-DCMAKE_CXX_COMPILER=${CXX:-$compiler}" all
  if $sanitize; then
    begin_asan_build
    at_a_time=$(($(nproc) + 1)) # a compiler is at work, too
  fi
  part tests in_folder "$home/build" ctest --output-on-failure "-j$at_a_time"
  if $sanitize; then
    part "waiting for the asan build" end_asan_build
    # Without lab 12: what takes its time there is QEMU and a kernel, which are watched by nobody.
    part "asan checks" in_folder "$home/build-asan" ctest --output-on-failure "-j$(nproc)" -L checks -E check-12
  fi
  printf -v summary '%s, ' "${times[@]}"
  summary+="in all $((SECONDS - started)) s"
  ((${#failed[@]} == 0)) || die "failed: $(IFS=,; echo "${failed[*]}") ($summary)"
  echo "all tests passed: $summary"
}
