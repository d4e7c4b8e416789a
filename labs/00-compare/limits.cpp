// What a process may do, and how much it may have: cgroups(7), capabilities(7), seccomp(2).

#include <fmt/format.h>

#include <bitset>
#include <map>
#include <sstream>

#include "cgroup_layout.h"
#include "procfs.h"
#include "quantity.h"
#include "sections.h"

namespace lab {
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

// The directory of the subject's cgroup for a controller; empty where no hierarchy has it.
std::filesystem::path directory_of(const Subject& subject, const std::string& controller) {
  const std::string cgroup = subject.read("cgroup").value_or("");
  for (const CgroupHierarchy& hierarchy :
       parse_cgroup_layout(read_file("/proc/self/mountinfo"), cgroup)) {
    if (hierarchy.version == 1 && hierarchy.has(controller)) return hierarchy.place;
    if (hierarchy.version == 2) {
      std::filesystem::path own = hierarchy.place;
      own += memberships(cgroup)[""];
      const std::string offered = read_file(own / "cgroup.controllers");
      if ((" " + offered).find(" " + controller) != std::string::npos) return own;
    }
  }
  return {};
}

// The first of the files that is there; a limit that is none is "max" or -1 or near 2^63.
Cell limit(const Subject& subject, const std::string& controller, const char* file_v2,
           const char* file_v1) {
  const std::filesystem::path directory = directory_of(subject, controller);
  const Cell none{{}, "none"};
  if (directory.empty()) return none;
  std::istringstream words(read_file(directory / file_v2) + read_file(directory / file_v1));
  std::int64_t value = -1;
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  if (!(words >> value) || value < 0 || value > kMost) return none;
  const auto number = static_cast<std::uint64_t>(value);
  if (controller == "memory") return {{number}, size_text(number)};
  if (controller == "pids") return cell(number);
  std::int64_t period = 0;  // version 2 has it in the same file
  if (!(words >> period)) period = std::stoll("0" + read_file(directory / "cpu.cfs_period_us"));
  const double cpus = period > 0 ? static_cast<double>(value) / static_cast<double>(period) : 0;
  return {{cpus}, fmt::format("{} CPUs", cpus)};
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
  for (const auto& [what, controller, v2, v1] :
       {std::array{"most memory", "memory", "memory.max", "memory.limit_in_bytes"},
        std::array{"most CPU time", "cpu", "cpu.max", "cpu.cfs_quota_us"},
        std::array{"most processes", "pids", "pids.max", ""}})
    section.rows.push_back(
        row(what, limit(host, controller, v2, v1), limit(container, controller, v2, v1)));
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
