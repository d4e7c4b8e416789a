// sandboxed COMMAND [ARG...]: runs it in cgroups of its own, as the checks run: other labs on this
// machine do not sweep what it leaves there. The share of the CPUs is that of eight cgroups, as on a
// machine that is at its service. Exit status: the command's.

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "cgroup_sandbox.h"
#include "error.h"

namespace {
constexpr int kCpuWeight = 4;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: sandboxed COMMAND [ARG...]\n", stderr);
    return 2;
  }
  return lab::exit_status_of([&] {
    const auto run = [&]() -> int {
      ::execvp(argv[1], argv + 1);
      throw lab::SyscallError({"execvp", {argv[1]}}, errno);
    };
    return check::in_cgroup_sandbox(run, kCpuWeight);
  });
}
