// stand-in-host [--read-only] COMMAND [ARG...]: runs it on a stand-in for the host, which ends with it
// (common/stand_in.h). --read-only: the disks cannot be changed there. Exit status: the command's.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "error.h"
#include "stand_in.h"

int main(int argc, char** argv) {
  char** command = argv + 1;
  const bool read_only = argc > 1 && std::strcmp(*command, "--read-only") == 0;
  if (read_only) ++command;
  if (argc == 1 || *command == nullptr) {
    std::fputs("usage: stand-in-host [--read-only] COMMAND [ARG...]\n", stderr);
    return 2;
  }
  return lab::exit_status_of([&]() -> int {
    lab::make_stand_in_host();
    if (read_only) lab::make_disks_read_only({"/"});
    ::execvp(*command, command);
    throw lab::SyscallError({"execvp", {*command}}, errno);
  });
}
