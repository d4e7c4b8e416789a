#include "cgroups.h"

#include <fmt/core.h>

#include <sstream>

#include "cgroup_layout.h"
#include "procfs.h"
#include "report.h"
#include "snapshot.h"

namespace check {
namespace {

// /proc/PID/cgroup has one line for version 2: `0::/path`.
std::string path_in_v2(const std::string& cgroup) {
  for (const std::string& line : lines_of(cgroup)) {
    if (line.rfind("0::", 0) == 0) return line.substr(3);
  }
  return "/";
}

}  // namespace

Cgroup cgroup_of(pid_t pid, const std::string& controller) {
  const std::string cgroup = lab::read_file(fmt::format("/proc/{}/cgroup", pid));
  const std::string mounts = lab::read_file("/proc/self/mountinfo");
  for (const lab::CgroupHierarchy& hierarchy : lab::parse_cgroup_layout(mounts, cgroup)) {
    if (hierarchy.version == 1 && hierarchy.has(controller)) return {1, hierarchy.place};
  }
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    if (hierarchy.version == 2 && hierarchy.has(controller))
      return {2, hierarchy.place.string() + path_in_v2(cgroup)};
  }
  return {};
}

std::string cgroup_file(pid_t pid, const std::string& controller, const std::string& file) {
  const Cgroup cgroup = cgroup_of(pid, controller);
  if (cgroup.version == 0) return "";
  const std::string text = lab::read_file(cgroup.directory / file);
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

std::string cpu_limit(pid_t pid) {
  const int version = cgroup_of(pid, "cpu").version;
  if (version == 0) skip("this machine has no cgroup controller cpu");
  std::string quota, period;
  if (version == 1) {
    quota = cgroup_file(pid, "cpu", "cpu.cfs_quota_us");
    period = cgroup_file(pid, "cpu", "cpu.cfs_period_us");
  } else {
    std::istringstream(cgroup_file(pid, "cpu", "cpu.max")) >> quota >> period;
  }
  if (quota == "-1" || quota == "max") return "none";
  return fmt::format("{:g}", std::stod(quota) / std::stod(period));
}

}  // namespace check
