// The system calls that a container has no business with: a table, with the reason for each group.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capability_set.h"

namespace lab {

/// One call, or the uses of it that have certain bits in one argument.
struct RefusedCall {
  const char* name;
  /// Its number, where it came after Linux 5.0: on every machine the same, and perhaps unknown to an
  /// older libseccomp. 0 for the others, whose numbers libseccomp has.
  int number = 0;
  unsigned argument = 0;   ///< counted from 0; looked at where there is a mask
  std::uint64_t mask = 0;  ///< refused where (argument & mask) == value
  std::uint64_t value = 0;
};

/// Calls that are refused for one reason.
struct RefusedGroup {
  static constexpr int kNone = -1;

  const char* reason;
  int permitted_by;  ///< who keeps this capability may make them, and the kernel asks further; kNone
  std::vector<RefusedCall> calls;
};

/// The default list.
const std::vector<RefusedGroup>& refused_groups();

/// The groups of it that are refused to a process with these capabilities.
std::vector<RefusedGroup> groups_refused_to(const CapabilitySet& kept);

/// The reason of the group that has this call; "" where none has it.
std::string reason_to_refuse(const std::string& call);

/// The calls up to this number were looked at when the list was made (Linux 6.17).
constexpr int kNewestKnownCall = 469;

}  // namespace lab
