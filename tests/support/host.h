// The host that a lab runs on during a check, and the host compared with itself.
//
// A lab must not hurt the machine that checks it, and what it leaves behind must be seen. So each
// run has a host of its own: a mount namespace with every mount shared, as systemd makes them, and
// a network, a UTS and an IPC namespace. Where the machine's own mounts are private, a lab that leaks mounts would
// pass otherwise. Several runs may share one: Request{}.on(std::make_shared<Host>()).
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <vector>

#include "process.h"
#include "snapshot.h"
#include "unique_fd.h"

namespace check {

class Host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Compares the host with what it was, once all runs on it have ended. What differs is noted.
  ~Host();

  std::string process() const { return std::to_string(holder_.pid()); }  ///< for /proc/PID/…
  void enter() const;  ///< moves the calling process in; its working directory stays what it was
  std::string mounts() const;  ///< its mountinfo

  /// From now on the files below `image` are compared, too.
  void watch_files(const std::string& image);
  /// From now on the rules of its packet filter are, too: nft(8) and iptables(8) tell them, slowly.
  void watch_packet_filter();
  /// A check has failed and its run was broken off: what is left of it tells nothing new.
  void compare_nothing() { comparing_ = false; }

 private:
  Snapshot snapshot() const;
  std::vector<std::string> rules() const;

  lab::UniqueFd
      hold_;  // closed, it ends the holder; declared first, so that the holder is reaped last
  lab::Child holder_;
  lab::UniqueFd links_;  // its /proc/PID/net/dev
  Snapshot before_;
  std::vector<std::string> links_before_;
  std::set<std::string> images_;
  bool packet_filter_ = false, comparing_ = true;
};

/// Notes something left behind.
void note_leftover(const Leftover& leftover);

/// All that was noted so far.
const std::vector<Leftover>& noted_leftovers();

/// Notes the links of runs that are over; those that go by themselves within the deadline do not
/// count.
void note_links_that_stay();

/// What was noted of one kind, each once; the links that stay, too.
std::vector<std::string> leftovers(const std::string& kind);

}  // namespace check
