// How the parts of lab 10 go together: in this lab, and in every later one around more.
#pragma once

#include <optional>

#include "capabilities.h"
#include "no_new_privs.h"
#include "privilege_options.h"
#include "refusal_log.h"
#include "syscall_filter.h"

namespace lab {

/// What the container's processes may do. Lives in the parent, made before the container is started:
/// what cannot be had is refused then, and the filter is made once.
class Confinement {
 public:
  explicit Confinement(const PrivilegeOptions& options) : kept_(options.kept()) {
    if (options.told()) log_.emplace();
    if (options.filtered()) filter_ = default_filter(kept_);
  }

  /// In the container's first process, as the last thing before the command, or the init.
  void apply() {
    drop_capabilities(kept_);
    set_no_new_privs();
    // The filter last: it refuses mount(2) and the like, also to this process. And only here: without
    // CAP_SYS_ADMIN the kernel takes a filter from no one who could start a set-user-ID program
    // under it, so no_new_privs comes before.
    if (filter_.empty()) return;
    UniqueFd listener = install_filter(filter_, log_.has_value());
    if (log_) log_->hand_over(std::move(listener));
  }

 private:
  CapabilitySet kept_;
  Filter filter_;
  std::optional<RefusalLog> log_;
};

}  // namespace lab
