#include "frame_link.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace lab {
namespace {

constexpr size_t kPiece = 32 * 1024;  // that is read at once
constexpr size_t kPipe = 64 * 1024;   // what a pipe holds, pipe(7)

bool for_later(int error) {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

void make_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags == -1 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
    throw SyscallError({"fcntl", {fd, Arg::literal("F_SETFL"), Arg::literal("O_NONBLOCK")}}, errno);
}

FrameLink::FrameLink(UniqueFd in, UniqueFd out) : in_(std::move(in)), out_(std::move(out)) {
  make_nonblocking(in_.get());
  if (out_) make_nonblocking(out_.get());
}

FrameLink::FrameLink(UniqueFd both) : FrameLink(std::move(both), UniqueFd()) {}

void FrameLink::flush() {
  while (!unsent_.empty()) {
    const ssize_t written = ::write(out(), unsent_.data(), unsent_.size());
    if (written == -1 && for_later(errno)) return;
    if (written == -1 && errno == EPIPE) {  // fill() will find the end
      unsent_.clear();
      return;
    }
    if (written == -1) throw SyscallError({"write", {out()}}, errno);
    unsent_.erase(0, static_cast<size_t>(written));
  }
}

bool FrameLink::fill() {
  std::array<char, kPiece> piece;
  const ssize_t got = ::read(in(), piece.data(), piece.size());
  if (got > 0) reader_.add({piece.data(), static_cast<size_t>(got)});
  if (got == -1 && !for_later(errno)) throw SyscallError({"read", {in()}}, errno);
  return got != 0;
}

void Source::add_to(PollSet& set) {
  if (open() && window_ > 0) set.add(fd_, POLLIN, [this](short) { read_some(); });
}

void Source::drain() {
  if (!open()) return;
  if (!rest_) {
    // A child that lives on may hold the other end, and write for ever.
    int waiting = 0;
    ::ioctl(fd_, FIONREAD, &waiting);
    rest_ = std::max(static_cast<size_t>(waiting), kPipe);
  }
  while (open() && window_ > 0) read_some();
}

void Source::read_some() {
  std::array<char, kPiece> piece;
  const size_t wanted = std::min({piece.size(), window_, rest_.value_or(piece.size())});
  const ssize_t got = ::read(fd_, piece.data(), wanted);
  if (got == -1 && for_later(errno)) {
    if (rest_ && errno == EAGAIN) close();
    return;
  }
  if (got <= 0) {  // an error is the end, too: EIO from a terminal that is gone, EISDIR
    close();
    link_.send(FrameType::kEnd, std::string(1, static_cast<char>(stream_)));
    return;
  }
  const auto bytes = static_cast<size_t>(got);
  link_.send(stream_, {piece.data(), bytes});
  window_ -= bytes;
  if (!rest_) return;
  *rest_ -= bytes;
  if (*rest_ == 0) close();
}

// A pipe that blocks is ready where it has room for PIPE_BUF bytes: so many, and write(2) does not wait.
Sink::Sink(FrameLink& link, FrameType stream, int fd)
    : link_(link),
      stream_(stream),
      fd_(fd),
      piece_((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 ? kWindow : PIPE_BUF) {}

void Sink::add_to(PollSet& set) {
  if (!open()) return;
  // With nothing to write, poll(2) still tells that the reader has gone.
  set.add(fd_, all_written() ? short{0} : short{POLLOUT},
          [this](short) { all_written() ? close() : write_some(); });
}

void Sink::add(std::string_view bytes) {
  if (open()) unwritten_ += bytes;
}

void Sink::close() {
  if (open()) link_.send(FrameType::kBroken, std::string(1, static_cast<char>(stream_)));
  fd_ = -1;
  unwritten_.clear();
}

void Sink::write_some() {
  const ssize_t got = ::write(fd_, unwritten_.data(), std::min(unwritten_.size(), piece_));
  if (got == -1 && for_later(errno)) return;
  if (got == -1 && (errno == EPIPE || errno == EIO || errno == ECONNRESET)) return close();
  if (got == -1) throw SyscallError({"write", {fd_, Arg::literal("...")}}, errno);
  unwritten_.erase(0, static_cast<size_t>(got));
  link_.send(FrameType::kTaken,
             static_cast<char>(stream_) + four_bytes(static_cast<std::uint32_t>(got)));
}

}  // namespace lab
