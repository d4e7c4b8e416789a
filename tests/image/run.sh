#!/usr/bin/env bash
# Tests rootfs-scripts/fetch-busybox.sh for real: packages, a web server that breaks off, full disks, kills.
# Run it as `tests/image/run.sh [WORD]`: all checks, or those with WORD in the name. FETCH names another script.
# What this machine cannot do is skipped by name; LABS_MUST_RUN=1 makes a skip a failure.
# shellcheck disable=SC2034,SC2317  # the parts that are read in at the end use it all
set -uo pipefail
export LC_ALL=C
unset XDG_CACHE_HOME SOURCE_DATE_EPOCH http_proxy https_proxy all_proxy

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
FETCH=$(realpath -- "${FETCH:-$here/../../rootfs-scripts/fetch-busybox.sh}")
word=${1-}
failed=0
scratch=$(mktemp -d /tmp/image-test.XXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$scratch"

# A check is a function that runs in a folder of its own, and passes if it says nothing.
check() {
  local name=$1 body=$2 folder=$scratch/$2 problems
  [[ $name == *"$word"* ]] || return 0
  mkdir "$folder"
  problems=$(cd "$folder" && export XDG_CACHE_HOME=$scratch/$body.cache && trap stop_server EXIT && "$body" 2>&1)
  if [[ $problems == skip:* && ! ${LABS_MUST_RUN-} ]]; then
    echo "ok - $name # ${problems#skip:}"
  elif [[ $problems ]]; then
    printf 'not ok - %s\n%s\n' "$name" "${problems//$'\n'/$'\n'    }"
    failed=1
  else
    echo "ok - $name"
  fi
  rm -rf -- "$folder" "$folder.cache"
}

skip() { echo "skip: $1"; exit; }
need_root() { (( EUID == 0 )) || skip 'needs root'; }

expect() { # WHAT EXPECTED SEEN
  [[ $2 == "$3" ]] || printf '%s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "$3"
}

expect_said() { # TEXT...: each is in what the script said
  local text
  for text; do
    [[ $said == *"$text"* ]] || printf 'a message\n  expected: …%s…\n  seen:     %s\n' "$text" "$said"
  done
}

# Runs the script; leaves its exit status in status, and what it said in said.
fetch() {
  status=0
  said=$(PATH=${programs:-$PATH} timeout 100 bash "$FETCH" "$@" 2>&1) || status=$?
}

fetch_ok() { fetch "$@"; expect "exit status of: $* ($said)" 0 "$status"; }

# The script must fail so, with a hint, and leave what lies in the working directory as it was, to the inode.
fetch_fails() { # STATUS TEXT ARGUMENT...
  local expected=$1 text=$2 before
  shift 2
  before=$(snapshot .)
  fetch "$@"
  expect "exit status of: $* ($said)" "$expected" "$status"
  expect_said "$text" '  hint: '
  expect "what changed below after: $*" '' "$(diff <(printf '%s' "$before") <(printf '%s' "$(snapshot .)") | head -n 5)"
}

snapshot() { find "$1" -mindepth 1 -printf '%p %i %M %U %C@ %T@ %l\n' | sort; }
tree_sum() { tar -C "$1" --sort=name --format=gnu -cf - . | sha256sum; }
sum() { sha256sum <"$1" | cut -d' ' -f1; }
expect_same_tree() { expect "the tree in $1" "$(tree_sum "$image")" "$(tree_sum "$1")"; }
expect_only() { # NAME...: what lies here, hidden files and all
  expect 'what lies in the folder' "$*" "$(find . -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | paste -sd' ')"
}

# Polls a command until it succeeds, 20 s at most.
wait_until() {
  local deadline=$(( SECONDS + 20 ))
  until "$@"; do
    if (( SECONDS > deadline )); then echo "waited in vain for: $*"; return 1; fi
    sleep 0.02
  done
}

# Sends SIGTERM to a run in the background, which must end by it before long.
terminated() { # PID
  kill -TERM "$1"
  wait_until eval "! kill -0 $1 2>/dev/null" || kill -KILL "$1"
  wait "$1"
  expect 'exit status after SIGTERM' 143 $?
}

server=''
serve() { # FILE LIMIT [MODE]: sets site
  command -v python3 >/dev/null || skip 'needs python3'
  rm -f "$scratch/log"
  python3 "$here/server.py" "$1" "$2" "$scratch/log" ${3:+"$3"} >/dev/null 2>&1 &
  server=$!
  wait_until test -s "$scratch/log"
  site=http://127.0.0.1:$(head -n1 "$scratch/log")
}
stop_server() { if [[ $server ]]; then kill "$server"; wait "$server"; server=''; fi 2>/dev/null; }
requests() { grep -c ^range "$scratch/log"; }
ranges() { sed -n 's/^range //p' "$scratch/log" | paste -sd' '; }

# Gives the script a PATH with all that it calls, but those named.
programs=''
path_without() {
  local name
  mkdir programs
  for name in apt-get awk bash cat chmod cp curl cut dpkg dpkg-deb find flock getopt grep head ln mkdir mktemp mv od perl rm \
    rmdir sed sha256sum sort stat tail tar timeout touch tr uname unshare wc wget; do
    [[ " $* " == *" $name "* ]] || ln -s "$(type -P "$name")" programs/
  done
  programs=$PWD/programs
}

# Most checks start from the package as a file, so that they need no network.
(mkdir "$scratch/apt" && cd "$scratch/apt" && apt-get -qq -o APT::Sandbox::User=root download busybox-static) || exit
package=$scratch/package.deb
mv "$scratch"/apt/*.deb "$package"
dpkg-deb -x "$package" "$scratch/unpacked"
binary=$scratch/unpacked/bin/busybox
[[ -f $binary ]] || binary=$scratch/unpacked/usr/bin/busybox
from_package=(--url "file://$package" --sha256 "$(sum "$package")")
from_binary=(--url "file://$binary" --sha256 "$(sum "$binary")")
image=$scratch/image
bash "$FETCH" "${from_package[@]}" "$image" 2>"$scratch/said" || { cat "$scratch/said"; exit 1; }

# shellcheck source=/dev/null
for part in layout download failures interrupts; do . "$here/$part.sh"; done
exit "$failed"
