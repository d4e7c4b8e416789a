# shellcheck shell=bash disable=SC2154
# ./lab ps: the containers that run, from lab 08 on. Sourced by ./lab.

ps_list() {
  build 11-setns
  as_root "$bin/11-setns" --list
}
