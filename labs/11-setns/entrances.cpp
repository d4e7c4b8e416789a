#include "entrances.h"

#include <fcntl.h>

#include <set>
#include <sstream>
#include <string>

#include "cgroup_layout.h"
#include "error.h"
#include "procfs.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

// Version 2 has a line with no controllers in /proc/PID/cgroup: 0::PATH.
std::string path_in_version_2(const std::string& cgroup) {
  const std::string prefix = "0::/";
  for (const std::string& line : lines_of(cgroup)) {
    if (line.rfind(prefix, 0) == 0) return line.substr(prefix.size());
  }
  return "";
}

}  // namespace

const UniqueFd* Entrances::find(int flag) const {
  for (const NamespaceEntrance& entrance : namespaces) {
    if (entrance.flag == flag) return &entrance.file;
  }
  return nullptr;
}

std::vector<UniqueFd> open_cgroups_of(const fs::path& directory) {
  // Those that both are in need no entering.
  const std::set<std::string> own = lines_of(read_file("/proc/self/cgroup"));
  std::string others;
  for (const std::string& line : lines_of(read_file(directory / "cgroup"))) {
    if (own.count(line) == 0) others += line + "\n";
  }
  std::vector<UniqueFd> entrances;
  if (others.find(":/..") != std::string::npos)
    throw Error(
        "the container's cgroups lie outside of this cgroup namespace: its limits would not hold",
        "start it where the container was started; cat /proc/self/cgroup");
  for (const CgroupHierarchy& hierarchy :
       parse_cgroup_layout(read_file("/proc/self/mountinfo"), others)) {
    const bool v1 = hierarchy.version == 1;
    const fs::path cgroup = v1 ? hierarchy.place : hierarchy.place / path_in_version_2(others);
    entrances.push_back(sys::open(cgroup / (v1 ? "tasks" : "cgroup.procs"), O_WRONLY));
  }
  return entrances;
}

}  // namespace lab
