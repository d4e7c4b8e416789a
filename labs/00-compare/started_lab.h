// A lab that is started to be looked at.
#pragma once

#include <string>

#include "process.h"
#include "unique_fd.h"

namespace lab {

/// Lab NN, run with a command that waits. It ends with this object, and however this process ends.
class StartedLab {
 public:
  /// `lab` is a number or a name, as 4, 04 or 04-pivot-root. Errors: Error where there is no such lab,
  /// where it starts no container, or where it fails.
  explicit StartedLab(const std::string& lab);
  StartedLab(const StartedLab&) = delete;
  StartedLab& operator=(const StartedLab&) = delete;
  ~StartedLab();

  const std::string& name() const { return name_; }
  const std::string& pid() const { return pid_; }  ///< of the command

 private:
  void wait_for_command();

  std::string name_, pid_;
  Child lab_;
  UniqueFd socket_;  // the command's stdin and stdout; once it is closed, the command ends
};

}  // namespace lab
