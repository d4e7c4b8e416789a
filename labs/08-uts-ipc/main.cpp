// 08-uts-ipc: runs a command under a host name of its own, with no shared memory, semaphore or message
// queue of the host's.
//
//   sudo build/bin/08-uts-ipc --explain --hostname web -r rootfs/busybox -- sh -c 'hostname; ipcs'

#include "app.h"
#include "cgroups.h"            // lab 06: its limits
#include "chroot.h"             // lab 01: descriptors, environment
#include "container_network.h"  // lab 05: its network
#include "container_state.h"
#include "kept_changes.h"     // lab 07
#include "layer_check.h"      // lab 07
#include "layer_options.h"    // lab 07
#include "limit_options.h"    // lab 06
#include "mount_namespace.h"  // lab 03: mounts of its own
#include "name_options.h"
#include "overlay.h"             // lab 07: its layers
#include "pivot_root.h"          // lab 04: the old root goes
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init
#include "usage.h"               // lab 06: what it used
#include "uts_ipc.h"

int main(int argc, char** argv) {
  lab::App app("08-uts-ipc", "runs COMMAND in a container that has a host name of its own");
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network_options(app);
  const lab::LimitOptions limits(app);
  const lab::LayerOptions layers(app);
  const lab::NameOptions names(app, "08-uts-ipc");
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    lab::check_layers(request.rootfs, layers.lower(), layers.upper());
    lab::ContainerState state(names.lab(), names.name(), request);
    lab::KeptChanges changes(layers.upper());
    const lab::ContainerNetwork network(network_options);
    lab::Cgroups cgroups;
    limits.set_on(cgroups);

    const int status = lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      changes.let_go();
      state.note_pids();
      lab::enter_cgroups(cgroups);
      lab::unshare_cgroup_namespace();
      lab::enter_uts_namespace(names.hostname());
      lab::enter_ipc_namespace();
      network.enter();
      lab::enter_mount_namespace(propagation.flag());
      lab::mount_layers(request.rootfs, layers.lower(), layers.upper());
      lab::pivot_into(request.rootfs);
      lab::mount_proc();
      lab::mount_sys();
      lab::mount_dev();
      lab::mount_mqueue();
      lab::detach_old_root();
      network.bind_files();
      state.publish(network.address().text());
      return lab::run_command(request.command, lab::clean_environment(request.env), init);
    });
    lab::tell_usage(cgroups);
    lab::report_out_of_memory(cgroups, limits.limits());
    return status;
  });
}
