# shellcheck shell=bash disable=SC2034
# A line a check. Sourced by the scripts of this folder, which end with: exit "$failed"
failed=0

# check NAME FUNCTION: every command of the function must succeed; what it printed is shown if not.
check() {
  local name=$1 status=0 said begun=$SECONDS
  set +e # an `if` around the function would switch it off inside as well
  said=$(set -e; "${@:2}" 2>&1)
  status=$?
  set -e
  if ((status == 0)); then
    echo "ok - $name ($((SECONDS - begun)) s)"
  else
    not_ok "$name" "$said"
  fi
}

not_ok() {
  echo "not ok - $1"
  tail -n 60 <<<"$2" | sed 's/^/    /'
  failed=1
}

# skip NAME REASON: what this machine cannot do; a failure where LABS_MUST_RUN is 1.
skip() {
  if [[ ${LABS_MUST_RUN:-} == 1 ]]; then not_ok "$1" "cannot run here: $2"; else echo "ok - $1 # skip: $2"; fi
}
