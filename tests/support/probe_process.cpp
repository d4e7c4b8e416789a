// What the probe does as a process: signals, children, memory and CPU time.

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "probe.h"

namespace probe {
namespace {

// Tells each of the signals that a lab forwards, as it comes.
std::string report_signals(std::istringstream&) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    std::signal(signal, [](int number) { say("signal " + std::to_string(number)); });
  }
  return "ok";
}

// A child that says "child", in the place of an answer, and stays until it is killed.
std::string fork_child(std::istringstream&) {
  const pid_t pid = fork();
  if (pid != 0) return pid == -1 ? outcome(-1) : "";
  say("child");
  for (;;) pause();
}

// Children whose parent ends before they do: whoever is init here becomes their parent and must
// reap them.
std::string make_orphans(std::istringstream& words) {
  for (long left = next_number(words); left > 0; --left) {
    const pid_t parent = fork();
    if (parent == -1) return outcome(-1);
    if (parent == 0) {
      int gate[2];
      if (pipe(gate) == -1) _exit(1);
      if (fork() == 0) {
        close(gate[1]);
        char byte = 0;
        const ssize_t parent_has_ended = read(gate[0], &byte, 1);
        _exit(static_cast<int>(parent_has_ended));
      }
      _exit(0);
    }
    waitpid(parent, nullptr, 0);
  }
  return "ok";
}

std::vector<pid_t> forks;

// As many children as asked for, or as can be had: how many, and why not more. They stay until the
// next request.
std::string make_forks(std::istringstream& words) {
  const auto wanted = static_cast<size_t>(next_number(words));
  std::string reason;
  while (forks.size() < wanted) {
    const pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(STDIN_FILENO);
      for (;;) pause();
    }
    if (pid == -1) {
      reason = " " + outcome(-1);
      break;
    }
    forks.push_back(pid);
  }
  return std::to_string(forks.size()) + reason;
}

// Takes memory and writes to every page of it; keeps it until the probe ends. Past the limit of its
// cgroup the probe is killed, and no answer comes.
std::string allocate(std::istringstream& words) {
  const auto bytes = static_cast<size_t>(next_number(words));
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return outcome(-1);
  for (size_t at = 0; at < bytes; at += 4096) static_cast<volatile char*>(memory)[at] = 1;
  return "ok";
}

long cpu_microseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

// Wants a CPU for so many milliseconds; tells how many microseconds it got.
std::string burn(std::istringstream& words) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::milliseconds(next_number(words));
  const long before = cpu_microseconds();
  while (steady_clock::now() < end) {
  }
  return "ok " + std::to_string(cpu_microseconds() - before);
}

std::string hostname(std::istringstream&) {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == -1 ? outcome(-1) : name;
}

}  // namespace

void end_forks() {
  for (const pid_t pid : forks) kill(pid, SIGKILL);
  for (const pid_t pid : forks) waitpid(pid, nullptr, 0);
  forks.clear();
}

const std::vector<Verb> process_verbs{
    {"exit",
     [](std::istringstream& words) -> std::string { _exit(std::atoi(next_word(words).c_str())); }},
    {"report-signals", report_signals},
    {"fork", fork_child},
    {"orphans", make_orphans},
    {"forks", make_forks},   // N: "N", or "63 Resource temporarily unavailable"
    {"allocate", allocate},  // BYTES
    {"burn", burn},          // MILLISECONDS: "ok CPU_MICROSECONDS"
    {"hostname", hostname},
};

}  // namespace probe
