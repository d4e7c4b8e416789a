// What goes over the channel between the host and the guest: frames {type u8, length u32, bytes}, the
// length in network byte order. A port is a stream of bytes: frames come in pieces. Used by both ends;
// pure functions on bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lab {

enum class FrameType : std::uint8_t {
  // to the host
  kUp = 1,   ///< guest-init runs
  kTrace,    ///< text for our stderr: what --explain tells, and why something failed
  kStarted,  ///< the command runs; or its start failed, then kExited follows
  kFacts,    ///< the answer to kAskFacts
  kExited,   ///< one byte: the exit status; the last frame, all output is before it
  // to the guest
  kSignal,    ///< one byte: the number, for the command
  kWindow,    ///< WindowSize as text, "ROWS COLUMNS"
  kAskFacts,  ///< nothing in it
  kPanic,     ///< nothing in it: crash the kernel
  kBye,       ///< kExited has come: nothing holds the guest any more
  // a stream's bytes: the first goes to the guest, the others to the host
  kStdin,
  kStdout,
  kStderr,
  // about a stream; the first byte is its FrameType
  kEnd,     ///< from its source: it is at its end
  kTaken,   ///< from its sink: so many bytes (u32) were written, as many more may be sent
  kBroken,  ///< from its sink: no one reads it any more (EPIPE)
};

struct Frame {
  FrameType type;
  std::string bytes;
};

constexpr size_t kLongestFrame = 1 << 20;

/// Precondition: bytes are at most kLongestFrame.
std::string frame(FrameType type, std::string_view bytes = {});

/// A u32 in network byte order.
std::string four_bytes(std::uint32_t number);
std::uint32_t number_from(std::string_view four_bytes);

/// Puts frames together again.
class FrameReader {
 public:
  void add(std::string_view piece) { bytes_ += piece; }
  /// The next whole frame, where there is one. Error where the bytes cannot be one.
  std::optional<Frame> next();

 private:
  std::string bytes_;
};

}  // namespace lab
