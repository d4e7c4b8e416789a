// /proc/PID/mountinfo, proc_pid_mountinfo(5), as pure functions on its text.
#pragma once

#include <string>
#include <vector>

namespace lab {

struct Mount {
  int id = 0, parent = 0;
  std::string device;   ///< of the file system, `major:minor`
  std::string root;     ///< the directory of the file system that is the mount's root
  std::string target;   ///< where it is mounted, seen from the process's root
  std::string options;  ///< per mount: `rw,nosuid`
  std::vector<std::string> propagation;  ///< `shared:1`, `master:2`; none: private
  std::string type, source;
  std::string super_options;  ///< per file system

  bool shared() const;                               ///< passes mounts on to a peer group
  bool has_option(const std::string& option) const;  ///< among `options`
};

/// Parses the whole text; lines that are not of the documented form are left out. \040 and the like
/// are decoded.
std::vector<Mount> parse_mountinfo(const std::string& text);

/// The mount table of a process (a pid or "self"); empty where it cannot be read.
std::vector<Mount> mounts_of(const std::string& process);

/// The mount that `path` (absolute, without symbolic links) lies on: the last one mounted at the
/// longest prefix. nullptr where the table is empty.
const Mount* mount_of_path(const std::vector<Mount>& mounts, const std::string& path);

/// True where `path` is `directory` or below it; both absolute.
bool lies_below(const std::string& path, const std::string& directory);

}  // namespace lab
