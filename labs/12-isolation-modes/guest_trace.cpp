#include "guest_trace.h"

#include <fcntl.h>
#include <termios.h>

#include <cstdio>

#include "guest_setup.h"

namespace lab {

GuestTrace::GuestTrace() {
  cookie_io_functions_t functions{};
  functions.write = GuestTrace::write;
  stderr = ::fopencookie(this, "w", functions);
  std::setvbuf(stderr, nullptr, _IONBF, 0);
}

void GuestTrace::send_over(FrameLink& link) {
  link_ = &link;
  if (!text_.empty()) send();
}

ssize_t GuestTrace::write(void* trace, const char* text, size_t size) {
  auto& self = *static_cast<GuestTrace*>(trace);
  self.text_.append(text, size);
  if (self.link_ != nullptr) self.send();
  return static_cast<ssize_t>(size);
}

void GuestTrace::send() {
  link_->send(FrameType::kTrace, text_);
  text_.clear();
  link_->flush();
}

void write_on_console(const std::string& text) {
  for (const std::string directory : {kGuestDevices, "/dev"}) {
    const UniqueFd console(
        ::open((directory + "/console").c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
    if (!console) continue;
    if (::write(console.get(), text.data(), text.size()) == -1) continue;
    ::tcdrain(console.get());  // a restart would not wait for the serial line
    return;
  }
}

}  // namespace lab
