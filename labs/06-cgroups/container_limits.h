// What a container may use at most.
#pragma once

#include <cstdint>
#include <optional>

namespace lab {

struct Limits {
  std::optional<std::uint64_t> memory;  ///< bytes
  std::optional<double> cpus;           ///< CPU time per time
  std::optional<std::uint64_t> pids;    ///< processes and threads
};

}  // namespace lab
