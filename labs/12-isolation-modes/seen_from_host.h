// What the host sees of a command and of all that runs for it: files under /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lab {

/// The processes below `process`, children before theirs.
std::vector<std::string> processes_below(pid_t process);

/// Of the processes below `process`, the one whose command line is `command`, as "4711 sleep 1000".
/// Where none is: "only" and the programs of those that are there.
std::string seen_of_command(pid_t process, const std::vector<std::string>& command);

/// The memory of `processes`, in bytes; what several share counts in parts (Pss in
/// /proc/PID/smaps_rollup). Error where it cannot be read.
std::uint64_t memory_of(const std::vector<std::string>& processes);

}  // namespace lab
