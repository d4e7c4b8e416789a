#include "cgroup_layout.h"

#include <algorithm>
#include <sstream>

#include "mountinfo.h"
#include "procfs.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

const Mount* mount_with_id(const std::vector<Mount>& mounts, int id) {
  const auto found = std::find_if(mounts.begin(), mounts.end(),
                                  [&](const Mount& mount) { return mount.id == id; });
  return found == mounts.end() ? nullptr : &*found;
}

// Another mount lies over this one, or over a directory on the way to it.
bool is_covered(const Mount& mount, const std::vector<Mount>& mounts) {
  const Mount* reached = &mount;  // from `below`, by its mount point
  for (const Mount* below = &mount; below != nullptr;) {
    const bool covered = std::any_of(mounts.begin(), mounts.end(), [&](const Mount& other) {
      return other.parent == below->id && other.id != below->id && other.id != reached->id &&
             lies_below(reached->target, other.target);
    });
    if (covered) return true;
    reached = below;
    below = mount_with_id(mounts, below->parent);
    if (below == reached) return false;
  }
  return false;
}

// Where `cgroup` is found below the mount; the mount itself where it cannot be seen from there, as
// in a container whose mounts and whose cgroup namespace begin at different cgroups.
fs::path place_of(const std::string& cgroup, const Mount& mount) {
  const bool outside = cgroup.rfind("/..", 0) == 0 || !lies_below(cgroup, mount.root);
  if (outside || cgroup == mount.root) return mount.target;
  const size_t root_length = mount.root == "/" ? 0 : mount.root.size();
  return mount.target + cgroup.substr(root_length);
}

// One line of /proc/PID/cgroup: ID:CONTROLLERS:PATH; version 2 has ID 0 and no controllers.
struct Membership {
  std::vector<std::string> controllers;
  std::string path;

  bool is_v2() const { return controllers.empty(); }
  bool is_of(const Mount& mount) const {
    if (is_v2()) return mount.type == "cgroup2";
    const std::vector<std::string> options = split(mount.super_options, ',');
    return mount.type == "cgroup" &&
           std::all_of(controllers.begin(), controllers.end(),
                       [&](const std::string& name) { return contains(options, name); });
  }
};

bool parse_line(const std::string& line, Membership& membership) {
  const size_t first = line.find(':');
  const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return false;
  membership.controllers = split(line.substr(first + 1, second - first - 1), ',');
  membership.path = line.substr(second + 1);
  return true;
}

}  // namespace

bool CgroupHierarchy::has(const std::string& controller) const {
  return contains(controllers, controller);
}

std::vector<CgroupHierarchy> parse_cgroup_layout(const std::string& mountinfo,
                                                 const std::string& cgroup) {
  const std::vector<Mount> mounts = parse_mountinfo(mountinfo);
  std::vector<CgroupHierarchy> hierarchies;
  for (const std::string& line : split(cgroup, '\n')) {
    Membership own;
    if (!parse_line(line, own)) continue;
    const auto mount = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& candidate) {
      return own.is_of(candidate) && !is_covered(candidate, mounts);
    });
    if (mount == mounts.end()) continue;
    if (own.is_v2()) {
      hierarchies.push_back({2, {}, mount->target});
    } else {
      hierarchies.push_back({1, own.controllers, place_of(own.path, *mount)});
    }
  }
  return hierarchies;
}

std::vector<CgroupHierarchy> cgroup_layout() {
  std::vector<CgroupHierarchy> hierarchies =
      parse_cgroup_layout(read_file("/proc/self/mountinfo"), read_file("/proc/self/cgroup"));
  for (CgroupHierarchy& hierarchy : hierarchies) {
    if (hierarchy.version == 1) continue;
    std::istringstream names(read_file(hierarchy.place / "cgroup.controllers"));
    for (std::string name; names >> name;) hierarchy.controllers.push_back(name);
  }
  return hierarchies;
}

}  // namespace lab
