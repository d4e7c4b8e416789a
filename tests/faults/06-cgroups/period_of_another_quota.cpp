// Mistake: the quota is reckoned for a period of 100 ms, and the period is set to 50 ms.
// fails: --cpus is the quota of CPU time

#include <cmath>
#include <string>

#include "cgroups.h"
#include "step.h"
#include "sys.h"

namespace lab {

void limit_cpus(const Cgroups& cgroups, double cpus) {
  step("limit-cpu", "who has used up the quota waits for the next period", [&] {
    const Cgroup& cgroup = cgroups.with("cpu");
    const std::string quota = std::to_string(std::llround(cpus * 100000)), period = "50000";
    if (cgroup.version == 2) {
      sys::write_file(cgroup.path / "cpu.max", quota + " " + period);
    } else {
      sys::write_file(cgroup.path / "cpu.cfs_period_us", period);
      sys::write_file(cgroup.path / "cpu.cfs_quota_us", quota);
    }
  });
}

}  // namespace lab
