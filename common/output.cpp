#include "output.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "error.h"

namespace lab {

void print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) == EOF)
    throw SyscallError({"write", {STDOUT_FILENO, Arg::literal("…")}}, errno);
}

std::string coloured(const char* colour, const std::string& text) {
  const bool plain = ::isatty(STDOUT_FILENO) == 0 || std::getenv("NO_COLOR") != nullptr;
  return plain ? text : fmt::format("\033[{}m{}\033[0m", colour, text);
}

}  // namespace lab
