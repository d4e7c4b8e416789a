#include "procfs.h"

#include <fcntl.h>

#include <cerrno>
#include <sstream>

#include "unique_fd.h"

namespace lab {

std::string read_to_end(int fd) {
  std::string text;
  char buffer[8192];
  for (;;) {
    const ssize_t size = ::read(fd, buffer, sizeof buffer);
    if (size == -1 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

std::string read_file(const std::filesystem::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return read_to_end(file.get());
}

std::string status_field(const std::string& status, const std::string& key) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(key + ":", 0) != 0) continue;
    std::istringstream words(line.substr(key.size() + 1));
    std::string value;
    for (std::string word; words >> word;) value += (value.empty() ? "" : " ") + word;
    return value;
  }
  return "";
}

std::vector<std::string> nul_separated(const std::string& text) {
  std::vector<std::string> strings;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    strings.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return strings;
}

std::vector<std::string> children_of(const std::string& process) {
  std::vector<std::string> children;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + process + "/task", gone)) {
    std::istringstream list(read_file(task.path() / "children"));
    for (std::string pid; list >> pid;) children.push_back(pid);
  }
  return children;
}

std::string pids_of(const std::string& process) {
  return status_field(read_file("/proc/" + process + "/status"), "NSpid");
}

}  // namespace lab
