#!/usr/bin/env bash
# Runs COMMAND in the image ROOTFS by an OCI runtime, in the runtime's own default configuration but without cgroups.
# Run it as root: tests/peers/oci.sh crun|runc ROOTFS COMMAND [ARG...]; its process becomes the runtime's.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
busybox=${LAB_ROOTFS:-$here/../../rootfs/busybox}/bin/busybox
bundle=/run/oci

if (($# < 3)); then
  echo "usage: oci.sh crun|runc ROOTFS COMMAND [ARG...]" >&2
  exit 2
fi

# Bundle and state lie on a tmpfs in a mount namespace of the runtime's own: they go with it, however it ends.
if [[ ${OCI_BUNDLE-} != "$bundle" ]]; then
  OCI_BUNDLE=$bundle exec unshare --mount --propagation private bash "${BASH_SOURCE[0]}" "$@"
fi
runtime=$1 rootfs=$2
shift 2
mount -t tmpfs oci /run
mkdir "$bundle"
cd "$bundle"

# A cgroup is seen on the whole machine, and stays where its runtime is killed: read-only trees let none be made.
# A tree of version 2 beside those of version 1 is more than crun takes.
close_cgroups() {
  if mountpoint -q /sys/fs/cgroup/unified; then mount -t tmpfs oci /sys/fs/cgroup/unified; fi
  findmnt -rn -t cgroup,cgroup2 -o TARGET | xargs -r -I{} mount -o remount,bind,ro {}
}

# The default configuration, and /dev/busybox in the container where BUSYBOX names a file.
configure() { # BUSYBOX COMMAND [ARG...]
  "$runtime" spec
  jq --arg rootfs "$rootfs" --arg busybox "$1" '
    .root = {path: $rootfs} | .process.terminal = false | .process.args = $ARGS.positional
    | .mounts |= map(select(.type != "cgroup"))
    | if $busybox == "" then . else
        .mounts += [{destination: "/dev/busybox", type: "bind", source: $busybox, options: ["bind", "ro"]}]
      end' config.json --args -- "${@:2}" >changed.json
  mv changed.json config.json
}

run_crun() {
  configure '' "$@"
  exec crun --root "$bundle/state" --cgroup-manager=disabled run "oci-$$"
}

# runc run gives the command pipes, and copies what comes: the socket of the checks cannot get through. So it goes
# past runc as descriptor 3, and inside a shell that becomes the command moves it to where it belongs.
run_runc() {
  if [[ -f $rootfs/$1 && -x $rootfs/$1 ]]; then
    # shellcheck disable=SC2016  # the shell inside expands it
    configure "$busybox" /dev/busybox sh -c 'exec "$@" <&3 3<&-' sh "$@"
  else
    configure '' "$@" # what cannot be run is runc's to say
  fi
  exec runc --root "$bundle/state" --rootless true run --preserve-fds 1 "oci-$$" 3<&0 </dev/null
}

close_cgroups
case $runtime in
  crun) run_crun "$@" ;;
  runc) run_runc "$@" ;;
  *) echo "oci.sh: $runtime is neither crun nor runc" >&2; exit 2 ;;
esac
