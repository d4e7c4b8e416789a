// One run of the program under test (command_line.h) on a host (host.h), and the probe inside it.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"
#include "host.h"
#include "unique_fd.h"

namespace check {

class Run {
 public:
  explicit Run(const Request& request = {});
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Lets the run end. The last run on a host lets the host be compared with itself. What is left
  /// behind is noted (host.h). After a program that was killed there is one run more: what such a
  /// program cannot take away is for the next one to sweep.
  ~Run();

  pid_t lab() const { return lab_; }  ///< the program under test

  /// Waits until the probe speaks, and finds out who it is. Fails the check where it never does.
  pid_t wait_for_probe();
  pid_t probe() const { return probe_; }  ///< its pid here
  std::string process() const { return std::to_string(probe_); }

  /// Sends the probe a request; probe.cpp lists them. ask() returns the answer too.
  void send(const std::string& request) const;
  std::string ask(const std::string& request);

  /// The next message of the probe or of one of its children; its sender's pid, as seen here, in
  /// `sender`.
  std::string next_message(pid_t* sender = nullptr);

  /// The exit status of the program, as a shell has it. Fails the check where it does not end.
  int wait();
  std::string output() const;  ///< stdout so far
  std::string errors() const;  ///< stderr so far

  std::string standard_descriptor(
      int fd) const;  ///< what the program got as fd 0, 1 and 2, as identity() has it

  void kill_lab(int signal);
  static bool is_alive(pid_t pid);  ///< a process that is neither gone nor a zombie
  void end_everything();            ///< kills whatever is left of the run, by pid

  const Host& host() const { return *host_; }

 private:
  void start();
  void let_end();
  void note_processes_left();

  std::vector<std::string> own_children()
      const;  ///< children of this process that came with the run

  Request request_;
  std::shared_ptr<Host> host_;
  std::vector<std::string> children_before_;
  lab::UniqueFd socket_, output_, errors_;
  std::string stdin_identity_;
  pid_t lab_ = -1, probe_ = -1;
  std::optional<int> status_;
  bool killed_ = false;   ///< the program got SIGKILL
  bool gave_up_ = false;  ///< a wait has run out of time
};

/// Runs a command to its end: its exit status and what it printed.
struct Ended {
  int status;
  std::string output, errors;
};
Ended run_to_end(const Request& request);

/// What `path` leads to, as "device:inode"; empty where it leads nowhere. For the links below /proc:
/// they are compared by what is behind them.
std::string identity(const std::string& path);

}  // namespace check
