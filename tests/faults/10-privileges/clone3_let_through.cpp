// Mistake: clone(2) with flags for namespaces is refused, and clone3(2) forgotten.
// fails: calls that no filter can judge are answered as by an older kernel

#include "syscall_filter.h"

namespace lab {

Filter default_filter(const CapabilitySet& kept) {
  return filter_against(groups_refused_to(kept), true);
}

}  // namespace lab
