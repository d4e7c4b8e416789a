// How the functions of lab 09 go together: in this lab, and in every later one around more.
#pragma once

#include <functional>

#include "errand.h"
#include "namespaces.h"
#include "pid_namespace.h"
#include "process.h"
#include "step.h"
#include "user_namespace.h"

namespace lab {

/// Runs `inside` in a child that is to enter a user namespace, and returns its exit status. This
/// process stays outside, runs the child's errand, and passes signals on.
inline int run_beside_host(Errand& errand, const std::function<int(const StartGate&)>& inside) {
  StartGate gate;
  Child child;
  step("fork-inside",
       "a child goes into the namespace: this process stays, with power over the host", [&] {
         child = fork_child([&] {
           gate.wait();
           return inside(gate);
         });
       });
  const sigset_t signals = forward_signals(child);
  gate.open();
  if (!child) return inside(gate);  // the step "fork-inside" was left out
  errand.serve(child);
  return wait_for(child, signals);
}

/// Is `process` in another user namespace than this one? Not where "unshare-user" was left out.
inline bool is_apart(pid_t process) {
  return listing() || namespace_of(std::to_string(process), "user") != namespace_of("self", "user");
}

}  // namespace lab
