# Checks of --url on the web: whole, broken off, resumed, refused; with curl and with wget.
# Run by run.sh.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154  # run.sh sets what they share

from_web() { fetch_ok --url "$site/${1:-file}" --sha256 "${from_package[3]}" image; }
size=$(stat -c %s "$package")
whole=$size

plain_download() {
  serve "$package" "$whole"
  from_web moved
  expect_same_tree image
  expect 'requests' 2 "$(requests)"
  rm -r image
  from_web
  expect_same_tree image
  expect 'requests, once it is cached' 2 "$(requests)"
  expect_only image
}

breaks_off() {
  serve "$package" 300000
  from_web
  expect_same_tree image
  expect 'ranges asked for' 'none bytes=300000- bytes=600000- bytes=900000-' "$(ranges)"
}

no_resume() {
  printf 'part of something else' >part
  mkdir -p "$XDG_CACHE_HOME/container-labs"
  cp part "$XDG_CACHE_HOME/container-labs/${from_package[3]}"
  serve "$package" "$whole" no-range
  from_web
  expect_same_tree image
}

other_part() {
  mkdir -p "$XDG_CACHE_HOME/container-labs"
  head -c 1000 /dev/zero >"$XDG_CACHE_HOME/container-labs/${from_package[3]}"
  serve "$package" "$whole"
  from_web
  expect_same_tree image
  expect 'ranges asked for' 'bytes=1000- none' "$(ranges)"
  # One that is longer than the file: the server answers 416.
  rm -r image
  head -c $(( size + 1 )) /dev/zero >"$XDG_CACHE_HOME/container-labs/${from_package[3]}"
  from_web
  expect_same_tree image
}

never_whole() {
  serve "$package" 100000 no-range
  fetch_fails 1 'http://' --url "$site/file" --sha256 "${from_package[3]}" image
  (( $(requests) < 10 )) || echo "expected: an end of trying; seen: $(requests) requests"
}

killed_download() {
  local pid part size
  serve "$package" 300000 stall
  bash "$FETCH" --url "$site/file" --sha256 "${from_package[3]}" image >/dev/null 2>&1 &
  pid=$!
  wait_until grep -q stalled "$scratch/log"
  part=$XDG_CACHE_HOME/container-labs/${from_package[3]}
  # shellcheck disable=SC2016  # for eval
  wait_until eval '(( $(stat -c %s "$part") > 200000 ))'
  terminated "$pid"
  expect_only
  size=$(stat -c %s "$part")
  stop_server
  serve "$package" "$whole"
  from_web
  expect 'ranges asked for' "bytes=$size-" "$(ranges)"
  expect_same_tree image
}

wrong_checksum() {
  local wrong
  wrong=$(printf '%064d' 0)
  serve "$package" "$whole"
  fetch_fails 1 "wrong checksum: expected $wrong, got ${from_package[3]}" --url "$site/file" --sha256 "$wrong" image
  expect 'what stayed in the cache' '' "$(find "$XDG_CACHE_HOME" -type f)"
  fetch_fails 1 'wrong checksum' --url "file://$package" --sha256 "$wrong" image
  cp -a "$image" image
  fetch_fails 1 'another source' --url "file://$package" --sha256 "$wrong" image
  fetch_fails 1 'wrong checksum' --force --url "file://$package" --sha256 "$wrong" image
}

refused() {
  serve "$package" "$whole"
  fetch_fails 1 "the server refused $site/missing" --url "$site/missing" --sha256 "${from_package[3]}" image
  expect 'what stayed in the cache' '' "$(find "$XDG_CACHE_HOME" -type f)"
}

no_network() {
  need_root
  local url
  serve "$package" 0 # what it serves is out of reach for the script
  for url in "$site/file" http://no.such.host.invalid/file; do
    status=0
    said=$(PATH=${programs:-$PATH} unshare -n bash "$FETCH" --url "$url" --sha256 "${from_package[3]}" image 2>&1) || status=$?
    expect "exit status ($said)" 1 "$status"
    expect_said "cannot fetch $url" 'hint: is the network up'
    expect_only
    expect 'what stayed in the cache' '' "$(find "$XDG_CACHE_HOME" -type f)"
  done
}

# Runs another check without curl, in a folder below.
with_wget() {
  path_without curl
  mkdir check
  cd check || return
  "$1"
}
wget_breaks_off() { with_wget breaks_off; }
wget_no_resume() { with_wget no_resume; }
wget_other_part() { with_wget other_part; }
wget_wrong_checksum() { with_wget wrong_checksum; }
wget_refused() { with_wget refused; }
wget_no_network() { with_wget no_network; }

no_client() {
  path_without curl wget
  fetch_fails 1 'neither curl nor wget' --url http://127.0.0.1/file --sha256 "${from_package[3]}" image
}

progress_bar() {
  serve "$package" "$whole"
  fetch_ok --url "$site/file" --sha256 "${from_package[3]}" image
  expect 'without a terminal' "fetch-busybox.sh: $PWD/image: the image is there" "${said%: *}"
  rm -r "$XDG_CACHE_HOME" image
  said=$(script -qec "bash '$FETCH' --url '$site/file' --sha256 ${from_package[3]} image" /dev/null)
  expect_said '100.0%'
}

check 'a download through a redirection, then from the cache' plain_download
check 'a download that breaks off goes on from there' breaks_off
check 'a killed download leaves nothing beside DIR, and the next call goes on' killed_download
check 'a server that cannot resume is asked for the whole' no_resume
check 'a part of something else is thrown away' other_part
check 'a server that never gives the whole: an end' never_whole
check 'a wrong checksum' wrong_checksum
check 'a missing file on the server' refused
check 'no network' no_network
check 'with wget: breaks off' wget_breaks_off
check 'with wget: a server that cannot resume' wget_no_resume
check 'with wget: a part of something else' wget_other_part
check 'with wget: a wrong checksum' wget_wrong_checksum
check 'with wget: a missing file' wget_refused
check 'with wget: no network' wget_no_network
check 'neither curl nor wget' no_client
check 'a progress bar on a terminal only' progress_bar
