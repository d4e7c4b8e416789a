// A command that is held back on the way into its first instruction.
#pragma once

#include <fcntl.h>

#include <csignal>
#include <filesystem>

#include "image.h"
#include "report.h"
#include "unique_fd.h"

namespace check {

/// /held in image_on_disk(), a copy of the probe that no one can execute until it is let go: the checks
/// have a lease on it, fcntl(2), and whoever opens it waits for them.
class HeldProgram {
 public:
  HeldProgram() : path_(image_on_disk() + "/held") {
    std::filesystem::copy_file(std::filesystem::path(image_on_disk()) / "probe", path_);
    file_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    std::signal(SIGIO, SIG_IGN);  // tells of the one who waits; wanted() asks instead
    if (::fcntl(file_.get(), F_SETLEASE, F_WRLCK) == -1) {
      std::filesystem::remove(path_);
      skip("this file system has no leases: " + path_.string());
    }
  }
  HeldProgram(const HeldProgram&) = delete;
  HeldProgram& operator=(const HeldProgram&) = delete;
  ~HeldProgram() { std::filesystem::remove(path_); }

  bool wanted() const { return ::fcntl(file_.get(), F_GETLEASE) != F_WRLCK; }
  void let_go() { ::fcntl(file_.get(), F_SETLEASE, F_UNLCK); }

 private:
  std::filesystem::path path_;
  lab::UniqueFd file_;
};

}  // namespace check
