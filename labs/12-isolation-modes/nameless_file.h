// A file in memory that no path leads to.
#pragma once

#include "unique_fd.h"

namespace lab {

/// memfd_create(2): it goes with its last descriptor, so nothing is left of it whatever ends the
/// lab. `name` is for /proc/PID/fd alone. Errors: SyscallError.
UniqueFd nameless_file(const char* name);

}  // namespace lab
