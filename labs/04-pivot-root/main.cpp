// 04-pivot-root: runs a command in a mount namespace whose root is the image; the host's root is
// gone from it.
//
//   sudo build/bin/04-pivot-root --explain --rootfs rootfs/busybox -- cat /proc/self/mountinfo

#include <sys/mount.h>

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, environment
#include "exec.h"
#include "mount_namespace.h"  // lab 03: mounts of its own
#include "pid_namespace.h"    // lab 02: PID 1, its parent, its init
#include "pivot_root.h"

int main(int argc, char** argv) {
  bool init = false;
  std::string propagation = "private";
  lab::App app("04-pivot-root", "runs COMMAND with the image as the root of its mount namespace");
  app.flag("--init", "put a small init at PID 1, which reaps orphans, and the command under it",
           init);
  app.choice("--propagation", "slave: what the host mounts later appears inside too",
             {"private", "slave"}, propagation);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    lab::StartGate gate;
    const auto contained = [&] {
      lab::die_with_parent(gate);
      lab::close_inherited_descriptors();
      lab::enter_mount_namespace(propagation == "slave" ? MS_SLAVE : MS_PRIVATE);
      lab::pivot_into(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      lab::detach_old_root();
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
