// Which devices a container may open: a table.
#pragma once

#include <cstdint>

namespace lab {

constexpr std::uint32_t kAnyMinor = ~0U;

/// A character device, by its numbers: Documentation/admin-guide/devices.txt.
struct DeviceRule {
  std::uint32_t major, minor;
  const char* name;
};

/// Those that mount_dev() (lab 03) has in /dev, and the terminals of its /dev/pts. Making the node of
/// another one is not forbidden, opening it is.
constexpr DeviceRule kAllowedDevices[] = {
    {1, 3, "null"},    {1, 5, "zero"}, {1, 7, "full"}, {1, 8, "random"},
    {1, 9, "urandom"}, {5, 0, "tty"},  {5, 2, "ptmx"}, {136, kAnyMinor, "pts/*"},
};

}  // namespace lab
