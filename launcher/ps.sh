# shellcheck shell=bash disable=SC2154
# ./lab ps: the containers that run, from lab 08 on. Sourced by ./lab.

ps_list() {
  build 11-setns
  # Those of an ordinary user, which lab 09 starts without root, are no one else's to list.
  if ((EUID != 0)) && (($("$bin/11-setns" --list | wc -l) > 1)); then run "$bin/11-setns" --list; fi
  as_root "$bin/11-setns" --list
}
