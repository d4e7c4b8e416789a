// The options --memory, --cpus and --pids, which lab 06 and every later one takes; and how they
// become limits.
#pragma once

#include <string>

#include "app.h"
#include "cgroups.h"
#include "container_limits.h"
#include "error.h"
#include "quantity.h"

namespace lab {

class LimitOptions {
 public:
  explicit LimitOptions(App& app) {
    app.option("--memory", "SIZE", "the most memory, without swap: bytes, or with K, M or G",
               [this](const std::string& text) { limits_.memory = parse_memory(text); });
    app.option("--cpus", "N", "the most CPU time: 0.4 is two fifths of one CPU's",
               [this](const std::string& text) { limits_.cpus = parse_cpus(text); });
    app.option("--pids", "N", "the most processes and threads",
               [this](const std::string& text) { limits_.pids = parse_pids(text); });
  }
  LimitOptions(const LimitOptions&) = delete;
  LimitOptions& operator=(const LimitOptions&) = delete;

  const Limits& limits() const { return limits_; }

  /// Sets the limits that were asked for. Errors: as those of cgroups.h.
  void set_on(const Cgroups& cgroups) const {
    if (limits_.memory) limit_memory(cgroups, *limits_.memory);
    if (limits_.cpus) limit_cpus(cgroups, *limits_.cpus);
    if (limits_.pids) limit_pids(cgroups, *limits_.pids);
  }

 private:
  // A shell needs 1 MiB on the way to its first command; its mounts and its network are counted too.
  static constexpr std::uint64_t kLeastMemory = 4 << 20;

  static std::uint64_t parse_memory(const std::string& text) {
    const std::uint64_t bytes = parse_size(text);
    if (bytes >= kLeastMemory) return bytes;
    throw Error("--memory " + text + " is too little to start a container in",
                "give it " + size_text(kLeastMemory) + " at least");
  }

  Limits limits_;
};

}  // namespace lab
