// The processes: who sees whom, and under which pid; pid_namespaces(7).

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "procfs.h"
#include "sections.h"

namespace lab {
namespace {

struct Process {
  std::string name;
  std::uint64_t pid, pid_inside;
};

std::vector<std::uint64_t> pids_from_outside_inwards(const std::string& process) {
  std::istringstream list(pids_of(process));
  std::vector<std::uint64_t> pids;
  for (std::uint64_t pid = 0; list >> pid;) pids.push_back(pid);
  return pids;
}

// Is the PID namespace of `process` the wanted one, or one of those below it?
bool lives_in(const std::string& process, const std::string& wanted) {
  UniqueFd name_space(::open(("/proc/" + process + "/ns/pid").c_str(), O_RDONLY | O_CLOEXEC));
  while (name_space) {
    struct stat status {};
    ::fstat(name_space.get(), &status);
    if ("pid:[" + std::to_string(status.st_ino) + "]" == wanted) return true;
    name_space.reset(::ioctl(name_space.get(), NS_GET_PARENT));  // none above one's own
  }
  return false;
}

// Those that the subject sees in its PID namespace, by the pids there.
std::vector<Process> processes_of(const Subject& subject, const std::string& name_space) {
  const bool as_here = name_space == namespace_of("self", "pid");  // as /proc has them
  const size_t depth = pids_from_outside_inwards(subject.pid()).size();
  std::vector<Process> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string process = entry.path().filename();
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!as_here && !lives_in(process, name_space)) continue;
    const std::vector<std::uint64_t> pids = pids_from_outside_inwards(process);
    if (depth == 0 || pids.size() < depth) continue;  // one of the two has just ended
    const std::string comm = read_file("/proc/" + process + "/comm");
    found.push_back({comm.substr(0, comm.find('\n')), pids.front(), pids[depth - 1]});
  }
  std::sort(found.begin(), found.end(),
            [](const Process& a, const Process& b) { return a.pid_inside < b.pid_inside; });
  return found;
}

std::string name_of_pid1(const std::vector<Process>& processes) {
  return processes.empty() || processes.front().pid_inside != 1 ? "" : processes.front().name;
}

void add_with_descendants(const std::string& process, std::set<std::uint64_t>& family) {
  family.insert(std::stoull(process));
  for (const std::string& child : children_of(process)) add_with_descendants(child, family);
}

}  // namespace

Section compare_processes(const Subject& host, const Subject& container) {
  const std::optional<std::string> of_host = host.name_space("pid"),
                                   of_container = container.name_space("pid");
  if (!of_host || !of_container) return {{row("count", unreadable(), unreadable())}, {}};
  const std::vector<Process> hosts = processes_of(host, *of_host),
                             its = processes_of(container, *of_container);
  Section section;
  section.rows = {row("count", cell(hosts.size()), cell(its.size())),
                  row("PID 1", cell(name_of_pid1(hosts)), cell(name_of_pid1(its)))};
  if (*of_host != *of_container) {  // they may look alike
    for (Row& row : section.rows) row.same = false;
  }
  // Where it sees all that the host sees, its own are those that it has begun.
  std::set<std::uint64_t> family;
  if (*of_host == *of_container) add_with_descendants(container.pid(), family);
  for (const Process& process : its) {
    if (!family.empty() && family.count(process.pid) == 0) continue;
    section.rows.push_back(
        row(process.name, {{process.pid}, "pid " + std::to_string(process.pid)},
            {{process.pid_inside}, "pid " + std::to_string(process.pid_inside)}));
  }
  return section;
}

Section compare_namespaces(const Subject& host, const Subject& container) {
  std::vector<std::string> kinds;
  for (const auto& entry : std::filesystem::directory_iterator(host.path("ns"))) {
    const std::string kind = entry.path().filename();
    if (kind.find("_for_children") == std::string::npos) kinds.push_back(kind);
  }
  std::sort(kinds.begin(), kinds.end());
  Section section;
  for (const std::string& kind : kinds) {
    const std::optional<std::string> of_host = host.name_space(kind),
                                     of_container = container.name_space(kind);
    std::optional<bool> own;
    if (of_host && of_container) own = *of_host != *of_container;
    Cell number = of_container ? cell(*of_container) : unreadable();
    if (own) number.text += *own ? "  own" : "  shared";
    section.rows.push_back(row(kind, of_host ? cell(*of_host) : unreadable(), number));
    section.kinds.push_back({kind, own});
  }
  return section;
}

}  // namespace lab
