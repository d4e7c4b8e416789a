#include "usage.h"

#include <fmt/core.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "error.h"
#include "procfs.h"
#include "quantity.h"
#include "step.h"

namespace lab {
namespace {

constexpr const char* kNotKept = "not kept by this kernel";

// The content of `version1` or `version2`, whichever file the controller's cgroup has; empty where
// there is none.
std::string counted(const Cgroups& cgroups, const char* controller, const char* version1,
                    const char* version2) {
  const Cgroup* cgroup = cgroups.find(controller);
  if (cgroup == nullptr) return "";
  std::string text = read_file(cgroup->path / (cgroup->version == 2 ? version2 : version1));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// The number behind `key` in a file of such lines; empty where it is not there.
std::string number_of(const std::string& key, const std::string& text) {
  std::istringstream words(text);
  for (std::string word, value; words >> word >> value;) {
    if (word == key) return value;
  }
  return "";
}

std::string with_unit(const std::string& number, const char* unit) {
  return number.empty() ? kNotKept : number + unit;
}

std::string cpu_time(const Cgroups& cgroups) {
  const bool version2 = cgroups.find("cpuacct") == nullptr;
  const std::string microseconds =
      number_of("usage_usec", counted(cgroups, "cpu", "cpu.stat", "cpu.stat"));
  const std::string nanoseconds = counted(cgroups, "cpuacct", "cpuacct.usage", "cpu.stat");
  const std::string count = version2 ? microseconds : nanoseconds;
  if (count.empty()) return kNotKept;
  return fmt::format("{:.3f} s", std::stod(count) / (version2 ? 1e6 : 1e9));
}

std::string throttled(const Cgroups& cgroups) {
  const std::string stat = counted(cgroups, "cpu", "cpu.stat", "cpu.stat");
  const std::string periods = number_of("nr_periods", stat);
  if (periods.empty()) return kNotKept;
  return fmt::format("{} of {} periods", number_of("nr_throttled", stat), periods);
}

}  // namespace

void tell_usage(const Cgroups& cgroups) {
  if (!telling()) return;
  tell("peak memory",
       with_unit(counted(cgroups, "memory", "memory.max_usage_in_bytes", "memory.peak"), " bytes"));
  tell("CPU time", cpu_time(cgroups));
  tell("throttled", throttled(cgroups));
  tell("most processes at a time",
       with_unit(counted(cgroups, "pids", "pids.peak", "pids.peak"), ""));
}

void report_out_of_memory(const Cgroups& cgroups, const Limits& limits) {
  const std::string killed =
      number_of("oom_kill", counted(cgroups, "memory", "memory.oom_control", "memory.events"));
  if (killed.empty() || killed == "0") return;
  say("out of memory: the kernel killed a process of the container: " +
      (limits.memory ? fmt::format("its limit is {} bytes (--memory {})\n", *limits.memory,
                                   size_text(*limits.memory))
                     : "the machine, or a cgroup above, had no more\n"));
}

}  // namespace lab
