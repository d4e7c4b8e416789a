#include "capability_set.h"

#include <fmt/core.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

#include "error.h"
#include "flags.h"
#include "nearest.h"
#include "procfs.h"

namespace lab {
namespace {

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// All that this kernel knows, in the order of their numbers: CAP_CHOWN is 0.
std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (unsigned long n = 0; ::prctl(PR_CAPBSET_READ, n, 0, 0, 0) >= 0; ++n)
    names.push_back(capability_name(n));
  return names;
}

}  // namespace

CapabilitySet default_capabilities() {
  CapabilitySet set;
  for (const int capability :
       {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,  // root in its own files
        CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_SETFCAP,     // becoming someone with fewer rights
        CAP_KILL, CAP_SYS_CHROOT, CAP_MKNOD, CAP_AUDIT_WRITE, CAP_NET_BIND_SERVICE, CAP_NET_RAW})
    set.set(static_cast<size_t>(capability));
  return set;
}

CapabilitySet available_capabilities() {
  CapabilitySet set;
  for (size_t n = 0; n < set.size(); ++n) set[n] = ::prctl(PR_CAPBSET_READ, n, 0, 0, 0) == 1;
  return set;
}

CapabilitySet capabilities_of(const std::string& process, const std::string& line) {
  const std::string hex = status_field(read_file("/proc/" + process + "/status"), line);
  return CapabilitySet(std::strtoull(hex.c_str(), nullptr, 16));
}

unsigned parse_capability(const std::string& name) {
  const std::string upper = upper_case(name);
  const std::string full = upper.rfind("CAP_", 0) == 0 ? upper : "CAP_" + upper;
  const std::vector<std::string> names = known_names();
  const auto found = std::find(names.begin(), names.end(), full);
  if (found != names.end()) return static_cast<unsigned>(found - names.begin());
  const std::string near = nearest(full, names);
  throw Error(fmt::format("{} is no capability", lab::quoted(name)),
              near.empty() ? "capabilities(7) has them, such as NET_ADMIN; ALL stands for every one"
                           : fmt::format("did you mean {}?", near.substr(4)));
}

bool is_all(const std::string& name) {
  return upper_case(name) == "ALL" || upper_case(name) == "CAP_ALL";
}

std::string capability_list(const CapabilitySet& set) {
  std::string list;
  for (size_t n = 0; n < set.size(); ++n) {
    if (!set[n]) continue;
    char* const name = ::cap_to_name(static_cast<cap_value_t>(n));
    list += (list.empty() ? "" : ",") + std::string(name);
    ::cap_free(name);
  }
  return list;
}

}  // namespace lab
