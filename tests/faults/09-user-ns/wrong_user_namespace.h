// A right user namespace, but for what a wrong one does otherwise.
#pragma once

#include <string>

#include "program.h"
#include "step.h"
#include "sys.h"
#include "user_namespace.h"

namespace lab {

inline void write_maps(pid_t process, const std::string& uids, const std::string& gids) {
  const std::string proc = "/proc/" + std::to_string(process) + "/";
  sys::write_file(proc + "uid_map", uids);
  sys::write_file(proc + "gid_map", gids);
}

inline void deny_setgroups(pid_t process) {
  sys::write_file("/proc/" + std::to_string(process) + "/setgroups", "deny");
}

}  // namespace lab
