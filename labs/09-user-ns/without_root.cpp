#include "without_root.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "container_state.h"
#include "error.h"
#include "overlay.h"
#include "step.h"

namespace lab {
namespace {

void refuse(bool asked, const char* option, const std::string& why) {
  if (asked) throw Error(fmt::format("{} needs root: {}", option, why), "run it with sudo");
}

}  // namespace

void tell_what_needs_root(const NetworkOptions& network, const Limits& limits) {
  if (::geteuid() == 0) return;
  const std::string bridge = "a cable to the host's network is laid by the host's root";
  refuse(network.ip.has_value(), "--ip", bridge);
  refuse(network.bridge != "lab0", "--bridge", bridge);
  refuse(network.nat, "--nat", bridge);
  const std::string cgroups = "the host's root makes cgroups, unless it hands some on";
  refuse(limits.memory.has_value(), "--memory", cgroups);
  refuse(limits.cpus.has_value(), "--cpus", cgroups);
  refuse(limits.pids.has_value(), "--pids", cgroups);
  if (listing()) return;
  say(fmt::format("without root: no eth0: {}; there is the loopback\n", bridge));
  say(fmt::format("without root: no cgroups of its own: {}; nothing is limited\n", cgroups));
  if (state_directory().empty())
    say("without root: no line in ./lab ps: /run/lab is root's, and XDG_RUNTIME_DIR is no "
        "directory "
        "to write to\n");
}

void mount_layers_as_permitted(const OwnedLayers& layers) {
  try {
    mount_layers(layers.image(), layers.lower(), layers.upper());
  } catch (const SyscallError& error) {
    const bool optional = layers.lower().empty() && layers.upper().empty();
    if (!layers.as_they_are() || error.error() != EPERM || !optional) throw;
    say("without root: no overlay: this kernel lets only the host's root mount one; what is "
        "changed "
        "is changed in the image itself\n");
  }
}

}  // namespace lab
