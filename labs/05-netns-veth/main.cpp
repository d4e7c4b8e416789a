// 05-netns-veth: runs a command with a network of its own, and a cable to a bridge of the host.
//
//   sudo build/bin/05-netns-veth --explain --rootfs rootfs/busybox -- ping -c 1 10.77.0.1

#include "app.h"
#include "chroot.h"  // lab 01: descriptors, environment
#include "container_network.h"
#include "mount_namespace.h"     // lab 03: mounts of its own
#include "pivot_root.h"          // lab 04: the image as its root
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init

int main(int argc, char** argv) {
  lab::App app("05-netns-veth", "runs COMMAND with a network of its own");
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network_options(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    const lab::ContainerNetwork network(network_options);
    return lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      network.enter();
      lab::enter_mount_namespace(propagation.flag());
      lab::pivot_into(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      lab::detach_old_root();
      network.bind_files();
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
  });
}
