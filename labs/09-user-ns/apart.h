// Lab 09: has a process a user namespace of its own?
#pragma once

#include <sys/types.h>

#include <string>

#include "namespaces.h"
#include "step.h"

namespace lab {

/// Is `process` in another user namespace than this one? Not where "unshare-user" was left out.
inline bool is_apart(pid_t process) {
  return listing() || namespace_of(std::to_string(process), "user") != namespace_of("self", "user");
}

}  // namespace lab
