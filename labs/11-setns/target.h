// The container that is to be entered: found by its name, or by the pid of one of its processes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>

#include "app.h"
#include "container_state.h"
#include "unique_fd.h"

namespace lab {

/// A process in the container, held by its directory in /proc: where it ends, the directory is empty,
/// and never another process's that has got its pid.
class Target {
 public:
  Target() = default;  ///< none; only while the steps are listed

  /// The first process of the running lab of that name. Errors: Error where there is none such.
  static Target named(const std::string& name);
  /// That process, in whatever container. Errors: Error where it is none, or in no container.
  static Target with_pid(const std::string& text);

  /// Its directory, as a path of this process and its children as long as they see the host's /proc.
  std::filesystem::path directory() const;
  /// Its pid, as a word for messages.
  const std::string& pid() const { return pid_; }
  explicit operator bool() const { return static_cast<bool>(directory_); }

  bool has_ended() const;  ///< also where it is a zombie

 private:
  explicit Target(const std::string& pid);
  static Target first_process_of(const ContainerFacts& facts);

  std::string pid_;
  UniqueFd directory_;
};

/// Runs `body`; where a call in it fails because the target has ended meanwhile, says that instead.
int told_where_it_ended(const Target& target, const std::function<int()>& body);

/// The operand NAME and the options --pid and --list, of which one is given.
class TargetOption {
 public:
  explicit TargetOption(App& app);
  TargetOption(const TargetOption&) = delete;
  TargetOption& operator=(const TargetOption&) = delete;

  bool list() const { return list_; }
  const Target& target() const;  ///< Error where none was given

 private:
  Target target_;
  bool list_ = false;
};

}  // namespace lab
