// One end of the channel, and the streams on it. Both ends read the channel at all times, so that a
// signal or the end comes through whatever the streams do: it is the streams that are held back, each by
// itself. A source may have kWindow bytes on their way; its sink tells how many it has written. So no
// buffer grows beyond that, and who writes faster than it is read waits, as with a pipe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "frames.h"
#include "poll_set.h"
#include "unique_fd.h"

namespace lab {

constexpr size_t kWindow = 128 * 1024;

/// Lets read(2) and write(2) answer EAGAIN. For descriptors that are shared with no one.
void make_nonblocking(int fd);

/// Frames over two non-blocking descriptors, which may be one. Errors: SyscallError.
class FrameLink {
 public:
  FrameLink(UniqueFd in, UniqueFd out);
  explicit FrameLink(UniqueFd both);

  void send(FrameType type, std::string_view bytes = {}) { unsent_ += frame(type, bytes); }
  bool all_sent() const { return unsent_.empty(); }
  /// Writes what can be written now.
  void flush();
  /// Reads what has come; false where the other end is gone.
  bool fill();
  std::optional<Frame> next() { return reader_.next(); }

  int in() const { return in_.get(); }
  int out() const { return out_ ? out_.get() : in_.get(); }

 private:
  UniqueFd in_, out_;
  std::string unsent_;
  FrameReader reader_;
};

/// Reads from a descriptor, which it does not own, and sends frames.
class Source {
 public:
  Source(FrameLink& link, FrameType stream, int fd) : link_(link), stream_(stream), fd_(fd) {}
  void add_to(PollSet& set);  ///< while there is something to read and a window to send it
  void taken(size_t bytes) { window_ += bytes; }  ///< the other end has written so many
  bool open() const { return fd_ >= 0; }
  void close() { fd_ = -1; }  ///< reads no more
  /// No one writes any more who counts: what is there is still read, then it closes.
  /// Precondition: a descriptor that does not block.
  void drain();

 private:
  void read_some();
  FrameLink& link_;
  FrameType stream_;
  int fd_;
  size_t window_ = kWindow;
  std::optional<size_t> rest_;  // to be read, once it is drained
};

/// Writes what came in frames to a descriptor, which it does not own. Errors: SyscallError, but for a
/// descriptor that no one reads any more: that closes it.
class Sink {
 public:
  Sink(FrameLink& link, FrameType stream, int fd);
  void add_to(PollSet& set);
  void add(std::string_view bytes);  ///< dropped where it is closed
  bool all_written() const { return unwritten_.empty(); }
  bool open() const { return fd_ >= 0; }
  void close();  ///< writes no more, and tells the source

 private:
  void write_some();
  FrameLink& link_;
  FrameType stream_;
  int fd_;
  size_t piece_;  // that a write(2) may have
  std::string unwritten_;
};

}  // namespace lab
