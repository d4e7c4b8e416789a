// 02-unshare-pid: runs a command as PID 1 of a PID namespace of its own.
//
//   sudo build/bin/02-unshare-pid --explain --rootfs rootfs/busybox -- sh -c 'echo I am $$'

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, root, environment
#include "exec.h"
#include "pid_namespace.h"

int main(int argc, char** argv) {
  bool init = false;
  lab::App app("02-unshare-pid", "runs COMMAND as PID 1 of a PID namespace of its own");
  app.flag("--init", "put a small init at PID 1, which reaps orphans, and the command under it",
           init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    lab::StartGate gate;
    const auto contained = [&] {
      lab::die_with_parent(gate);
      lab::close_inherited_descriptors();
      lab::change_root(request.rootfs);
      const auto env = lab::clean_environment(request.env);
      const auto command = [&] {
        lab::exec_command(request.command, env);
        return EXIT_SUCCESS;
      };
      return init ? lab::run_under_init(command) : command();
    };

    lab::Child pid1 = lab::fork_into_pid_namespace(gate, contained);
    const sigset_t signals = lab::forward_signals(pid1);
    gate.open();
    if (!pid1) return contained();  // the step "fork" was left out
    return lab::wait_for(pid1, signals);
  });
}
