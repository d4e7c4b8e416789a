// 04-pivot-root: runs a command in a mount namespace whose root is the image; the host's is gone.
//
//   sudo build/bin/04-pivot-root --explain --rootfs rootfs/busybox -- cat /proc/self/mountinfo

#include "app.h"
#include "chroot.h"           // lab 01: descriptors, environment
#include "mount_namespace.h"  // lab 03: mounts of its own
#include "pivot_root.h"
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init

int main(int argc, char** argv) {
  lab::App app("04-pivot-root", "runs COMMAND with the image as the root of its mount namespace");
  const lab::PropagationOption propagation(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    return lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      lab::enter_mount_namespace(propagation.flag());
      lab::pivot_into(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      lab::detach_old_root();
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
  });
}
