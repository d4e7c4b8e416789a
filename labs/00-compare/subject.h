// A process that is looked at: through /proc/PID, proc(5), and from within its namespaces.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "namespaces.h"
#include "unique_fd.h"

namespace lab {

class Subject {
 public:
  /// Errors: Error where there is no such process.
  explicit Subject(const std::string& pid);
  static Subject self();  ///< this process: the host, wherever it runs

  const std::string& pid() const { return pid_; }
  std::string path(const std::string& file) const { return "/proc/" + pid_ + "/" + file; }

  std::optional<std::string> read(const std::string& file) const;        ///< none: not readable
  std::optional<std::string> status(const std::string& key) const;       ///< of /proc/PID/status
  std::optional<std::string> name_space(const std::string& file) const;  ///< `pid:[4026531836]`

  /// What `ask` finds out in a process that has joined the namespace. None: it cannot be joined.
  std::optional<std::string> within(const NamespaceKind& kind,
                                    const std::function<std::string()>& ask) const;

  /// Errors: Error where the process has ended, and another one may have its pid.
  void expect_alive() const;

 private:
  std::string pid_;
  UniqueFd proc_;  // leads to nothing once the process has ended
};

/// The kind of namespace with that file under /proc/PID/ns/.
const NamespaceKind& namespace_kind(const std::string& file);

}  // namespace lab
