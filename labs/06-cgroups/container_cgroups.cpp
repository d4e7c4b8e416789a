#include "container_cgroups.h"

#include <algorithm>
#include <cstdlib>

#include "cgroup_layout.h"
#include "error.h"
#include "step.h"
#include "subtree_control.h"

namespace lab {
namespace {

// Those that the lab limits or reads; cpuacct is CPU time in version 1.
std::vector<std::string> used_of(const CgroupHierarchy& hierarchy) {
  std::vector<std::string> used;
  for (const char* controller : {"memory", "cpu", "cpuacct", "pids"}) {
    if (hierarchy.has(controller)) used.emplace_back(controller);
  }
  return used;
}

}  // namespace

Cgroups::Cgroups() {
  step("make-cgroups", "a group for the container in each hierarchy: limits are set on groups",
       [&] {
         try {
           make();
         } catch (...) {  // there will be no destructor
           remove();
           throw;
         }
       });
}

Cgroups::~Cgroups() {
  exit_status_of([&] {
    step("remove-cgroups", "every process of the container has ended: its groups can go",
         [&] { remove(); });
    return EXIT_SUCCESS;
  });
}

void Cgroups::make() {
  for (const CgroupHierarchy& hierarchy : cgroup_layout()) {
    const std::vector<std::string> used = used_of(hierarchy);
    if (used.empty()) continue;
    sweep_cgroups(hierarchy.place);
    if (hierarchy.version == 2) handed_on_.emplace(hand_on_controllers(hierarchy.place, used));
    cgroups_.push_back(make_cgroup(hierarchy));
  }
}

void Cgroups::remove() {
  for (const Cgroup& cgroup : cgroups_) {
    exit_status_of([&] {  // one that cannot be removed does not keep the others
      remove_cgroup(cgroup.path);
      return EXIT_SUCCESS;
    });
  }
  cgroups_.clear();
}

const Cgroup* Cgroups::find(const std::string& controller) const {
  const auto found = std::find_if(cgroups_.begin(), cgroups_.end(), [&](const Cgroup& cgroup) {
    const std::vector<std::string>& all = cgroup.controllers;
    return std::find(all.begin(), all.end(), controller) != all.end();
  });
  return found == cgroups_.end() ? nullptr : &*found;
}

const Cgroup& Cgroups::with(const std::string& controller) const {
  if (const Cgroup* cgroup = find(controller)) return *cgroup;
  std::string hint = "is it mounted? see /proc/cgroups and grep cgroup /proc/self/mountinfo";
  if (controller == "memory")
    hint = "some kernels start without it: cgroup_enable=memory on the kernel's command line";
  if (cgroups_.empty())
    hint = "no cgroup was made: see /proc/self/cgroup for those of this process";
  throw Error("there is no cgroup with the controller " + controller, hint);
}

}  // namespace lab
