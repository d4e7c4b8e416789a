#!/usr/bin/env bash
# Lays out the image that the labs run on: a small complete root around one static busybox.
# Run it as `rootfs-scripts/fetch-busybox.sh [DIR]`; it needs no root, and `--help` tells the rest.
set -eEuo pipefail
umask 022
export LC_ALL=C
unset CDPATH
: >&2 || exec 2>/dev/null # a caller may have closed it

usage() {
  cat <<'END'
Usage: fetch-busybox.sh [--force] [--arch amd64|arm64] [--url URL --sha256 SUM] [DIR]

Lays out the busybox image in DIR, by default rootfs/busybox of this project. An intact
image is left as it is.

  --arch ARCH   amd64 or arm64; default: this machine's
  --url URL     take busybox from there (http, https, file), not from the distribution's
                package busybox-static: a static binary, or a .deb that holds one
  --sha256 SUM  the checksum of what lies at URL
  --force       rebuild an image that is there already

A download from the web is kept in ${XDG_CACHE_HOME:-~/.cache}/container-labs, named by its
checksum; one that broke off goes on from there.
END
}

say() { printf 'fetch-busybox.sh: %s\n' "$1" >&2 || :; }
die() { say "$1"; printf '  hint: %s\n' "$2" >&2 || :; exit "${3:-1}"; }
die_usage() { die "$1" 'fetch-busybox.sh --help lists the options' 2; }

# bash runs a trap only once the command in the foreground has ended, but at once while it waits.
run() {
  local status=0
  "$@" & child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

child='' work='' apt_folder='' made_parent=''
clean_up() {
  local status=$?
  trap '' INT TERM HUP
  trap - ERR
  set +e
  if [[ $child ]]; then kill "$child"; wait "$child"; fi 2>/dev/null
  if [[ $work && -d $work/old && ! -e $dir ]]; then mv -T -- "$work/old" "$dir"; fi
  rm -rf -- ${work:+"$work"} ${apt_folder:+"$apt_folder"}
  if (( status )) && [[ $made_parent ]]; then rmdir --ignore-fail-on-non-empty -- "$made_parent"; fi
  exit "$status"
}

parse_arguments() {
  local words
  words=$(getopt -n fetch-busybox.sh -o h -l help,force,arch:,url:,sha256: -- "$@") \
    || die_usage 'unknown option or missing value'
  eval set -- "$words"
  arch=$(uname -m) url='' sum='' force=''
  while [[ $1 != -- ]]; do
    case $1 in
      -h | --help) usage; exit ;;
      --force) force=yes; shift; continue ;;
      --arch) arch=$2 ;;
      --url) url=$2
        [[ $url =~ ^(https?|file)://. ]] || die_usage "--url '$url': not an http, https or file URL" ;;
      --sha256) sum=${2,,}
        [[ $sum =~ ^[0-9a-f]{64}$ ]] || die_usage "--sha256 '$sum': not 64 hexadecimal digits" ;;
    esac
    shift 2
  done
  shift
  case $arch in
    amd64 | x86_64) arch=amd64 elf_machine=62 ;;
    arm64 | aarch64) arch=arm64 elf_machine=183 ;;
    *) die_usage "no image for the architecture '$arch', only for amd64 and arm64" ;;
  esac
  (( $# <= 1 )) || die_usage "one DIR, not $#"
  [[ ${1-default} ]] || die_usage 'DIR is empty'
  [[ ! $url || $sum ]] || die_usage '--url without --sha256: what comes from there could not be checked'
  [[ ! $sum || $url ]] || die_usage '--sha256 without --url: packages are checked by apt'
  dir=${1-}
}

# From here on DIR's parent is the working directory, so that a path may hold anything.
enter_parent() {
  if [[ ! $dir ]]; then
    local script=${BASH_SOURCE[0]}
    [[ $script == */* ]] || script=./$script
    dir=${script%/*}/../rootfs/busybox
    if mkdir -- "${dir%/*}" 2>/dev/null; then made_parent=$(cd -- "${dir%/*}" && pwd -P); fi
  fi
  while [[ $dir == ?*/ ]]; do dir=${dir%/}; done
  [[ $dir == */* ]] || dir=./$dir
  cd -P -- "${dir%/*}/" || die "$dir: cannot enter its parent folder" "make it first: mkdir -p '${dir%/*}'"
  dir=./${dir##*/}
  place=${PWD%/}/${dir#./}
}

sum_of() { sha256sum <"$1" | cut -d' ' -f1; }

# Type, mode, name and target of the paths on stdin, below folder $1. Contents and times are left out:
# the labs write into the image.
state() {
  local paths
  mapfile -t paths
  cd -- "$1" && find "${paths[@]}" -maxdepth 0 -printf '%M %p %l\n'
}

# Is something mounted on DIR or below it? mountinfo writes blanks and the like in octal.
in_use() {
  local path=$place point
  path=${path//\\/'\134'} path=${path// /'\040'} path=${path//$'\t'/'\011'} path=${path//$'\n'/'\012'}
  while read -r _ _ _ _ point _; do
    [[ $point != "$path" && $point != "$path"/* ]] || return 0
  done </proc/self/mountinfo
  return 1
}

# True if DIR holds the wanted image, false if it is to be built; anything else ends the run.
image_in_place() {
  local made_for='' made_from='' busybox_sum='' recorded='' seen
  [[ ! -L $dir ]] || die "$place: is a symbolic link" 'name the folder that it points to'
  [[ -e $dir ]] || return 1
  [[ -d $dir ]] || die "$place: exists and is not a folder" 'move it away, or name another DIR'
  [[ -f $dir/etc/lab-image ]] || die "$place: exists and is not an image made here" 'move it away, or name another DIR'
  if [[ $force ]]; then
    ! in_use || die "$place: something is mounted there" 'findmnt lists the mounts; umount what lies in the image first'
    return 1
  fi
  { read -r _ made_for && read -r _ made_from && read -r _ busybox_sum && recorded=$(cat); } <"$dir/etc/lab-image" || :
  [[ $recorded ]] || die "$place: damaged: etc/lab-image is cut off" '--force rebuilds it'
  [[ $made_for == "$arch" ]] || die "$place: an image for $made_for, not $arch" '--force rebuilds it'
  [[ ! $sum || $made_from == "$sum" ]] || die "$place: an image made from another source" '--force rebuilds it'
  seen=$(cut -d' ' -f2 <<<"$recorded" | state "$dir" 2>/dev/null) || :
  [[ $seen == "$recorded" ]] \
    || die "$place: damaged: missing or changed: $(grep -m1 -vxFe "$seen" <<<"$recorded")" '--force rebuilds it'
  [[ $(sum_of "$dir/bin/busybox") == "$busybox_sum" ]] || die "$place: damaged: bin/busybox was altered" '--force rebuilds it'
  say "$place: the image is in place"
}

# Fetches URL to file $1 from where that ends. Answers 3 if it cannot be written, 8 if the server refuses.
download() {
  local status=0 tool curl_bar=(-sS) wget_bar=()
  if [[ -t 2 ]]; then curl_bar=(--progress-bar) wget_bar=(--show-progress); fi
  if command -v curl >/dev/null; then
    tool=curl
    run curl -fgL "${curl_bar[@]}" -C - --proto-redir =http,https --connect-timeout 20 \
      --speed-time 30 --speed-limit 1 -o "$1" --url "$url" || status=$?
  elif command -v wget >/dev/null; then
    tool=wget
    run wget -nv "${wget_bar[@]}" -c --timeout=30 --tries=1 -O "$1" "$url" || status=$?
  else
    die 'neither curl nor wget is installed' 'sudo apt-get install curl'
  fi
  case $tool$status in
    curl0 | wget0) ;;
    curl23 | wget3) return 3 ;;
    curl22 | curl33 | curl36 | wget8) return 8 ;;
    *) return 1 ;;
  esac
}

size_of() { stat -c %s -- "$1" 2>/dev/null || echo 0; }
has_sum() { [[ -f $1 && $(sum_of "$1") == "$sum" ]]; }
die_wrong_sum() {
  die "$url: wrong checksum: expected $sum, got $1" 'what lies there is not what SUM was made for; nothing was changed'
}

# The cached file is what has come so far, or the whole.
fetch_from_web() {
  local cache=${XDG_CACHE_HOME:-~/.cache}/container-labs had status got afresh=''
  doing="use the cache folder $cache" cure='name another one: XDG_CACHE_HOME=/tmp/cache'
  mkdir -p -- "$cache"
  exec 8<"$cache"
  run flock 8
  source=$cache/$sum
  until has_sum "$source"; do
    had=$(size_of "$source") status=0
    download "$source" || status=$?
    [[ -s $source ]] || rm -f -- "$source"
    case $status in
      3) die "cannot write $source" 'no space left? See df -h' ;;
      1) (( $(size_of "$source") > had )) || die "cannot fetch $url" \
           'is the network up, and the address right? The same command goes on where this one broke off'
         say 'the download broke off; going on from there' ;;
      *) ! has_sum "$source" || break
         got=$(sum_of "$source" 2>/dev/null) || :
         rm -f -- "$source"
         # The part may have been of something else, or the server cannot resume: once more from nothing.
         if (( had )) && [[ ! $afresh ]]; then afresh=yes; continue; fi
         (( status == 0 )) || die "the server refused $url" 'is the address right?'
         die_wrong_sum "$got" ;;
    esac
  done
}

fetch_from_file() {
  local path=${url#file://}
  path=${path#localhost} path=${path//\\/\\\\}
  printf -v path %b "${path//%/\\x}"
  source=$work/source
  doing="copy $path" cure='is the address right (file:///absolute/path)? Is there space left (df -h)?'
  cp -- "$path" "$source"
  has_sum "$source" || die_wrong_sum "$(sum_of "$source")"
}

fetch_package() {
  local package=busybox-static:$arch quiet=-qq
  # apt's own user cannot enter a private folder; without this option apt warns and does the same.
  local apt=(apt-get -o APT::Sandbox::User=root)
  [[ ! -t 2 ]] || quiet=-q=0
  command -v apt-get >/dev/null || die 'there is no apt-get here' 'name a static busybox with --url and --sha256'
  "${apt[@]}" -qq --print-uris download "$package" >/dev/null || die "apt does not know the package $package" \
    "run sudo apt-get update; for another architecture, before it: sudo dpkg --add-architecture $arch"
  doing="download the package $package" cure='is the network up? Are the lists too old (sudo apt-get update)? Is /tmp full?'
  apt_folder=$(mktemp -d) # not beside DIR: apt cannot stand every path
  download_package() { cd -- "$apt_folder" && exec "${apt[@]}" "$quiet" download "$package" >&2; }
  run download_package
  source=$(echo "$apt_folder"/*.deb)
}

# Sets busybox to the binary in the source.
take_busybox() {
  local magic
  busybox=$source
  read -r -n 7 magic <"$source" || :
  [[ $magic == '!<arch>' ]] || return 0
  doing='unpack the package' cure='the line above says why; no space left? See df -h'
  dpkg-deb -x "$source" "$work/package"
  busybox=$work/package/bin/busybox
  [[ -f $busybox ]] || busybox=$work/package/usr/bin/busybox
  [[ -f $busybox ]] || die "${url:-the package}: a package without busybox" 'the package to take is busybox-static'
}

# Looks at the ELF header and at the types of the segments.
check_busybox() {
  local elf
  read -r -a elf < <(od -An -v -tu2 -w64 -N64 "$busybox") || :
  [[ ${elf[*]:0:3} == '17791 17996 258' ]] || die "${url:-busybox}: neither a 64-bit program nor a .deb" 'is the address right?'
  (( elf[9] == elf_machine )) || die "${url:-busybox}: not a program for $arch" 'name its architecture with --arch, or another --url'
  [[ ! $(od -An -v -tu4 -w56 -j"${elf[16]}" -N$((56 * elf[28])) "$busybox" | awk '$1 == 3') ]] \
    || die "${url:-busybox}: not statically linked, so it cannot run in an image of its own" 'take the one of busybox-static'
}

# Reads the names in busybox's table of applets, which is sorted: the longest ascending run of words.
# Running `busybox --list` would not do: the binary may be for another machine.
read_applets() {
  applets=$(LC_ALL=C tr -c 'a-z0-9_.[-' '\n' <"$busybox" | awk '
    $0 == ""           { n = 0; last = ""; next }
    $0 "" <= last      { n = 0 }
                       { last = $0 ""; run = n++ ? run "\n" last : last }
    n > longest        { longest = n; table = run }
    END                { print table }')
  grep -qx sh <<<"$applets" || die "${url:-the program}: not a busybox with a shell" 'is the address right?'
}

# A subshell, for it works inside the new tree.
lay_out() (
  tree=$work/tree
  # Every program lies in /bin; the other usual places are links to it, as /bin is to /usr/bin today.
  mkdir -p "$tree"/{bin,dev,etc,home,mnt,opt,proc,root,run,sys,tmp,usr/{lib,local/bin,share},var/{cache,lib,log,tmp}}
  cp -- "$busybox" "$tree/bin/busybox"
  cd "$tree"
  ln -s bin sbin
  ln -s ../bin usr/bin
  ln -s ../bin usr/sbin
  ln -s ../run var/run
  # One link with many names: the image is copied often, and to make an inode for each takes longer than all the rest.
  ln -s busybox bin/sh
  # shellcheck disable=SC2016,SC2086 # perl's variables; a word an applet
  perl -e 'for (@ARGV) {
    next if $_ eq "busybox" or $_ eq "sh";
    link "bin/sh", "bin/$_" or symlink "busybox", "bin/$_" or die "bin/$_: $!\n";
  }' $applets
  printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false >etc/passwd
  printf '%s\n' root:x:0: tty:x:5: nogroup:x:65534: >etc/group
  printf '%s\n' '127.0.0.1 localhost' '::1 localhost ip6-localhost' >etc/hosts
  echo container >etc/hostname
  printf 'nameserver %s\n' 1.1.1.1 9.9.9.9 >etc/resolv.conf
  printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' >etc/nsswitch.conf
  printf '%s\n' 'export PATH=/usr/local/bin:/bin' "PS1='\\u@\\h:\\w\\\$ '" >etc/profile
  chmod 755 bin/busybox
  chmod 555 proc sys
  chmod 700 root
  chmod 1777 tmp var/tmp
  printf '%s\n' "arch $arch" "source $1" "busybox $(sum_of bin/busybox)" >etc/lab-image
  find . | sort | state . >>etc/lab-image
  find . -exec touch -h -d @1704067200 {} + # whatever the day, the same tree
)

main() {
  parse_arguments "$@"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap '(( BASH_SUBSHELL )) || die "could not $doing" "${cure:-the line above says why}"' ERR
  doing='reach DIR' cure=''
  enter_parent
  if image_in_place; then return; fi

  doing="write in $PWD" cure='name a DIR that is yours, below /tmp for example'
  exec 9<.
  run flock 9 # one run at a time beside the same DIR: what it finds half made was left by a killed one
  if image_in_place; then return; fi
  rm -rf -- ./.fetch-busybox.*
  work=$(mktemp -d ./.fetch-busybox.XXXXXX)
  chmod g-s "$work" # a folder with that bit would hand it on

  case $url in
    '') fetch_package ;;
    file:*) fetch_from_file ;;
    *) fetch_from_web ;;
  esac
  take_busybox
  check_busybox
  read_applets
  doing="lay out the image in $PWD" cure='no space left (df -h)? A synced folder, which has no symbolic links?'
  lay_out "$(sum_of "$source")"
  doing="put the image at $place" cure='did something else make it meanwhile?'
  if [[ $force && -e $dir ]]; then mv -T -- "$dir" "$work/old"; fi
  mv -T -- "$work/tree" "$dir"
  say "$place: the image is there: $(wc -l <<<"$applets") applets for $arch"
}

main "$@"
