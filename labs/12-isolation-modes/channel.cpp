#include "channel.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace lab {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kBetweenLooks{1};

int milliseconds_until(const Deadlines::Time& time) {
  if (!time) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*time - Clock::now()).count();
  return static_cast<int>(std::clamp<long>(left, 0, 3'600'000));
}

bool over(const Deadlines::Time& time) {
  return time && Clock::now() >= *time;
}

// The sooner of the two, as poll(2) takes them: -1 is never.
int sooner(int a, int b) {
  if (a < 0 || b < 0) return std::max(a, b);
  return std::min(a, b);
}

WindowSize window_of(int terminal) {
  winsize size{};
  if (::ioctl(terminal, TIOCGWINSZ, &size) == -1 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

}  // namespace

std::optional<WindowSize> terminal_size() {
  const bool both = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  if (!both || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return {};
  return window_of(STDIN_FILENO);
}

Channel::Channel(UniqueFd to_qemu, UniqueFd from_qemu, CaughtSignals& signals, bool terminal,
                 const Deadlines& deadlines, const Streams& streams)
    : signals_(signals),
      link_(std::move(from_qemu), std::move(to_qemu)),
      in_(link_, FrameType::kStdin, streams.in),
      out_(link_, FrameType::kStdout, streams.out),
      err_(link_, FrameType::kStderr, streams.err),
      deadlines_(deadlines),
      has_terminal_(terminal) {}

std::optional<Ending> Channel::run_until_started() {
  while (!ending_ && !started_) pump();
  return ending_;
}

Ending Channel::run_to_end() {
  while (!ending_) pump();
  return *ending_;
}

std::string Channel::ask_for_facts() {
  link_.send(FrameType::kAskFacts);
  while (!ending_ && !facts_) pump();
  return facts_.value_or("");
}

void Channel::order_panic() {
  link_.send(FrameType::kPanic);
}

// One round: waits for whatever comes first, and deals with all that has come.
void Channel::pump() {
  PollSet set;
  set.add(signals_.fd(), POLLIN, [this](short) {
    while (const auto signal = signals_.take()) take_signal(*signal);
  });
  if (!gone_) set.add(link_.in(), POLLIN, [this](short) { gone_ = !link_.fill(); });
  if (!gone_ && !link_.all_sent()) set.add(link_.out(), POLLOUT, [this](short) { link_.flush(); });
  if (started_ && !exit_status_) in_.add_to(set);
  out_.add_to(set);
  err_.add_to(set);
  const int boot = started_ ? -1 : milliseconds_until(deadlines_.boot);
  const int look = lost_ && !gone_ ? milliseconds_until(next_look_) : -1;
  set.wait(sooner(sooner(milliseconds_until(deadlines_.whole), boot), look));
  while (const auto frame = link_.next()) take(*frame);
  look_for_loss();
  end_where_over();
}

// Seen twice, a second apart: QEMU may be about to end, with the last output on its way.
void Channel::look_for_loss() {
  if (!lost_ || gone_ || Clock::now() < next_look_) return;
  next_look_ = Clock::now() + kBetweenLooks;
  if (lost_()) gone_ = std::exchange(seems_lost_, true);
}

void Channel::end_where_over() {
  const bool all_written = out_.all_written() && err_.all_written();
  if (ending_) return;
  if (exit_status_ && all_written) return end(Ending::kExited, *exit_status_);
  if (gone_ && all_written) return end(Ending::kMachineGone);
  if (over(deadlines_.whole)) return end(Ending::kTimeout);
  if (!started_ && over(deadlines_.boot)) return end(Ending::kBootDeadline);
}

void Channel::end(Ending::How how, int status) {
  raw_.reset();
  ending_ = Ending{how, status, up_};
}

void Channel::take(const Frame& frame) {
  switch (frame.type) {
    case FrameType::kUp:
      up_ = true;
      break;
    case FrameType::kTrace:
      say(frame.bytes);
      break;
    case FrameType::kStarted:
      started_ = true;
      if (has_terminal_) raw_.emplace();
      break;
    case FrameType::kStdout:
      out_.add(frame.bytes);
      break;
    case FrameType::kStderr:
      err_.add(frame.bytes);
      break;
    case FrameType::kFacts:
      facts_ = frame.bytes;
      break;
    case FrameType::kExited:
      exit_status_ = static_cast<unsigned char>(frame.bytes.empty() ? 0 : frame.bytes[0]);
      link_.send(FrameType::kBye);
      link_.flush();
      break;
    default:
      take_about_stream(frame);
  }
}

void Channel::take_about_stream(const Frame& frame) {
  const bool in = !frame.bytes.empty() && frame.bytes[0] == static_cast<char>(FrameType::kStdin);
  if (in && frame.type == FrameType::kTaken) in_.taken(number_from(frame.bytes.substr(1)));
  if (in && frame.type == FrameType::kBroken) in_.close();
}

void Channel::take_signal(int signal) {
  if (signal == SIGWINCH) return send_window();
  if (signal == SIGTSTP) return stop_until_continued();
  const bool ends = signal == SIGINT || signal == SIGTERM;
  if (!started_ || exit_status_ || gone_ || (ends && asked_to_end_ == signal))
    return end(Ending::kInterrupted, 128 + signal);
  if (ends) asked_to_end_ = signal;
  link_.send(FrameType::kSignal, std::string(1, static_cast<char>(signal)));
}

void Channel::send_window() {
  if (!has_terminal_) return;
  link_.send(FrameType::kWindow, to_text(window_of(STDIN_FILENO)));
}

// The shell that has stopped us is to find the terminal as it left it.
void Channel::stop_until_continued() {
  const bool raw = raw_.has_value();
  raw_.reset();
  ::raise(SIGSTOP);
  if (raw) raw_.emplace();
  send_window();
}

}  // namespace lab
