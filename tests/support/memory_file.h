// A file in memory: what another process writes, however much, and is read here.
#pragma once

#include <sys/mman.h>

#include <string>

#include "procfs.h"
#include "unique_fd.h"

namespace check {

inline lab::UniqueFd memory_file(const char* name) {
  return lab::UniqueFd(::memfd_create(name, MFD_CLOEXEC));
}

inline std::string content_of(const lab::UniqueFd& file) {
  return lab::read_file("/proc/self/fd/" + std::to_string(file.get()));
}

}  // namespace check
