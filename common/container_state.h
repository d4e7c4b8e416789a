// What is known of a running container, in /run/lab/containers/NAME/state.json: for `./lab ps`, and
// for whoever is to enter it by its name.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app.h"
#include "shared_use.h"
#include "unique_fd.h"

namespace lab {

struct ContainerFacts {
  std::string name;
  std::string lab;       ///< `08-uts-ipc`
  pid_t supervisor = 0;  ///< the lab's own pid
  pid_t pid = 0;  ///< of the container's first process, as the host has it; 0: in the making …
  pid_t pid_inside = 0;  ///< … and as the container has it
  std::string address;   ///< with its network's length; empty: none
  std::string started;   ///< ISO 8601, UTC: `2026-11-22T12:30:00Z`
  std::vector<std::string> command;
  std::string rootfs;  ///< the image
};

/// Where the states are, or are to be: /run/lab for root; for another user `lab` in his
/// $XDG_RUNTIME_DIR. Empty where that is no directory that he may write to.
std::filesystem::path state_directory();

// Pure functions. A byte of the command that is no UTF-8 is replaced, as JSON has no way to hold it.
std::string to_json(const ContainerFacts& facts);
std::optional<ContainerFacts> from_json(const std::string& text);  ///< none: not such a text

/// The state of a container, as long as its lab lives: a lock on its name (flock(2)), which ends with
/// its holder, and the file. Lives in the parent; a user who may not write to /run has it in
/// $XDG_RUNTIME_DIR, and where there is none, none.
class ContainerState {
 public:
  /// Takes the name, and removes the files of labs that were killed. Errors: Error where a running
  /// lab has the name; SyscallError.
  ContainerState(const std::string& lab, const std::string& name, const Request& request);
  ContainerState(const ContainerState&) = delete;
  ContainerState& operator=(const ContainerState&) = delete;
  ~ContainerState();

  void let_go() { lock_.let_go(); }  ///< in a child that lives on

  /// In the container's first process, as long as /proc is the host's: notes which pid it has there.
  void note_pids();

  /// In the same process, once the container is complete: from now on it can be entered. Closes the
  /// file, by which a link in the image would lead to the host.
  void publish(const std::string& address = "");

 private:
  void write() const;

  ContainerFacts facts_;
  LockFile lock_;
  std::filesystem::path path_;
  UniqueFd file_;
};

/// The containers of all labs that run now, by name; those in the making have no pid yet. Removes the
/// files of labs that were killed.
std::vector<ContainerFacts> containers();

/// Those of them that are complete.
std::vector<ContainerFacts> running_containers();

/// The one of that name.
std::optional<ContainerFacts> find_container(const std::string& name);

}  // namespace lab
