// Mistake: the filter is the same for all, and --cap-add SYS_ADMIN allows nothing.
// fails: what a kept capability is for is allowed

#include "syscall_filter.h"

namespace lab {

Filter default_filter(const CapabilitySet& /*kept*/) {
  return filter_against(refused_groups(), false);
}

}  // namespace lab
