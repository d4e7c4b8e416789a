#include "namespaces.h"

#include <filesystem>
#include <system_error>

#include "procfs.h"

namespace lab {

std::string namespace_of(const std::string& process, const std::string& file) {
  std::error_code unreadable;
  return std::filesystem::read_symlink("/proc/" + process + "/ns/" + file, unreadable).string();
}

bool in_initial_user_namespace() {
  return namespace_of("self", "user") == "user:[4026531837]";  // PROC_USER_INIT_INO
}

}  // namespace lab
