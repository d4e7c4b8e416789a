// How the functions of lab 02 go together: in this lab, and in every later one around more.
#pragma once

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "app.h"
#include "exec.h"
#include "pid_namespace.h"
#include "process.h"

namespace lab {

/// Adds --init to a lab's options.
inline void add_init_option(App& app, bool& init) {
  app.flag("--init", "put a small init at PID 1, which reaps orphans, and the command under it",
           init);
}

/// Runs `contained` as PID 1 of a new PID namespace; returns its exit status.
/// Precondition and errors: as fork_into_pid_namespace().
inline int run_as_pid1(const std::function<int()>& contained) {
  StartGate gate;
  const auto body = [&] {
    die_with_parent(gate);
    return contained();
  };
  Child pid1 = fork_into_pid_namespace(gate, body);
  const sigset_t signals = forward_signals(pid1);
  gate.open();
  if (!pid1) return body();  // the step "fork" was left out
  return wait_for(pid1, signals);
}

/// The end of what PID 1 does: it becomes the command, or with `init` stays as the command's parent.
inline int run_command(const std::vector<std::string>& command, const std::vector<std::string>& env,
                       bool init) {
  const auto become_command = [&] {
    exec_command(command, env);
    return EXIT_SUCCESS;  // the step "exec" was left out
  };
  return init ? run_under_init(become_command) : become_command();
}

}  // namespace lab
