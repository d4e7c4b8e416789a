#include "cgroups.h"

#include <filesystem>
#include <string>

#include "namespaces.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr int kPeriod = 100000;  // microseconds

// The kernel may not count swap; then its files are not there.
void limit_swap(const Cgroup& cgroup) {
  const fs::path swap_max = cgroup.path / "memory.swap.max";
  const fs::path memory_and_swap = cgroup.path / "memory.memsw.limit_in_bytes";
  if (cgroup.version == 2) {
    if (fs::exists(swap_max)) sys::write_file(swap_max, "0");
  } else if (fs::exists(memory_and_swap)) {
    const std::string memory = read_file(cgroup.path / "memory.limit_in_bytes");
    sys::write_file(memory_and_swap, memory.substr(0, memory.find('\n')));
  } else {
    sys::write_file(cgroup.path / "memory.swappiness", "0");
  }
}

}  // namespace

void limit_memory(const Cgroups& cgroups, std::uint64_t bytes) {
  step("limit-memory", "who needs more than this, and has nothing to give back, is killed", [&] {
    const Cgroup& cgroup = cgroups.with("memory");
    const char* file = cgroup.version == 2 ? "memory.max" : "memory.limit_in_bytes";
    sys::write_file(cgroup.path / file, std::to_string(bytes));
  });
  step("limit-swap", "no swap: it would only make the same memory slow",
       [&] { limit_swap(cgroups.with("memory")); });
}

void limit_cpus(const Cgroups& cgroups, double cpus) {
  step("limit-cpu", "who has used up the quota of a period waits for the next one", [&] {
    const Cgroup& cgroup = cgroups.with("cpu");
    const std::string quota = std::to_string(static_cast<long>(cpus * kPeriod + 0.5));  // rounded
    const std::string period = std::to_string(kPeriod);
    if (cgroup.version == 2) {
      sys::write_file(cgroup.path / "cpu.max", quota + " " + period);
    } else {
      sys::write_file(cgroup.path / "cpu.cfs_period_us", period);
      sys::write_file(cgroup.path / "cpu.cfs_quota_us", quota);
    }
  });
}

void limit_pids(const Cgroups& cgroups, std::uint64_t pids) {
  step("limit-pids", "the next fork fails: a fork bomb stops here",
       [&] { sys::write_file(cgroups.with("pids").path / "pids.max", std::to_string(pids)); });
}

void enter_cgroups(Cgroups& cgroups) {
  // Version 1: `tasks` takes 20 us for one's own thread, cgroup.procs 10 ms. Version 2 has
  // cgroup.procs alone; clone3(2) with CLONE_INTO_CGROUP is quicker where the kernel has it.
  step("enter-cgroups", "the limits hold from here on, before the command's first instruction",
       [&] {
         for (Cgroup& cgroup : cgroups) {
           sys::write(cgroup.entrance.get(), "0");  // 0: whoever writes
           cgroup.entrance.reset();
         }
       });
}

void unshare_cgroup_namespace() {
  step("unshare-cgroup", "its own groups look like the roots: where they lie on the host is hidden",
       [] {
         sys::unshare(CLONE_NEWCGROUP);
         if (telling()) tell("cgroup namespace of this process", namespace_of("self", "cgroup"));
       });
}

}  // namespace lab
