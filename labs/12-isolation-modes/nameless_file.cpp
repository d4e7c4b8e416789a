#include "nameless_file.h"

#include <sys/mman.h>

#include <cerrno>

#include "error.h"
#include "step.h"

namespace lab {

UniqueFd nameless_file(const char* name) {
  if (listing()) return {};
  UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
  const Call call{"memfd_create", {name, Arg::literal("MFD_CLOEXEC")}};
  const int error = file ? 0 : errno;
  tell_call(call, file.get(), error);
  if (error != 0) throw SyscallError(call, error);
  return file;
}

}  // namespace lab
