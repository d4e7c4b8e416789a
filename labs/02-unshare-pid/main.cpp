// 02-unshare-pid: runs a command as PID 1 of a PID namespace of its own.
//
//   sudo build/bin/02-unshare-pid --explain --rootfs rootfs/busybox -- sh -c 'echo I am $$'

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, root, environment
#include "pid_namespace.h"
#include "supervise.h"

int main(int argc, char** argv) {
  lab::App app("02-unshare-pid", "runs COMMAND as PID 1 of a PID namespace of its own");
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    return lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      lab::change_root(request.rootfs);
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
  });
}
