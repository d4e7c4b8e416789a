// 03-mount-ns: runs a command with a mount table of its own: /proc, /sys and /dev are the container's.
//
//   sudo build/bin/03-mount-ns --explain --rootfs rootfs/busybox -- ps

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, root, environment
#include "mount_namespace.h"
#include "propagation_option.h"
#include "supervise.h"  // lab 02: PID 1, its parent, its init

int main(int argc, char** argv) {
  lab::App app("03-mount-ns", "runs COMMAND with mounts of its own");
  const lab::PropagationOption propagation(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    return lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      lab::enter_mount_namespace(propagation.flag());
      lab::change_root(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
  });
}
