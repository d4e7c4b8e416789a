#!/usr/bin/env bash
# Runs a command in mount, pid, host name and ipc namespaces of its own: `contained.sh COMMAND [ARG...]`, as root.
# Its mounts and processes are gone as soon as the caller is, however that ended: the parent-death signal
# ends unshare, --kill-child then PID 1, and the kernel everything else.
set -euo pipefail
exec setpriv --pdeathsig KILL \
  unshare --mount --propagation private --pid --fork --kill-child --mount-proc --uts --ipc "$@"
