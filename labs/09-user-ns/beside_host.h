// How the functions of lab 09 go together: in this lab, and in every later one around more.
#pragma once

#include <functional>
#include <optional>

#include "apart.h"
#include "container_cgroups.h"
#include "container_state.h"
#include "errand.h"
#include "kept_changes.h"
#include "own_network.h"
#include "owned_layers.h"
#include "pid_namespace.h"
#include "process.h"
#include "step.h"
#include "user_namespace.h"

namespace lab {

/// What the container has of the host. The process that made it stays outside.
struct OfTheHost {
  const IdMaps& maps;
  OwnedLayers& layers;
  KeptChanges& changes;
  OwnNetwork& network;
  ContainerState& state;
  std::optional<Cgroups>& cgroups;

  /// Its errand: what takes power over the host.
  void give_to(pid_t inside) const {
    if (is_apart(inside)) map_ids(inside, maps);
    layers.give_to(inside, maps, changes);
    network.plug_in(inside);
  }
  /// In the child, which lives on beside the container: where the lab is killed, all is free at once.
  void let_go() const {
    changes.let_go();
    network.let_go();
    state.let_go();
    if (cgroups) cgroups->let_go();
  }
};

/// Runs `contained` in a child that has a user namespace, is root in it, and has the container's
/// network; returns its exit status. This process stays outside, with power over the host, and passes
/// signals on. Errors: as those of the parts.
inline int run_in_user_namespace(const OfTheHost& host, const std::function<int()>& contained) {
  StartGate gate;
  Errand errand([&](pid_t inside) { host.give_to(inside); });
  const auto inside = [&] {
    host.let_go();
    enter_user_namespace();
    host.network.enter();
    errand.ask();
    become_root(host.maps);
    die_with_parent(gate);
    host.network.configure();
    return contained();
  };
  Child child;
  step("fork-inside",
       "a child goes into the namespace: this process stays, with power over the host", [&] {
         child = fork_child([&] {
           gate.wait();
           return inside();
         });
       });
  const sigset_t signals = forward_signals(child);
  gate.open();
  if (!child) return inside();  // the step "fork-inside" was left out
  errand.serve(child);
  return wait_for(child, signals);
}

}  // namespace lab
