// A /proc for the attacks that need one: labs 01 and 02 mount none, and who may mount(2) helps himself.
#pragma once

#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>

inline void need_proc() {
  if (access("/proc/self", F_OK) == 0) return;
  if (mount("proc", "/proc", "proc", 0, nullptr) == -1) std::perror("mount(/proc)");
}
