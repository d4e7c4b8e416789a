// 06-cgroups: runs a command that gets no more memory, CPU time and processes than it is given.
//
//   sudo build/bin/06-cgroups --explain --memory 64M --cpus 0.4 --pids 64 -r rootfs/busybox -- sh

#include "app.h"
#include "cgroups.h"
#include "chroot.h"             // lab 01: descriptors, environment
#include "container_network.h"  // lab 05: its network
#include "limit_options.h"
#include "mount_namespace.h"     // lab 03: mounts of its own
#include "pivot_root.h"          // lab 04: the image as the root mount
#include "propagation_option.h"  // lab 03
#include "supervise.h"           // lab 02: PID 1, its parent, its init
#include "usage.h"

int main(int argc, char** argv) {
  lab::App app("06-cgroups", "runs COMMAND with limits for memory, CPU time and processes");
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network_options(app);
  const lab::LimitOptions limits(app);
  bool init = false;
  lab::add_init_option(app, init);

  return lab::run_lab(app, argc, argv, [&](const lab::Request& request) {
    const lab::ContainerNetwork network(network_options);
    lab::Cgroups cgroups;
    limits.set_on(cgroups);

    const int status = lab::run_as_pid1([&] {
      lab::close_inherited_descriptors();
      lab::enter_cgroups(cgroups);
      lab::unshare_cgroup_namespace();
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
    lab::tell_usage(cgroups);
    lab::report_out_of_memory(cgroups, limits.limits());
    return status;
  });
}
