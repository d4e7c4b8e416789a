#include "process_mode.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "error.h"
#include "isolation_options.h"
#include "pid_namespace.h"  // lab 02: signals, and the end with its parent
#include "procfs.h"
#include "seen_from_host.h"
#include "sys.h"

namespace lab {
namespace {

using std::chrono::milliseconds, std::chrono::steady_clock;

std::string program_of_lab_10() {
  const std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "10-privileges";
  if (::access(program.c_str(), X_OK) == 0) return program;
  throw Error(fmt::format("{}: not there: the container is that of lab 10", program.string()),
              "build it: ./lab setup");
}

[[noreturn]] void become_lab_10(const std::string& program, const std::vector<std::string>& options,
                                const std::vector<std::string>& command) {
  std::vector<std::string> argv{program};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.emplace_back("--");
  argv.insert(argv.end(), command.begin(), command.end());
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.emplace_back(*variable);
  sys::execve(program, argv, environment);
}

// Waits for one of `signals` until `deadline`; false where none has come.
bool wait_for_signal(const sigset_t& signals, siginfo_t& info, steady_clock::time_point deadline) {
  const auto left = std::max(steady_clock::duration::zero(), deadline - steady_clock::now());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec time{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  return ::sigtimedwait(&signals, &info, &time) != -1;
}

bool ends_within(Child& child, milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  int status = 0;
  while (!child.ended(status)) {
    if (steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

}  // namespace

ProcessMode::ProcessMode(const std::vector<std::string>& options,
                         const std::vector<std::string>& command,
                         const std::function<void()>& prepare) {
  const std::string program = program_of_lab_10();
  lab_ = fork_child([&]() -> int {
    gate_.wait();
    die_with_parent(gate_);
    prepare();
    become_lab_10(program, options, command);
  });
  gate_.open();
}

pid_t ProcessMode::first_process() const {
  for (const std::string& process : processes_below(lab_.pid())) {
    const std::string pids = pids_of(process);  // on the host, and inside
    const size_t blank = pids.rfind(' ');
    if (blank != std::string::npos && pids.substr(blank + 1) == "1") return std::stoi(process);
  }
  return 0;
}

void ProcessMode::end() {
  constexpr milliseconds kPatience(2000);
  const auto deadline = steady_clock::now() + kPatience;
  pid_t first = 0;
  while ((first = first_process()) == 0 && steady_clock::now() < deadline) ::poll(nullptr, 0, 5);
  ::kill(first != 0 ? first : lab_.pid(), first != 0 ? SIGKILL : SIGTERM);
  if (!ends_within(lab_, kPatience)) say("the container does not end: its lab is killed\n");
}

int run_as_process(const std::vector<std::string>& options, const std::vector<std::string>& command,
                   const std::optional<milliseconds>& timeout) {
  if (!timeout) become_lab_10(program_of_lab_10(), options, command);
  const auto deadline = steady_clock::now() + *timeout;
  ProcessMode container(options, command);
  Child& lab = container.lab();
  const sigset_t signals = forward_signals(lab);
  int status = 0;
  while (!lab.ended(status)) {
    siginfo_t info{};
    if (wait_for_signal(signals, info, deadline)) {
      const bool is_key = info.si_code == SI_KERNEL;  // it has reached the lab, too
      if (info.si_signo != SIGCHLD && !is_key) ::kill(lab.pid(), info.si_signo);
    } else if (steady_clock::now() >= deadline) {
      say("timed out: the container is ended (--timeout)\n");
      container.end();
      return kTimedOut;
    }
  }
  return status;
}

}  // namespace lab
