// The cgroups of a container: one in each hierarchy that holds memory, CPU time or processes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cgroup_directory.h"
#include "shared_use.h"

namespace lab {

/// Lives in the parent: made before the container is started, and so removed after its end.
class Cgroups {
 public:
  /// The step "make-cgroups". Removes what labs that were killed left, too.
  /// Precondition: root. Errors: SyscallError.
  Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;
  ~Cgroups();  ///< the step "remove-cgroups"; what cannot be removed is told

  /// The cgroup whose hierarchy has `controller`. Error where this kernel has none.
  const Cgroup& with(const std::string& controller) const;
  const Cgroup* find(const std::string& controller) const;  ///< nullptr where there is none

  /// In a child that lives on and is in none of them.
  void let_go() {
    if (handed_on_) handed_on_->abandon();
  }

  std::vector<Cgroup>::iterator begin() { return cgroups_.begin(); }
  std::vector<Cgroup>::iterator end() { return cgroups_.end(); }

 private:
  void make();
  void remove();

  std::optional<SharedUse> handed_on_;  // version 2: by the cgroup above
  std::vector<Cgroup> cgroups_;
};

}  // namespace lab
