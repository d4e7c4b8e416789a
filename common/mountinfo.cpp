#include "mountinfo.h"

#include <algorithm>
#include <sstream>

#include "procfs.h"

namespace lab {
namespace {

// The kernel writes blanks, tabs, newlines and backslashes as \ and three octal digits.
std::string decode_octal(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '7';
    };
    if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                  (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
bool parse_line(const std::string& line, Mount& mount) {
  std::istringstream fields(line);
  std::string root, target, field;
  if (!(fields >> mount.id >> mount.parent >> mount.device >> root >> target >> mount.options))
    return false;
  while (fields >> field && field != "-") mount.propagation.push_back(field);
  if (!(fields >> mount.type)) return false;
  // The source may be the empty string, which leaves two blanks in a row.
  std::getline(fields.ignore(), field);
  const size_t blank = field.find(' ');
  if (blank == std::string::npos) return false;
  mount.source = decode_octal(field.substr(0, blank));
  mount.super_options = field.substr(blank + 1);
  mount.root = decode_octal(root);
  mount.target = decode_octal(target);
  return true;
}

}  // namespace

bool Mount::shared() const {
  return std::any_of(propagation.begin(), propagation.end(),
                     [](const std::string& field) { return field.rfind("shared:", 0) == 0; });
}

bool Mount::has_option(const std::string& option) const {
  return ("," + options + ",").find("," + option + ",") != std::string::npos;
}

std::vector<Mount> parse_mountinfo(const std::string& text) {
  std::vector<Mount> mounts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Mount mount;
    if (parse_line(line, mount)) mounts.push_back(mount);
  }
  return mounts;
}

std::vector<Mount> mounts_of(const std::string& process) {
  return parse_mountinfo(read_file("/proc/" + process + "/mountinfo"));
}

const Mount* mount_of_path(const std::vector<Mount>& mounts, const std::string& path) {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts) {
    if (!lies_below(path, mount.target)) continue;
    if (found == nullptr || mount.target.size() >= found->target.size()) found = &mount;
  }
  return found;
}

bool lies_below(const std::string& path, const std::string& directory) {
  return directory == "/" || path == directory || path.rfind(directory + "/", 0) == 0;
}

}  // namespace lab
