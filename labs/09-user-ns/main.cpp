// 09-user-ns: runs a command as a root who is no one special outside. Root need not start it.
//
//   sudo build/bin/09-user-ns --explain -r rootfs/busybox -- sh -c 'id; cat /proc/self/uid_map'
//   build/bin/09-user-ns -r rootfs/busybox -- id

#include <unistd.h>

#include <optional>

#include "app.h"
#include "beside_host.h"
#include "cgroups.h"  // lab 06: its limits
#include "chroot.h"   // lab 01: descriptors, environment
#include "container_state.h"
#include "kept_changes.h"   // lab 07
#include "layer_check.h"    // lab 07
#include "layer_options.h"  // lab 07
#include "limit_options.h"  // lab 06
#include "map_options.h"
#include "mount_namespace.h"  // lab 03: mounts of its own
#include "name_options.h"     // lab 08
#include "own_network.h"      // lab 05: its network
#include "owned_layers.h"
#include "pivot_root.h"          // lab 04: the old root goes
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init
#include "usage.h"               // lab 06: what it used
#include "uts_ipc.h"             // lab 08: its name, its queues
#include "without_root.h"

int main(int argc, char** argv) {
  lab::App app("09-user-ns", "runs COMMAND as a root who is no one special outside");
  app.run_without_root();
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network_options(app);
  const lab::LimitOptions limits(app);
  const lab::LayerOptions layer_options(app);
  const lab::NameOptions names(app, "09-user-ns");
  const lab::MapOptions map_options(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    const lab::IdMaps maps = map_options.maps();
    lab::tell_what_needs_root(network_options, limits.limits());
    lab::check_layers(request.rootfs, layer_options.lower(), layer_options.upper());
    lab::ContainerState state(names.lab(), names.name(), request);
    lab::KeptChanges changes(layer_options.upper());
    lab::OwnNetwork network(network_options);
    std::optional<lab::Cgroups> cgroups;
    if (::geteuid() == 0) limits.set_on(cgroups.emplace());
    lab::OwnedLayers layers(request.rootfs, layer_options.lower(), layer_options.upper());

    const lab::OfTheHost host{maps, layers, changes, network, state, cgroups};
    const int status = lab::run_in_user_namespace(host, [&] {
      return lab::run_as_pid1([&] {
        lab::close_inherited_descriptors();
        layers.let_go();
        state.note_pids();
        if (cgroups) lab::enter_cgroups(*cgroups);
        lab::unshare_cgroup_namespace();
        lab::enter_uts_namespace(names.hostname());
        lab::enter_ipc_namespace();
        lab::enter_mount_namespace(propagation.flag());
        lab::mount_layers_as_permitted(layers);
        lab::pivot_into(layers.image());
        lab::mount_proc();
        lab::mount_sys();
        lab::mount_dev();
        lab::mount_mqueue();
        lab::detach_old_root();
        network.bind_files();
        state.publish(network.address());
        return lab::run_command(request.command, lab::clean_environment(request.env), init);
      });
    });
    if (cgroups) {
      lab::tell_usage(*cgroups);
      lab::report_out_of_memory(*cgroups, limits.limits());
    }
    return status;
  });
}
