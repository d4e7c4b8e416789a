// What a process may do, and how much it may have: cgroups(7), capabilities(7), seccomp(2).

#include <fmt/core.h>

#include <bitset>
#include <filesystem>
#include <map>
#include <sstream>

#include "cgroup_layout.h"
#include "procfs.h"
#include "quantity.h"
#include "sections.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// --- cgroups --------------------------------------------------------------------------------

// /proc/PID/cgroup: the path by the controllers; "" stands for version 2.
std::map<std::string, std::string> memberships(const std::string& text) {
  std::map<std::string, std::string> paths;
  std::istringstream lines(text);
  for (std::string id, controllers, path; std::getline(lines, id, ':') &&
                                          std::getline(lines, controllers, ':') &&
                                          std::getline(lines, path);)
    paths[controllers] = path;
  return paths;
}

// The directory of the subject's cgroup in the hierarchy that has a controller: version 2 has those that
// version 1 has not. Empty where there is no such hierarchy.
fs::path directory_of(const Subject& subject, const std::string& controller) {
  const std::string cgroup = subject.read("cgroup").value_or("");
  fs::path in_version_2;
  for (const CgroupHierarchy& hierarchy :
       parse_cgroup_layout(read_file("/proc/self/mountinfo"), cgroup)) {
    if (hierarchy.version == 1 && hierarchy.has(controller)) return hierarchy.place;
    if (hierarchy.version == 2) (in_version_2 = hierarchy.place) += memberships(cgroup)[""];
  }
  return in_version_2;
}

// The number that the file of a cgroup begins with; a limit that is none is "max" or -1 or near 2^63.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::istringstream words(read_file(file));
  std::int64_t value = -1;
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  if (!(words >> value) || value < 0 || value > kMost) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::optional<std::uint64_t> memory_limit(const fs::path& cgroup) {
  const auto limit = number_in(cgroup / "memory.max");
  return limit ? limit : number_in(cgroup / "memory.limit_in_bytes");
}

std::optional<std::uint64_t> pids_limit(const fs::path& cgroup) {
  return number_in(cgroup / "pids.max");
}

// Microseconds in each period; version 2 has both in one file.
std::optional<double> cpu_limit(const fs::path& cgroup) {
  std::istringstream words(read_file(cgroup / "cpu.max") + read_file(cgroup / "cpu.cfs_quota_us") +
                           read_file(cgroup / "cpu.cfs_period_us"));
  double quota = 0, period = 0;
  if (!(words >> quota >> period) || quota < 0 || period <= 0) return std::nullopt;
  return quota / period;
}

// The least of what a cgroup and those around it set: each holds for all that is in it.
template <class Limit>
auto least(const fs::path& cgroup, Limit limit_of) -> decltype(limit_of(cgroup)) {
  decltype(limit_of(cgroup)) found;
  for (fs::path at = cgroup; fs::exists(at / "cgroup.procs"); at = at.parent_path()) {
    const auto limit = limit_of(at);
    if (limit && (!found || *limit < *found)) found = limit;
  }
  return found;
}

Cell most_memory(const Subject& subject) {
  const auto bytes = least(directory_of(subject, "memory"), memory_limit);
  return bytes ? Cell{{*bytes}, size_text(*bytes)} : Cell{{}, "none"};
}

Cell most_cpu_time(const Subject& subject) {
  const auto cpus = least(directory_of(subject, "cpu"), cpu_limit);
  return cpus ? Cell{{*cpus}, fmt::format("{} CPUs", *cpus)} : Cell{{}, "none"};
}

Cell most_processes(const Subject& subject) {
  const auto processes = least(directory_of(subject, "pids"), pids_limit);
  return processes ? cell(*processes) : Cell{{}, "none"};
}

// --- privileges -----------------------------------------------------------------------------

std::optional<std::uint64_t> capabilities(const Subject& subject, const char* set) {
  const std::optional<std::string> mask = subject.status(set);
  if (!mask) return std::nullopt;
  return std::stoull("0" + *mask, nullptr, 16);
}

Cell count_of(const std::optional<std::uint64_t>& set) {
  if (!set) return unreadable();
  return {{fmt::format("{:016x}", *set)}, fmt::format("{} of them", std::bitset<64>(*set).count())};
}

// Since Linux 5.9 the filters are counted; before, it is told that there is one.
std::uint64_t filters(const Subject& subject) {
  const std::string count = subject.status("Seccomp_filters").value_or("");
  if (!count.empty()) return std::stoull(count);
  return subject.status("Seccomp") == "2" ? 1 : 0;
}

}  // namespace

Section compare_cgroups(const Subject& host, const Subject& container) {
  const std::optional<std::string> of_host = host.read("cgroup"),
                                   of_container = container.read("cgroup");
  if (!of_host || !of_container)
    return {{row("cgroup", unreadable(), unreadable())}, {{"resources", std::nullopt}}};
  std::map<std::string, std::string> hosts = memberships(*of_host);
  Section section;
  for (const auto& [controllers, path] : memberships(*of_container))
    section.rows.push_back(
        row(controllers.empty() ? "version 2" : controllers, cell(hosts[controllers]), cell(path)));
  const auto add = [&](const char* what, Cell (*limit)(const Subject&)) {
    section.rows.push_back(row(what, limit(host), limit(container)));
  };
  add("most memory", most_memory);
  add("most CPU time", most_cpu_time);
  add("most processes", most_processes);
  section.kinds = {{"resources", *of_host != *of_container}};
  return section;
}

Section compare_privileges(const Subject& host, const Subject& container) {
  const auto bounding = capabilities(host, "CapBnd"),
             its_bounding = capabilities(container, "CapBnd");
  const std::uint64_t on_host = filters(host), inside = filters(container);
  Section section;
  section.rows = {
      row("capabilities", count_of(capabilities(host, "CapEff")),
          count_of(capabilities(container, "CapEff"))),
      row("bounding set", count_of(bounding), count_of(its_bounding)),
      row("no_new_privs", cell(host.status("NoNewPrivs").value_or("")),
          cell(container.status("NoNewPrivs").value_or(""))),
      row("call filters", cell(on_host), cell(inside)),
  };
  std::optional<bool> fewer;
  if (bounding && its_bounding) fewer = (*bounding & ~*its_bounding) != 0;
  section.kinds = {{"capabilities", fewer}, {"system-calls", inside > on_host}};
  return section;
}

}  // namespace lab
