// A pipe, pipe(7).
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "error.h"
#include "unique_fd.h"

namespace lab {

/// No end of it is passed on to what execve(2) starts. Errors: SyscallError.
struct Pipe {
  Pipe() {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) == -1) throw SyscallError({"pipe2", {}}, errno);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }
  UniqueFd read_end, write_end;
};

}  // namespace lab
