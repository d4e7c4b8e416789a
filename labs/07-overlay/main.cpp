// 07-overlay: the finished container. Runs a command on layers: the image below, untouched, and its
// own changes above.
//
//   sudo build/bin/07-overlay --explain --rootfs rootfs/busybox -- sh -c 'rm /bin/vi; ls /bin'

#include "app.h"
#include "cgroups.h"            // lab 06: its limits
#include "chroot.h"             // lab 01: descriptors, environment
#include "container_network.h"  // lab 05: its network
#include "kept_changes.h"
#include "layer_check.h"
#include "layer_options.h"
#include "limit_options.h"    // lab 06
#include "mount_namespace.h"  // lab 03: mounts of its own
#include "overlay.h"
#include "pivot_root.h"          // lab 04: the old root goes
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init
#include "usage.h"               // lab 06: what it used

int main(int argc, char** argv) {
  lab::App app("07-overlay",
               "runs COMMAND in a container of its own, on an image that stays as it is");
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network_options(app);
  const lab::LimitOptions limits(app);
  const lab::LayerOptions layers(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    lab::check_layers(request.rootfs, layers.lower(), layers.upper());
    lab::KeptChanges changes(layers.upper());
    const lab::ContainerNetwork network(network_options);
    lab::Cgroups cgroups;
    limits.set_on(cgroups);

    const int status = lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      changes.let_go();
      lab::enter_cgroups(cgroups);
      lab::unshare_cgroup_namespace();
      network.enter();
      lab::enter_mount_namespace(propagation.flag());
      lab::mount_layers(request.rootfs, layers.lower(), layers.upper());
      lab::pivot_into(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      lab::detach_old_root();
      network.bind_files();
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
    lab::tell_usage(cgroups);
    lab::report_out_of_memory(cgroups, limits.limits());
    return status;
  });
}
