// Computes in many processes at once, for a while: the CPU time that it takes the host's other users
// wait for. Works in 01 to 05; 06 closes it, with --cpus.
//
//   /escape [MS]     default 500; exit status 0: had more than 0.8 CPUs, 1: held

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

namespace {

using Clock = std::chrono::steady_clock;

// A busy machine is shared out among sessions, sched(7) on autogroups, and then among their processes:
// each has a session of its own.
constexpr int kProcesses = 16;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void compute_until(Clock::time_point end) {
  while (Clock::now() < end) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int milliseconds = argc > 1 ? std::atoi(argv[1]) : 500;
  if (milliseconds < 100 || milliseconds > 60000) {
    std::fputs("usage: /escape [MS]     MS from 100 to 60000\n", stderr);
    return 1;
  }

  const auto begin = Clock::now();
  const auto end = begin + std::chrono::milliseconds(milliseconds);
  for (int n = 0; n < kProcesses; ++n) {
    if (fork() != 0) continue;
    setsid();
    compute_until(end);
    _exit(0);
  }
  while (wait(nullptr) > 0) {
  }
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();

  double used = 0;
  for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(whose, &usage);
    used += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  const bool escaped = used > 0.8 * elapsed;
  std::printf("%s: had %.2f s of CPU time in %.2f s: %.2f CPUs\n", escaped ? "escaped" : "held",
              used, elapsed, used / elapsed);
  return escaped ? 0 : 1;
}
