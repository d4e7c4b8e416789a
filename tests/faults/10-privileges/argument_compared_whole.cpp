// Mistake: the filter compares all 64 bits of an argument of which the kernel looks at 32
// (CVE-2019-10063, in Flatpak).
// fails: the filter refuses what no capability is asked for

#include <sys/capability.h>

#include <string>

#include "syscall_filter.h"

namespace lab {

Filter default_filter(const CapabilitySet& kept) {
  std::vector<RefusedGroup> groups = groups_refused_to(kept);
  for (RefusedGroup& group : groups) {
    for (RefusedCall& call : group.calls) {
      if (call.name == std::string("ioctl")) call.mask = ~std::uint64_t{0};
    }
  }
  return filter_against(groups, kept[CAP_SYS_ADMIN]);
}

}  // namespace lab
