// The host's end of the channel to the guest: one virtio port, on it frames in both directions.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "caught_signals.h"
#include "frame_link.h"
#include "guest_request.h"
#include "raw_terminal.h"
#include "unique_fd.h"

namespace lab {

/// How a run in the guest ended.
struct Ending {
  enum How {
    kExited,  ///< the command; or the guest's init gave up, has said why on stderr, and status is 125
    kMachineGone,  ///< QEMU ended without a word: a panic, or it could not start. The console may know why
    kBootDeadline,  ///< the command did not run in time
    kTimeout,       ///< the time for the whole run is over
    kInterrupted,  ///< a signal came before the command ran, or while its last output had no reader
  };
  How how = kExited;
  int status =
      0;  ///< of kExited: the command's exit status as a shell has it; of kInterrupted: 128+n
  bool up = false;  ///< guest-init had reported: the machine came up
};

/// Whose ends the command's stdin, stdout and stderr become. They must be open.
struct Streams {
  int in = STDIN_FILENO, out = STDOUT_FILENO, err = STDERR_FILENO;
};

struct Deadlines {
  using Time = std::optional<std::chrono::steady_clock::time_point>;  ///< nothing: never
  Time boot;                                                          ///< until the command runs
  Time whole;  ///< until the command has ended
};

/// What to put into the request: the size of our terminal, where stdin and stdout are one and this
/// process is in its foreground.
std::optional<WindowSize> terminal_size();

/// Pumps between the caller's streams and QEMU's stdin and stdout (-chardev stdio). Signals taken by
/// `signals` go to the command once it runs; but INT or TERM a second time ends the run, for a guest that
/// hangs hears none. A broken stdout breaks the command's stdout, too.
/// The destructor gives the terminal back as it was. Preconditions: QEMU holds the only other ends of the
/// two pipes, so that their end is QEMU's; it runs in a session of its own (setsid(2)), so that Ctrl-C
/// and Ctrl-Z do not reach it. The caller's streams are never made non-blocking: others share them.
/// Errors: SyscallError; Error where what comes from the guest is no frame.
class Channel {
 public:
  /// `terminal`: the request's; then our terminal is in raw mode while the command runs.
  Channel(UniqueFd to_qemu, UniqueFd from_qemu, CaughtSignals& signals, bool terminal,
          const Deadlines& deadlines, const Streams& streams = {});

  /// Waits until the command runs. Nothing: it does; else how it ended before that. What --explain
  /// tells inside comes on our stderr meanwhile.
  std::optional<Ending> run_until_started();

  /// `lost` is asked now and then: has the guest's kernel come to its end, though QEMU goes on? Where that is
  /// so for a second, the run ends as kMachineGone.
  void end_where(std::function<bool()> lost) { lost_ = std::move(lost); }

  /// Waits for the guest's end. The machine is of no more use then: QEMU may be killed. After it
  /// exited by itself (kExited) the guest restarts, and QEMU ends, within a moment.
  Ending run_to_end();

  /// For --compare, after run_until_started(): what look("/proc") sees in the guest, as text. Empty
  /// where the run ended first; run_to_end() tells how.
  std::string ask_for_facts();
  /// Has the guest's kernel panic; run_to_end() then gives kMachineGone.
  void order_panic();

 private:
  void pump();
  void take(const Frame& frame);
  void take_about_stream(const Frame& frame);
  void take_signal(int signal);
  void stop_until_continued();
  void send_window();
  void look_for_loss();
  void end_where_over();
  void end(Ending::How how, int status = 0);

  CaughtSignals& signals_;
  FrameLink link_;
  Source in_;
  Sink out_, err_;
  Deadlines deadlines_;
  bool has_terminal_;
  std::optional<RawTerminal> raw_;  // while the command runs
  bool up_ = false, started_ = false, gone_ = false;
  int asked_to_end_ = 0;  // INT or TERM, whichever came last
  std::function<bool()> lost_;
  bool seems_lost_ = false;
  std::chrono::steady_clock::time_point next_look_{};
  std::optional<int> exit_status_;  // the command's: what it wrote may still be on its way
  std::optional<std::string> facts_;
  std::optional<Ending> ending_;
};

}  // namespace lab
