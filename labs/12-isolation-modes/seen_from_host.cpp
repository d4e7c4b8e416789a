#include "seen_from_host.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "error.h"
#include "procfs.h"

namespace lab {
namespace {

std::vector<std::string> command_line_of(const std::string& process) {
  return nul_separated(read_file("/proc/" + process + "/cmdline"));
}

}  // namespace

std::vector<std::string> processes_below(pid_t process) {
  std::vector<std::string> found = children_of(std::to_string(process));
  for (size_t i = 0; i < found.size(); ++i) {
    const std::vector<std::string> children = children_of(found[i]);
    found.insert(found.end(), children.begin(), children.end());
  }
  return found;
}

std::string seen_of_command(pid_t process, const std::vector<std::string>& command) {
  std::string others;
  for (const std::string& each : processes_below(process)) {
    const std::vector<std::string> words = command_line_of(each);
    if (words == command) return fmt::format("{} {}", each, fmt::join(words, " "));
    if (words.empty()) continue;
    const std::string name = std::filesystem::path(words.front()).filename();
    others += fmt::format("{}{} {}", others.empty() ? "" : ", ", each, name);
  }
  return others.empty() ? "nothing" : "only " + others;
}

std::uint64_t memory_of(const std::vector<std::string>& processes) {
  std::uint64_t kibibytes = 0;
  for (const std::string& process : processes) {
    const std::string file = "/proc/" + process + "/smaps_rollup";
    const std::string size = status_field(read_file(file), "Pss");
    if (size.empty()) throw Error(fmt::format("{} cannot be read", file), "run it with sudo");
    kibibytes += std::stoull(size);
  }
  return kibibytes * 1024;
}

}  // namespace lab
