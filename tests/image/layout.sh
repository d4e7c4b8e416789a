# Checks of the image itself: what it holds, that it is always the same, and who may build it.
# Run by run.sh.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154  # run.sh sets what they share

complete_image() {
  local path entry
  for entry in bin:755 etc:755 dev:755 proc:555 sys:555 mnt:755 root:700 tmp:1777 var/tmp:1777 home:755 run:755; do
    path=${entry%:*}
    expect "type and mode of $path" "directory ${entry#*:}" "$(stat -c '%F %a' "$image/$path")"
  done
  for path in passwd group hosts hostname resolv.conf nsswitch.conf profile lab-image; do
    expect "type and mode of etc/$path" 'regular file 644' "$(stat -c '%F %a' "$image/etc/$path")"
  done
  expect 'mode of busybox' 755 "$(stat -c %a "$image/bin/busybox")"
  expect 'busybox' "$(sum "$binary")" "$(sum "$image/bin/busybox")"
  for path in sbin/init usr/bin/env usr/sbin/chroot bin/sh; do
    expect "$path" "$image/bin/busybox" "$(realpath "$image/$path")"
  done
  expect 'absolute links' '' "$(find "$image" -lname '/*')"
}

all_applets() {
  expect 'links in bin' "$("$binary" --list | sort)" "$(find "$image/bin" -printf '%f\n' | grep -vx bin | sort)"
  expect 'links to something else' '' "$(find "$image/bin" -mindepth 1 ! -name busybox ! -lname busybox)"
}

runs_in_chroot() {
  need_root
  cp -a "$image" image
  # shellcheck disable=SC2016  # for the shell inside
  expect 'what a login shell in it says' 'root /root container localhost 1777 /usr/local/bin:/bin' \
    "$(env -i HOME=/root /usr/sbin/chroot image /bin/sh -lc 'cd && echo $(id -un) $(pwd) $(cat /etc/hostname) \
      $(awk "NR == 1 { print \$2 }" /etc/hosts) $(stat -c %a /tmp) $PATH')"
}

from_the_distribution() {
  fetch_ok image
  expect_same_tree image
  expect_only image
  expect 'warnings' '' "$(grep -E '^(W|E):' <<<"$said")"
}

default_folder() {
  mkdir -p 'a project/rootfs-scripts' elsewhere
  cp "$FETCH" 'a project/rootfs-scripts/fetch-busybox.sh'
  (
    FETCH=$PWD/'a project/rootfs-scripts/fetch-busybox.sh'
    cd elsewhere || exit
    fetch_fails 1 'wrong checksum' --url "file://$package" --sha256 "$(printf '%064d' 0)"
  )
  expect 'what a failed fetch left in the project' rootfs-scripts "$(ls 'a project')"
  (FETCH=$PWD/'a project/rootfs-scripts/fetch-busybox.sh' && cd elsewhere && fetch_ok "${from_package[@]}")
  expect_same_tree 'a project/rootfs/busybox'
  rm -r 'a project/rootfs'
  (cd 'a project/rootfs-scripts' && FETCH=fetch-busybox.sh && fetch_ok "${from_package[@]}")
  expect_same_tree 'a project/rootfs/busybox'
}

same_tree() {
  mkdir -m 2775 shared
  (umask 077 && export TZ=Asia/Tokyo LC_ALL=C.UTF-8 && fetch_ok "${from_package[@]}" shared/image)
  expect_same_tree shared/image
  fetch_ok "${from_binary[@]}" bare
  expect 'from the bare binary: differences' "< source $(sum "$package") > source $(sum "$binary")" \
    "$(diff -r --no-dereference "$image" bare | grep '^[<>]' | paste -sd' ')"
}

# Without what it would fetch and lay out with, it can only look.
second_call() {
  local before
  fetch_ok "${from_package[@]}" image
  path_without curl wget apt-get dpkg-deb mktemp
  before=$(snapshot .)
  fetch_ok image
  fetch_ok "${from_package[@]}" image
  expect 'the image after more calls' "$before" "$(snapshot .)"
  expect_only image programs
}

ordinary_user() {
  need_root
  mkdir -m 777 theirs
  status=0
  said=$(cd theirs && setpriv --reuid 65534 --regid 65534 --clear-groups \
    env -u HOME -u XDG_CACHE_HOME bash -s image <"$FETCH" 2>&1) || status=$?
  expect "exit status ($said)" 0 "$status"
  expect 'warnings' '' "$(grep -E '^(W|E):' <<<"$said")"
  expect 'owners' 65534:65534 "$(find theirs/image -printf '%U:%G\n' | sort -u)"
  chown -hR 0:0 theirs/image
  expect_same_tree theirs/image
}

any_path() {
  local long name
  for name in ' ' '-dash' $'new\nline/in parent' '-P/below a dash' $'a  b\n*\'"\\ \t,:100%\\x é'; do
    [[ $name != */* ]] || mkdir -- "${name%/*}"
    fetch_ok "${from_package[@]}" -- "$name///"
    fetch_ok "${from_package[@]}" -- "./$name"
    expect_same_tree "./$name"
  done
  long=$(printf 'x%.0s' {1..200})
  long=$PWD$(printf "/$long%.0s" {1..19})
  mkdir -p "$long"
  fetch_ok "${from_package[@]}" "$long/image"
  (cd "$long" && expect_same_tree image)
  mkdir $'odd %41\n\\n'
  cp "$package" $'odd %41\n\\n/a b.deb'
  fetch_ok --url "file://$PWD/odd%20%2541%0A\\n/a%20b.deb" --sha256 "${from_package[3]}" encoded
  expect_same_tree encoded
}

other_architecture() {
  # The same program with another machine in its header: it cannot be run to ask for its applets.
  cp "$binary" foreign
  printf '\xb7' | dd of=foreign bs=1 seek=18 conv=notrunc status=none
  fetch_fails 1 'not a program for amd64' --arch amd64 --url "file://$PWD/foreign" --sha256 "$(sum foreign)" image
  fetch_ok --arch arm64 --url "file://$PWD/foreign" --sha256 "$(sum foreign)" image
  expect 'entries that differ' '' "$(diff <(cd image && find . | sort) <(cd "$image" && find . | sort))"
  fetch_fails 1 "for arm64, not amd64" --arch amd64 image
  fetch_fails 1 'not a program for arm64' --arch arm64 "${from_binary[@]}" other
  fetch_fails 2 "architecture 'riscv64'" --arch riscv64 other
  apt-cache -q=0 show busybox-static:arm64 >/dev/null 2>&1 \
    || fetch_fails 1 'apt does not know the package busybox-static:arm64' --arch arm64 other
}

# An ordinary apt with lists of its own, where the other architecture is known.
other_architecture_package() {
  # shellcheck source=/dev/null
  . /etc/os-release
  [[ $ID == debian && -f /usr/share/keyrings/debian-archive-keyring.gpg ]] || skip 'needs Debian'
  mkdir -p apt/lists/partial apt/cache/archives/partial
  echo "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $VERSION_CODENAME main" >apt/sources
  cat >apt/conf <<END
Dir::State::lists "$PWD/apt/lists";
Dir::Cache "$PWD/apt/cache";
Dir::Etc::sourcelist "$PWD/apt/sources";
Dir::Etc::sourceparts "-";
APT::Architectures { "$(dpkg --print-architecture)"; "arm64"; };
APT::Sandbox::User "root";
END
  export APT_CONFIG=$PWD/apt/conf
  apt-get -qq update
  fetch_ok --arch arm64 image
  expect 'machine' 183 "$(od -An -tu2 -j18 -N2 image/bin/busybox | tr -d ' ')"
  grep -qx cat <(ls image/bin) || echo 'no cat in bin'
  expect_only apt image
}

check 'the image is complete' complete_image
check 'the links are the applets, no more and no less' all_applets
check 'a shell runs in the image' runs_in_chroot
check 'by default the package of the distribution is taken, without a warning' from_the_distribution
check 'the default folder is rootfs/busybox of the project, from wherever' default_folder
check 'the same input gives the same tree' same_tree
check 'a second call changes nothing, and needs neither network nor tools' second_call
check 'an ordinary user can build' ordinary_user
check 'a path may hold anything' any_path
check 'a binary of the other architecture gets its links too' other_architecture
check 'the arm64 package is fetched' other_architecture_package
