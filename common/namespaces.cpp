#include "namespaces.h"

#include <filesystem>
#include <system_error>

namespace lab {

std::string namespace_of(const std::string& process, const std::string& file) {
  std::error_code unreadable;
  return std::filesystem::read_symlink("/proc/" + process + "/ns/" + file, unreadable).string();
}

}  // namespace lab
