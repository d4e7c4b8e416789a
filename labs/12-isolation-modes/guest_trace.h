// What guest-init and its steps say.
#pragma once

#include <string>

#include "frame_link.h"

namespace lab {

/// Takes the place of stderr in this process: keeps what is written there, and once there is a channel
/// sends it as frames at once.
class GuestTrace {
 public:
  GuestTrace();
  void send_over(FrameLink& link);
  const std::string& unsent() const { return text_; }  ///< without a channel: all of it

 private:
  static ssize_t write(void* trace, const char* text, size_t size);
  void send();
  FrameLink* link_ = nullptr;
  std::string text_;
};

/// Writes what cannot be said over a channel on the console: QEMU's serial port, whose text the host
/// shows where the guest did not come up.
void write_on_console(const std::string& text);

}  // namespace lab
