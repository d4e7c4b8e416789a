// The options --cap-add, --cap-drop, --seccomp and --seccomp-log, which lab 10 and every later one
// takes.
#pragma once

#include <fmt/core.h>

#include <string>

#include "app.h"
#include "capability_set.h"
#include "error.h"
#include "flags.h"

namespace lab {

class PrivilegeOptions {
 public:
  explicit PrivilegeOptions(App& app) {
    app.repeatable("--cap-add", "CAP", "keep this capability, too, or ALL; repeatable",
                   [this](const std::string& name) { add(name, added_, all_added_); });
    app.repeatable("--cap-drop", "CAP", "keep this capability not, or none with ALL; repeatable",
                   [this](const std::string& name) { add(name, dropped_, all_dropped_); });
    app.choice("--seccomp", "which system calls are refused: those of the default list, or none",
               {"default", "off"}, seccomp_);
    app.flag("--seccomp-log", "tell on stderr what the filter refuses", log_);
  }
  PrivilegeOptions(const PrivilegeOptions&) = delete;
  PrivilegeOptions& operator=(const PrivilegeOptions&) = delete;

  /// The capabilities that the container keeps, as `docker run` reckons them. Error, with a hint,
  /// where they cannot be had.
  CapabilitySet kept() const {
    if (all_added_ && all_dropped_)
      throw Error("--cap-add ALL and --cap-drop ALL contradict each other", "give one of them");
    const CapabilitySet available = available_capabilities();
    refuse_those_not_there(added_ & ~available);
    if (all_added_) return available & ~dropped_;
    if (all_dropped_) return added_;
    return (default_capabilities() & available & ~dropped_) | added_;
  }

  bool filtered() const { return seccomp_ == "default"; }

  /// Error where there would be nothing to tell.
  bool told() const {
    if (log_ && !filtered())
      throw Error("--seccomp-log and --seccomp off contradict each other",
                  "without a filter nothing is refused: leave one of them out");
    return log_;
  }

 private:
  static void add(const std::string& name, CapabilitySet& set, bool& all) {
    if (is_all(name))
      all = true;
    else
      set.set(parse_capability(name));
  }

  static void refuse_those_not_there(const CapabilitySet& missing) {
    for (size_t n = 0; n < missing.size(); ++n) {
      if (missing[n])
        throw Error(fmt::format("--cap-add {}: it is not there to be kept", capability_name(n)),
                    "the lab itself has it not (CapBnd in /proc/self/status): is this itself a "
                    "container?");
    }
  }

  CapabilitySet added_, dropped_;
  bool all_added_ = false, all_dropped_ = false, log_ = false;
  std::string seccomp_ = "default";
};

}  // namespace lab
