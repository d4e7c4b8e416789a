#!/usr/bin/env bash
# Configures where that was not done yet, and builds the targets named. Run by ./lab as the
# owner of the tree: launcher/build.sh DIR [-DOPTION=VALUE...] TARGET...
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

build_dir=$1 options=(-DCMAKE_BUILD_TYPE=Release)
shift
[[ -z ${LAB_DEPS_DIR:-} ]] || options+=("-DLAB_DEPS_DIR=$LAB_DEPS_DIR")
while [[ ${1:-} == -D* ]]; do
  options+=("$1")
  shift
done

# One start at a time builds in a folder; the lock ends with the process that holds it.
mkdir -p "$build_dir/stamps"
exec {lock}<"$build_dir"
flock -n "$lock" || { note "waiting for another build to end"; flock "$lock"; }

# A file that came or went since: what is built from which files is found out again.
changed() {
  [[ $(find "$home"/{CMakeLists.txt,cmake,common,labs,tests,bench} \
    \( -type d -o -name CMakeLists.txt -o -name '*.cmake' \) -newer "$build_dir/build.ninja" -print -quit) ]]
}
# A build for another tool than Ninja would be in the way.
[[ -f $build_dir/build.ninja ]] || rm -rf "$build_dir"/{CMakeCache.txt,CMakeFiles}
# -H and -B joined to their folder are what CMake 3.10 has.
if [[ ! -f $build_dir/build.ninja ]] || changed; then
  run cmake -G Ninja "-H$home" "-B$build_dir" "${options[@]}"
fi
# A stamp is as old as the beginning: what is saved while the compiler runs is built next time.
for target; do : >"$build_dir/stamps/$target.begun"; done
ninja_options=("-j$(nproc)")
several=false
if [[ $* == all || $* == labs ]]; then
  several=true
  ninja_options+=(-k 0) # so that all that is wrong is told at once
fi
[[ ! ${NO_COLOR:-} ]] || export TERM=dumb # Ninja takes out the compiler's colours
run cmake --build "$build_dir" -- "${ninja_options[@]}" "$@"
for target; do mv "$build_dir/stamps/$target.begun" "$build_dir/stamps/$target"; done
$several || exit 0
for program in "$build_dir"/bin/*; do cp -p "$build_dir/stamps/$1" "$build_dir/stamps/${program##*/}"; done
