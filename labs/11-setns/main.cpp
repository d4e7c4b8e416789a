// 11-setns: runs a command in a container that is running: what `docker exec` is.
//
//   sudo build/bin/10-privileges --name web -r rootfs/busybox -- sleep 1000 &
//   sudo build/bin/11-setns --explain web -- sh -c 'hostname; ps'

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, environment
#include "exec.h"
#include "listing_of_containers.h"
#include "pid_namespace.h"  // lab 02: signals, and the end with its parent
#include "privileges.h"
#include "setns.h"
#include "target.h"

int main(int argc, char** argv) {
  lab::App app("11-setns", "runs COMMAND in a container that is running");
  const lab::TargetOption option(app);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    if (option.list()) {
      lab::list_containers();
      return EXIT_SUCCESS;
    }
    const lab::Target& target = option.target();
    return lab::told_where_it_ended(target, [&] {
      lab::Entrances entrances = lab::open_entrances(target.directory());
      lab::take_groups_where_denied(target.directory());
      lab::enter_user_namespace(entrances);
      const auto privileges = lab::Privileges::of(target.directory());  // ids as they are inside

      lab::StartGate gate;
      const auto inside = [&] {
        lab::close_inherited_descriptors();
        lab::join_cgroups(entrances);
        lab::enter_namespaces(entrances);
        privileges.take();
        lab::die_with_parent(gate);
        lab::exec_command(request.command, lab::clean_environment(request.env));
        return EXIT_SUCCESS;  // the step "exec" was left out
      };
      lab::Child command = lab::fork_into_container(entrances, gate, inside);
      const sigset_t signals = lab::forward_signals(command);
      gate.open();
      if (!command) return inside();  // the step "fork-into" was left out
      return lab::wait_for(command, signals);
    });
  });
}
