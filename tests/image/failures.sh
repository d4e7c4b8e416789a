# Checks of bad input, damaged images and machines at their limits: a clear error, and nothing touched.
# Run by run.sh.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154  # run.sh sets what they share

bad_options() {
  local ok=${from_package[3]}
  fetch_fails 2 "'--nonsense'" --nonsense image
  fetch_fails 2 'one DIR' image other
  fetch_fails 2 'DIR is empty' ''
  fetch_fails 2 '--url without --sha256' --url "file://$package" image
  fetch_fails 2 '--sha256 without --url' --sha256 "$ok" image
  fetch_fails 2 'not 64 hexadecimal digits' --url "file://$package" --sha256 "${ok:1}" image
  fetch_fails 2 'not 64 hexadecimal digits' --url "file://$package" --sha256 "${ok:1}g" image
  fetch_fails 2 'not an http, https or file URL' --url "ftp://host/file" --sha256 "$ok" image
  fetch_fails 2 'not an http, https or file URL' --url "$package" --sha256 "$ok" image
  fetch_fails 2 'missing value' --url
  fetch_fails 2 'not an http, https or file URL' --url '' image
  fetch_fails 2 'not 64 hexadecimal digits' --sha256 '' image
  fetch_ok --help
  expect_said Usage: --arch --url --sha256 --force rootfs/busybox container-labs
  fetch_ok "${from_package[@]:0:3}" "${ok^^}" image
}

in_the_way() {
  mkdir folder empty
  echo precious >folder/file
  echo precious >file
  ln -s "$image" link
  ln -s nowhere dangling
  fetch_fails 1 'not an image made here' "${from_package[@]}" folder
  fetch_fails 1 'not an image made here' --force "${from_package[@]}" folder
  fetch_fails 1 'not an image made here' "${from_package[@]}" empty
  fetch_fails 1 'not an image made here' "${from_package[@]}" .
  fetch_fails 1 'not an image made here' "${from_package[@]}" /
  fetch_fails 1 'not a folder' "${from_package[@]}" file
  fetch_fails 1 'a symbolic link' "${from_package[@]}" link/
  fetch_fails 1 'a symbolic link' "${from_package[@]}" dangling
  fetch_fails 1 'mkdir -p' "${from_package[@]}" missing/image
  fetch_fails 1 'parent folder' "${from_package[@]}" file/image
}

not_writable() {
  need_root
  mkdir -m 755 mine
  status=0
  said=$(setpriv --reuid 65534 --regid 65534 --clear-groups bash -s -- "${from_package[@]}" mine/image <"$FETCH" 2>&1) || status=$?
  expect "exit status ($said)" 1 "$status"
  expect_said 'could not write in' 'Permission denied' 'hint: '
  expect 'what lies there' '' "$(ls -A mine)"
}

bad_sources() {
  echo 'int main() {}' >text
  mkdir -p empty/DEBIAN
  printf '%s\n' 'Package: empty' 'Version: 1' 'Architecture: all' 'Maintainer: x <x@x>' 'Description: x' >empty/DEBIAN/control
  dpkg-deb -b empty empty.deb >/dev/null
  cp "$binary" hush
  sed -i 's/\x00sh\x00sha1sum\x00/\x00sg\x00sha1sum\x00/' hush
  head -c 50000 "$package" >half.deb
  local try
  for try in 'text:neither a 64-bit program nor a .deb' 'empty.deb:without busybox' 'hush:not a busybox with a shell' \
    'half.deb:could not unpack the package'; do
    fetch_fails 1 "${try#*:}" --url "file://$PWD/${try%%:*}" --sha256 "$(sum "${try%%:*}")" image
  done
  fetch_fails 1 'not statically linked' --url file:///bin/true --sha256 "$(sum /bin/true)" image
  fetch_fails 1 'could not copy /no/such/file' --url file:///no/such/file --sha256 "${from_package[3]}" image
}

damaged() {
  local deed
  while read -r deed; do
    rm -rf image
    cp -a "$image" image
    (cd image && eval "$deed")
    fetch_fails 1 damaged image
    expect_said '--force rebuilds'
  done <<'END'
rm bin/busybox
echo >>bin/busybox
: >bin/busybox
chmod -x bin/busybox
rm bin/ls
ln -sf /bin/busybox bin/ls
rm etc/passwd
rmdir mnt
chmod 755 tmp
rmdir dev && ln -s /dev dev
END
  : >image/etc/lab-image
  fetch_fails 1 'etc/lab-image is cut off' image
  fetch_ok --force "${from_package[@]}" image
  expect_same_tree image
  expect_only image
}

used_image() {
  cp -a "$image" image
  echo mine >image/root/file
  echo 'other' >image/etc/hostname
  touch image/tmp
  fetch_ok image
  expect 'the file of the learner' mine "$(cat image/root/file)"
}

mounted_image() {
  need_root
  local name=$'a b\n\\c'
  cp -a "$image" "$name"
  mkdir precious
  touch precious/file
  # shellcheck disable=SC2016  # for the shell inside
  said=$(unshare -m bash -c 'mount --bind precious "$1/mnt" && shift && bash "$@"' - "$name" \
    "$FETCH" --force "${from_package[@]}" "$name" 2>&1)
  expect 'exit status' 1 $?
  expect_said 'something is mounted there' 'hint: '
  expect 'the file below the mount' precious/file "$(ls precious/file)"
  expect_same_tree "$name"
}

# On a tmpfs too small for the image, in a mount namespace of its own.
full_disk() {
  need_root
  local kilobytes
  mkdir small
  for kilobytes in 4 64 1000 1900 2200 2960; do
    # shellcheck disable=SC2016  # for the shell inside
    said=$(unshare -m bash -c 'mount -t tmpfs -o "size=$1k" none small && shift && cd small &&
      { bash "$@"; echo "status $?"; find . -mindepth 1; }' - "$kilobytes" "$FETCH" "${from_package[@]}" image 2>&1)
    expect "on $kilobytes KiB" 'status 1' "${said##*$'\n'}"
    expect_said 'No space left on device' 'fetch-busybox.sh: could not ' '  hint: '
  done
}

full_cache() {
  need_root
  serve "$package" "$whole"
  mkdir small
  # shellcheck disable=SC2016  # for the shell inside
  said=$(unshare -m bash -c 'mount -t tmpfs -o size=100k none small && XDG_CACHE_HOME=small "$@"; echo "status $?"' - \
    bash "$FETCH" --url "$site/file" --sha256 "${from_package[3]}" image 2>&1)
  expect "($said)" 'status 1' "${said##*$'\n'}"
  expect_said 'cannot write small/container-labs/' 'hint: no space left'
  expect_only small
}

full_inodes() {
  need_root
  mkdir small
  # shellcheck disable=SC2016  # for the shell inside
  said=$(unshare -m bash -c 'mount -t tmpfs -o nr_inodes=100 none small && cd small && bash "$@"; echo "status $?"; find . -mindepth 1' - \
    "$FETCH" "${from_package[@]}" image 2>&1)
  expect "($said)" 'status 1' "${said##*$'\n'}"
  expect_said 'could not lay out the image' 'hint: '
}

apt_without_lists() {
  mkdir -p lists/partial
  echo "Dir::State::lists \"$PWD/lists\"; Dir::Cache \"$PWD/lists\";" >conf
  APT_CONFIG=$PWD/conf fetch image
  expect "exit status ($said)" 1 "$status"
  expect_said "apt does not know the package busybox-static:$(dpkg --print-architecture)" 'hint: run sudo apt-get update'
  expect 'an image' '' "$(find . -maxdepth 1 -name '*image*' -o -maxdepth 1 -name '.fetch*')"
}

apt_without_network() {
  need_root
  status=0
  said=$(TMPDIR=$PWD unshare -n bash "$FETCH" image 2>&1) || status=$?
  expect "exit status ($said)" 1 "$status"
  expect_said 'could not download the package' 'hint: is the network up'
  expect_only
}

without_apt() {
  path_without apt-get
  fetch_fails 1 'there is no apt-get here' image
}

closed_streams() {
  bash "$FETCH" "${from_package[@]}" image <&- >&- 2>&-
  expect 'exit status' 0 $?
  expect_same_tree image
}

clean_script() {
  command -v shellcheck >/dev/null || skip 'needs shellcheck'
  shellcheck "$FETCH" "$here"/*.sh
}

check 'bad options' bad_options
check 'something else is in the way' in_the_way
check 'the folder of DIR is not writable' not_writable
check 'what was fetched is no static busybox' bad_sources
check 'a damaged image is told, and --force rebuilds it' damaged
check 'a used image is intact' used_image
check '--force leaves an image alone in which something is mounted' mounted_image
check 'a full disk' full_disk
check 'a full disk for the cache' full_cache
check 'a disk without inodes' full_inodes
check 'apt has no lists' apt_without_lists
check 'apt has no network' apt_without_network
check 'there is no apt' without_apt
check 'closed stdin, stdout and stderr' closed_streams
check 'shellcheck finds nothing' clean_script
