#include "step.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "pipe.h"
#include "procfs.h"

namespace lab {
namespace {

Telling current;

bool left_out(const std::string& id) {
  return std::find(current.skip.begin(), current.skip.end(), id) != current.skip.end();
}

// Colours only where a person looks on.
bool coloured() {
  return ::isatty(STDERR_FILENO) != 0 && ::getenv("NO_COLOR") == nullptr;
}

void print_step(const std::string& id, const std::string& text) {
  say(fmt::format(coloured() ? "\033[1m● {:<18}\033[0m {}\n" : "* {:<18} {}\n", id, text));
}

volatile std::sig_atomic_t breaking_off = 0;  // the signal that came at a prompt

// Catches Ctrl-C and Ctrl-\ as long as it lives. With handlers: to PID 1 the kernel delivers no signal
// that it has none for. Without SA_RESTART: read(2) ends with EINTR.
class CaughtKeys {
 public:
  CaughtKeys() {
    struct sigaction action {};
    action.sa_handler = [](int signal) { breaking_off = signal; };
    ::sigaction(SIGINT, &action, &on_interrupt_);
    ::sigaction(SIGQUIT, &action, &on_quit_);
  }
  CaughtKeys(const CaughtKeys&) = delete;
  CaughtKeys& operator=(const CaughtKeys&) = delete;
  ~CaughtKeys() {
    ::sigaction(SIGINT, &on_interrupt_, nullptr);
    ::sigaction(SIGQUIT, &on_quit_, nullptr);
  }

 private:
  struct sigaction on_interrupt_ {
  }, on_quit_{};
};

// Broken off by an exception, so that what was made on the host is taken back; without prompts.
void wait_for_enter(int terminal) {
  const CaughtKeys keys;
  const char prompt[] = "  [Enter] ";
  char c = 0;
  if (::write(terminal, prompt, sizeof prompt - 1) < 0)
    throw SyscallError({"write", {terminal}}, errno);
  while (c != '\n') {
    const ssize_t got = ::read(terminal, &c, 1);
    if (got == -1 && errno != EINTR) throw SyscallError({"read", {terminal}}, errno);
    if (got != 0 && breaking_off == 0) continue;
    current.terminal = -1;
    throw Error("broken off before the next step", "",
                breaking_off == 0 ? kLabFailed : 128 + static_cast<int>(breaking_off));
  }
}

// What the process thrown away by steps_of() runs: never returns.
[[noreturn]] void list_steps_to(int out, const std::function<int()>& story) {
  // An exercise may make system calls without sys.h: let them hurt no one.
  if (::unshare(CLONE_NEWNS) == 0) ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  Telling telling;
  telling.list_to = out;
  set_telling(telling);
  ::_exit(exit_status_of(story));
}

// At once, so that the lines of every process of the story come, however it ends.
void list_step(const std::string& id, const std::string& text) {
  const std::string line = id + '\t' + text + '\n';
  if (::write(current.list_to, line.data(), line.size()) == -1) ::_exit(kLabFailed);
}

}  // namespace

void set_telling(Telling telling) {
  current = std::move(telling);
}

bool listing() {
  return current.list_to >= 0;
}

const std::vector<std::string>& steps_left_out() {
  return current.skip;
}

bool telling() {
  return current.explain;
}

void step(const std::string& id, const std::string& text, const std::function<void()>& body) {
  if (listing()) {
    list_step(id, text);
    return;
  }
  if (left_out(id)) {
    if (current.explain) print_step(id, "(left out) " + text);
    return;
  }
  if (current.explain) print_step(id, text);
  if (current.terminal >= 0) wait_for_enter(current.terminal);
  body();
}

void tell(const std::string& what, const std::string& seen) {
  if (current.explain) say(fmt::format("    {}: {}\n", what, seen));
}

void tell_call(const Call& call, long result, int error) {
  if (!current.explain) return;
  const std::string outcome =
      error == 0 ? std::to_string(result)
                 : fmt::format("-1 {} ({})", errno_name(error), std::strerror(error));
  say(fmt::format("    {} = {}\n", call.text(), outcome));
}

void tell_final_call(const Call& call) {
  if (current.explain) say(fmt::format("    {}\n", call.text()));
}

std::vector<StepLine> steps_of(const std::function<int()>& story) {
  Pipe pipe;

  const pid_t pid = ::fork();
  if (pid == -1) throw SyscallError({"fork", {}}, errno);
  if (pid == 0) list_steps_to(pipe.write_end.get(), story);
  pipe.write_end.reset();

  const std::string text = read_to_end(pipe.read_end.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) == -1 && errno == EINTR) {
  }
  const bool not_written = WIFEXITED(status) && WEXITSTATUS(status) == kNotWritten;
  if (not_written || text.empty()) {
    throw Error("the steps cannot be listed", "", not_written ? kNotWritten : kLabFailed);
  }

  std::vector<StepLine> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t tab = text.find('\t', begin);
    const size_t end = text.find('\n', begin);
    lines.push_back({text.substr(begin, tab - begin), text.substr(tab + 1, end - tab - 1)});
    begin = end + 1;
  }
  return lines;
}

}  // namespace lab
