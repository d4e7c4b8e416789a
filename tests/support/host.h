// The host that a lab runs on during a check, and the host compared with itself.
//
// A lab must not hurt the machine that checks it, and what it leaves behind must be seen. So each
// run has a host of its own: a mount namespace with every mount shared, as systemd makes them.
// Where the machine's own mounts are private, a lab that leaks mounts would pass otherwise.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "process.h"
#include "unique_fd.h"

namespace check {

/// The process that holds a mount namespace open while a lab runs in it.
class Host {
 public:
  Host();

  std::string process() const { return std::to_string(holder_.pid()); }  ///< for /proc/PID/…
  void enter() const;  ///< moves the calling process in; its working directory stays what it was
  std::string mounts() const;  ///< its mountinfo

 private:
  lab::UniqueFd
      hold_;  // closed, it ends the holder; declared first, so that the holder is reaped last
  lab::Child holder_;
};

/// What a run might leave behind, of each kind a list of names.
struct Snapshot {
  std::vector<std::string> mounts, links, cgroups, files;
};

/// The host's mounts, network links and cgroup directories, and the files below `image`.
Snapshot take_snapshot(const Host& host, const std::string& image);

/// One thing that differs, and the run it was seen after.
struct Leftover {
  std::string kind;  ///< "mount", "link", "cgroup", "file" or "process"
  std::string what;
};

/// Compares with `before`; differences that go by themselves within the deadline do not count. They
/// are kept for leftovers().
void compare_with(const Snapshot& before, const Host& host, const std::string& image);

/// Notes something left behind.
void note_leftover(const Leftover& leftover);

/// All that was left behind so far by runs of this program, of one kind.
std::vector<std::string> leftovers(const std::string& kind);

}  // namespace check
