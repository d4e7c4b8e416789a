// The guest's end of the channel, while the command runs.
#pragma once

#include <csignal>

#include "frame_link.h"
#include "guest_command.h"
#include "guest_request.h"

namespace lab {

/// Pumps between the command's streams and the channel, does what the host orders, and reaps every
/// orphan, until the command has ended and the host knows how. Its background children are not
/// waited for: what they have written by then still goes out.
class GuestPump {
 public:
  /// Precondition: SIGCHLD is blocked.
  GuestPump(FrameLink& link, GuestCommand command);
  int run();  ///< the command's exit status as a shell has it

 private:
  void wait();
  void read_trace();
  void reap();
  void take(const Frame& frame);
  void take_about_stream(const Frame& frame);
  void close_where_done();
  void drain();
  bool all_out() const { return !command_.trace && !out_.open() && !err_.open(); }

  FrameLink& link_;
  GuestCommand command_;
  Sink in_;
  Source out_, err_;
  UniqueFd ends_;   // readable where a child has ended
  UniqueFd sysrq_;  // opened before the command could be in the way
  bool input_ended_ = false, host_gone_ = false;
  int status_ = -1;
};

/// Sends the end to the host and waits, with a deadline, until that has it: a restart loses what is on
/// its way.
void report_exit(FrameLink& link, int status);

}  // namespace lab
