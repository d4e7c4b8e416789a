#include "subtree_control.h"

#include <cerrno>
#include <sstream>

#include "cgroup_directory.h"
#include "error.h"
#include "procfs.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "cgroup.subtree_control";

std::string each_with(char sign, const std::string& names) {
  std::istringstream words(names);
  std::string text;
  for (std::string name; words >> name;) text += (text.empty() ? "" : " ") + (sign + name);
  return text;
}

std::string missing_in(const std::string& enabled, const std::vector<std::string>& controllers) {
  std::istringstream words(enabled);
  std::string padded = " ", missing;
  for (std::string name; words >> name;) padded += name + " ";
  for (const std::string& name : controllers) {
    if (padded.find(" " + name + " ") == std::string::npos) missing += " " + name;
  }
  return missing;
}

void take_back(const fs::path& cgroup, const std::string& names) {
  if (names.empty()) return;
  // Labs that have a /run of their own are not counted with the others, but they can be seen here.
  sweep_cgroups(cgroup);
  if (!lab_cgroups(cgroup).empty()) return;
  try {
    sys::write_file(cgroup / kFile, each_with('-', names));
  } catch (const SyscallError& error) {
    if (error.error() != EBUSY) throw;  // EBUSY: someone else's cgroup hands it on by now
  }
}

}  // namespace

SharedUse hand_on_controllers(const fs::path& cgroup, const std::vector<std::string>& controllers) {
  const auto hand_on = [=](const std::string& missing) {
    if (!missing.empty()) sys::write_file(cgroup / kFile, each_with('+', missing));
  };
  return SharedUse({"cgroup-controllers",
                    [=] { return missing_in(read_file(cgroup / kFile), controllers); }, hand_on,
                    [=](const std::string& missing) { take_back(cgroup, missing); }});
}

}  // namespace lab
