#include "device_cgroup.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "cgroup_layout.h"
#include "device_program.h"
#include "device_rules.h"
#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

void write_rules(const Cgroup& cgroup) {
  sys::write_file(cgroup.path / "devices.deny", "a");  // all, to begin with
  for (const char* nodes : {"c *:* m", "b *:* m"})     // mknod(2), and nothing else
    sys::write_file(cgroup.path / "devices.allow", nodes);
  for (const DeviceRule& rule : kAllowedDevices) {
    const std::string minor = rule.minor == kAnyMinor ? "*" : std::to_string(rule.minor);
    sys::write_file(cgroup.path / "devices.allow", fmt::format("c {}:{} rwm", rule.major, minor));
  }
}

// The first hierarchy for which `fits` holds; nullptr where there is none.
template <class Fits>
const CgroupHierarchy* find(const std::vector<CgroupHierarchy>& hierarchies, Fits fits) {
  const auto found = std::find_if(hierarchies.begin(), hierarchies.end(), fits);
  return found == hierarchies.end() ? nullptr : &*found;
}

}  // namespace

// Version 1 by its controller; else any cgroup of version 2, of which a process has but one: the
// container's, where there is one.
const Cgroup& DeviceCgroup::group(Cgroups& cgroups) {
  if (const Cgroup* of_container = cgroups.find("devices")) return *of_container;
  const std::vector<CgroupHierarchy> layout = cgroup_layout();
  const CgroupHierarchy* hierarchy =
      find(layout, [](const CgroupHierarchy& each) { return each.has("devices"); });
  if (hierarchy == nullptr) {
    const auto of_version_2 = std::find_if(cgroups.begin(), cgroups.end(),
                                           [](const Cgroup& each) { return each.version == 2; });
    if (of_version_2 != cgroups.end()) return *of_version_2;
    hierarchy = find(layout, [](const CgroupHierarchy& each) { return each.version == 2; });
  }
  if (hierarchy == nullptr)
    throw Error("there is no cgroup to limit devices by", "see grep cgroup /proc/self/mountinfo");
  sweep_cgroups(hierarchy->place);
  return own_.emplace(make_cgroup(*hierarchy));
}

DeviceCgroup::DeviceCgroup(Cgroups& cgroups) {
  step("limit-devices", "a node is a name and a number: which of them open is decided here", [&] {
    const Cgroup& cgroup = group(cgroups);
    try {
      if (cgroup.version == 1)
        write_rules(cgroup);
      else
        attach_device_program(cgroup.path);
    } catch (...) {  // there will be no destructor
      if (own_) remove_cgroup(own_->path);
      throw;
    }
  });
}

DeviceCgroup::~DeviceCgroup() {
  if (!own_) return;
  exit_status_of([&] {
    remove_cgroup(own_->path);
    return EXIT_SUCCESS;
  });
}

void DeviceCgroup::enter() {
  step("enter-devices", "version 1: a group of its own; version 2: the one that it is in", [&] {
    if (!own_) return;
    sys::write(own_->entrance.get(), "0");  // 0: whoever writes
    own_->entrance.reset();                 // the container must not keep it
  });
}

}  // namespace lab
