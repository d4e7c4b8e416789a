// Mistake: memory is limited and swap is not. What does not fit is swapped out instead.
// fails: the limit on memory cannot be passed by swapping

#include "cgroups.h"
#include "step.h"
#include "sys.h"

namespace lab {

void limit_memory(const Cgroups& cgroups, std::uint64_t bytes) {
  step("limit-memory", "who needs more than this is killed", [&] {
    const Cgroup& cgroup = cgroups.with("memory");
    const char* file = cgroup.version == 2 ? "memory.max" : "memory.limit_in_bytes";
    sys::write_file(cgroup.path / file, std::to_string(bytes));
  });
}

}  // namespace lab
