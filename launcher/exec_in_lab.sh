#!/usr/bin/env bash
# What `docker exec` is: starts a container of lab 10, and runs a command in it by lab 11; then the container ends.
# Run as root: launcher/exec_in_lab.sh [--explain] --rootfs DIR [lab 10's options] -- COMMAND [ARG...]
# --explain tells what lab 11 does.
# Exit status: the command's; 125 where the container did not start.
set -euo pipefail
# shellcheck source=launcher/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

options=() entering=()
while [[ $1 != -- ]]; do
  if [[ $1 == --explain ]]; then entering+=("$1"); else options+=("$1"); fi
  shift
done
shift
name=exec-$$ status=0

# The first process lives as long as its stdin. What it gives back tells that it runs, confined.
# shellcheck disable=SC2034 # bash sets container_PID
coproc container { exec "$bin/10-privileges" "${options[@]}" --name "$name" -- /bin/cat; }
# shellcheck disable=SC2154
pid=$container_PID
exec {to}>&"${container[1]}" {from}<&"${container[0]}"
eval "exec ${container[1]}>&- ${container[0]}<&-"
{ echo ready >&"$to"; } 2>/dev/null || true
if read -rt 20 -u "$from" _; then
  "$bin/11-setns" "${entering[@]}" "$name" -- "$@" {to}>&- {from}<&- || status=$?
else
  complain "the container did not start" "./lab run 10 -- true says why"
  status=125
fi
exec {to}>&-
wait "$pid" 2>/dev/null || true
exit "$status"
