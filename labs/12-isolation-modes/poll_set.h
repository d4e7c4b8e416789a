// One wait for many descriptors, poll(2).
#pragma once

#include <poll.h>

#include <cerrno>
#include <functional>
#include <vector>

#include "error.h"

namespace lab {

class PollSet {
 public:
  using React = std::function<void(short events)>;

  /// Where fd is ready for `events`, or has an error or a hang-up, wait() calls `react`.
  void add(int fd, short events, React react) {
    polled_.push_back({fd, events, 0});
    reactions_.push_back(std::move(react));
  }

  /// Waits for at most so many milliseconds; -1: for ever.
  void wait(int milliseconds) {
    const int ready = ::poll(polled_.data(), polled_.size(), milliseconds);
    if (ready == -1 && errno != EINTR) throw SyscallError({"poll", {}}, errno);
    if (ready <= 0) return;
    for (size_t i = 0; i < polled_.size(); ++i) {
      if (polled_[i].revents != 0) reactions_[i](polled_[i].revents);
    }
  }

 private:
  std::vector<pollfd> polled_;
  std::vector<React> reactions_;
};

}  // namespace lab
