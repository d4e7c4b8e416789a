// Sets of capabilities, by number and by name.
#pragma once

#include <bitset>
#include <string>

namespace lab {

/// Bit N stands for the capability N, as in the Cap… lines of /proc/PID/status.
using CapabilitySet = std::bitset<64>;

/// Those that Docker leaves to a container's root: enough to install packages, to serve a low port
/// and to change users; none that reaches past the container.
CapabilitySet default_capabilities();

/// Those that this process can hand on: its bounding set, PR_CAPBSET_READ.
CapabilitySet available_capabilities();

/// The set of a line of /proc/PID/status: capabilities_of(process, "CapEff").
CapabilitySet capabilities_of(const std::string& process, const std::string& line);

/// The number of a capability, with or without CAP_, in any case: "net_admin". Error, with the
/// nearest name as a hint, where there is none such.
unsigned parse_capability(const std::string& name);

bool is_all(const std::string& name);  ///< ALL or CAP_ALL, in any case

/// As cap_from_text(3) has it, and libcap's names: "cap_chown,cap_kill".
std::string capability_list(const CapabilitySet& set);

}  // namespace lab
