// 12-isolation-modes: the same command in two modes of isolation: in a container, on this kernel;
// or in a virtual machine, on a kernel of its own.
//
//   sudo build/bin/12-isolation-modes --isolation vm -r rootfs/busybox -- uname -r
//   sudo build/bin/12-isolation-modes --compare -r rootfs/busybox

#include "app.h"
#include "caught_signals.h"
#include "compare.h"
#include "isolation_options.h"
#include "layer_options.h"  // lab 07: this and the others are for the container
#include "limit_options.h"  // lab 06
#include "machine.h"
#include "map_options.h"        // lab 09
#include "name_options.h"       // lab 08
#include "network_options.h"    // lab 05
#include "privilege_options.h"  // lab 10
#include "process_mode.h"
#include "propagation_option.h"  // lab 03
#include "step.h"
#include "supervise.h"  // lab 02

int main(int argc, char** argv) {
  lab::App app("12-isolation-modes", "runs COMMAND in a container, or in a virtual machine");
  app.run_without_root();
  const lab::PropagationOption propagation(app);
  const lab::NetworkOptions network(app);
  const lab::LimitOptions limits(app);
  const lab::LayerOptions layers(app);
  const lab::NameOptions names(app, "12-isolation-modes");
  const lab::MapOptions maps(app);
  const lab::PrivilegeOptions privileges(app);
  bool init = false;
  lab::add_init_option(app, init);
  const lab::IsolationOptions isolation(app);

  std::vector<std::string> for_lab_10;
  bool has_command = false;
  app.look_at_options(
      [&](const lab::GivenOptions& given, const lab::Request& request) -> std::optional<int> {
        isolation.refuse_others(given);
        for_lab_10 = isolation.without_own(given);
        has_command = given.command;
        if (!isolation.process() || isolation.compare()) return {};
        return lab::run_as_process(for_lab_10, request.command, isolation.timeout());
      });

  return lab::run_lab(app, argc, argv, [&](const lab::Request& asked) {
    lab::CaughtSignals signals;
    lab::Request request = asked;
    if (isolation.compare() && !has_command) request.command = {"sleep", "1000"};
    const lab::MachineWish wish{request, isolation, network, limits.limits(), names.hostname()};
    if (isolation.compare() && !lab::listing()) return lab::compare(wish, for_lab_10, signals);
    return lab::Machine(wish, signals).run();
  });
}
