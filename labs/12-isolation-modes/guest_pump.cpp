#include "guest_pump.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "look.h"
#include "process.h"

namespace lab {
namespace {

UniqueFd signal_fd(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw SyscallError({"signalfd", {-1}}, errno);
  return fd;
}

// As a fault in the kernel would: Documentation/admin-guide/sysrq.rst.
[[noreturn]] void panic(const UniqueFd& sysrq) {
  if (::write(sysrq.get(), "c", 1) == -1) ::_exit(EXIT_FAILURE);  // without PID 1 it panics, too
  for (;;) ::pause();
}

}  // namespace

GuestPump::GuestPump(FrameLink& link, GuestCommand command)
    : link_(link),
      command_(std::move(command)),
      in_(link, FrameType::kStdin, command_.in.get()),
      out_(link, FrameType::kStdout, command_.out.get()),
      err_(link, FrameType::kStderr, command_.err.get()),
      ends_(signal_fd(SIGCHLD)),
      sysrq_(::open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC)) {}

int GuestPump::run() {
  reap();  // it may have ended already
  while (!host_gone_ && (status_ == -1 || !all_out())) {
    wait();
    while (const auto frame = link_.next()) take(*frame);
    if (status_ != -1) drain();
    close_where_done();
    link_.flush();
  }
  return status_;
}

void GuestPump::wait() {
  PollSet set;
  set.add(link_.in(), POLLIN, [this](short) { host_gone_ = !link_.fill(); });
  if (!link_.all_sent()) set.add(link_.out(), POLLOUT, [this](short) { link_.flush(); });
  set.add(ends_.get(), POLLIN, [this](short) { reap(); });
  if (command_.trace) set.add(command_.trace.get(), POLLIN, [this](short) { read_trace(); });
  in_.add_to(set);
  out_.add_to(set);
  err_.add_to(set);
  set.wait(-1);
}

void GuestPump::reap() {
  signalfd_siginfo info{};
  while (::read(ends_.get(), &info, sizeof info) == sizeof info) {
  }
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == command_.pid) status_ = exit_status_from_wait(status);
  }
}

// execve(2) closes the other end, and so does the end of the process.
void GuestPump::read_trace() {
  std::array<char, 4096> piece;
  const ssize_t got = ::read(command_.trace.get(), piece.data(), piece.size());
  if (got == -1) return;
  if (got > 0) return link_.send(FrameType::kTrace, {piece.data(), static_cast<size_t>(got)});
  command_.trace.reset();
  link_.send(FrameType::kStarted);
}

// The command has ended.
void GuestPump::drain() {
  out_.drain();
  err_.drain();
  in_.close();
}

// Here the pumps' descriptors are closed: inside, that is the end of stdin, and a broken pipe.
void GuestPump::close_where_done() {
  if (input_ended_ && in_.all_written() && !command_.terminal) in_.close();
  if (!in_.open()) command_.in.reset();
  if (!out_.open()) command_.out.reset();
  if (!err_.open()) command_.err.reset();
}

void GuestPump::take(const Frame& frame) {
  switch (frame.type) {
    case FrameType::kStdin:
      in_.add(frame.bytes);
      break;
    case FrameType::kSignal:
      if (status_ == -1 && !frame.bytes.empty()) ::kill(command_.pid, frame.bytes[0]);
      break;
    case FrameType::kWindow:
      if (command_.terminal) resize(command_.terminal, window_size_from(frame.bytes));
      break;
    case FrameType::kAskFacts:
      link_.send(FrameType::kFacts, to_text(look("/proc")));
      break;
    case FrameType::kPanic:
      panic(sysrq_);
    default:
      take_about_stream(frame);
  }
}

void GuestPump::take_about_stream(const Frame& frame) {
  if (frame.bytes.empty()) return;
  const auto stream = static_cast<FrameType>(frame.bytes[0]);
  Source& source = stream == FrameType::kStderr ? err_ : out_;
  if (frame.type == FrameType::kEnd) input_ended_ = true;
  if (frame.type == FrameType::kTaken) source.taken(number_from(frame.bytes.substr(1)));
  if (frame.type == FrameType::kBroken) source.close();
}

void report_exit(FrameLink& link, int status) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  link.send(FrameType::kExited, std::string(1, static_cast<char>(status)));
  for (bool done = false; !done && Clock::now() < deadline;) {
    PollSet set;
    set.add(link.in(), POLLIN, [&](short) { done = !link.fill(); });
    if (!link.all_sent()) set.add(link.out(), POLLOUT, [&](short) { link.flush(); });
    set.wait(1000);
    while (const auto frame = link.next()) done = done || frame->type == FrameType::kBye;
  }
}

}  // namespace lab
