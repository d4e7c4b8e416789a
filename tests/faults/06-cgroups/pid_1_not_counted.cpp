// Mistake: the first process is taken not to count, and one more is allowed.
// fails: --pids is the most processes with PID 1 among them

#include <string>

#include "cgroups.h"
#include "step.h"
#include "sys.h"

namespace lab {

void limit_pids(const Cgroups& cgroups, std::uint64_t pids) {
  step("limit-pids", "the next fork fails",
       [&] { sys::write_file(cgroups.with("pids").path / "pids.max", std::to_string(pids + 1)); });
}

}  // namespace lab
