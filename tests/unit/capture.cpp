#include "capture.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>

#include "error.h"
#include "process.h"
#include "procfs.h"
#include "unique_fd.h"

Captured capture(const std::function<int()>& body) {
  const lab::UniqueFd out(::memfd_create("stdout", MFD_CLOEXEC));
  const lab::UniqueFd err(::memfd_create("stderr", MFD_CLOEXEC));
  std::fflush(nullptr);  // the child would print what is still in the buffers a second time
  lab::Child child = lab::fork_child([&] {
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(err.get(), STDERR_FILENO);
    const int status = lab::exit_status_of(body);
    std::fflush(nullptr);
    return status;
  });
  const int status = child.wait();
  const auto content = [](const lab::UniqueFd& file) {
    return lab::read_file("/proc/self/fd/" + std::to_string(file.get()));
  };
  return {status, content(out), content(err)};
}
