// Computes in many processes at once, for a while: the CPU time that it takes the host's other users
// wait for. Works in 01 to 05; 06 closes it, with --cpus.
//
//   /escape [TRIES]     of half a second each, default 2; exit status 0: had more than 0.65 CPUs in
//                       one, and tried no more; 1: held each time

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
// It may for a while be too busy even for that: hence the tries.
constexpr std::chrono::milliseconds kTime{500};
constexpr double kEscaped = 0.65;  // CPUs

struct Try {
  double used, elapsed;  ///< CPU time and time, in seconds
  double cpus() const { return used / elapsed; }
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_time_so_far() {
  double used = 0;
  for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(whose, &usage);
    used += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return used;
}

void compute_until(Clock::time_point end) {
  while (Clock::now() < end) {
  }
}

Try compute() {
  const double used_before = cpu_time_so_far();
  const auto begin = Clock::now();
  for (int n = 0; n < kProcesses; ++n) {
    if (fork() != 0) continue;
    setsid();
    compute_until(begin + kTime);
    _exit(0);
  }
  while (wait(nullptr) > 0) {
  }
  return {cpu_time_so_far() - used_before,
          std::chrono::duration<double>(Clock::now() - begin).count()};
}

}  // namespace

int main(int argc, char** argv) {
  const int tries = argc > 1 ? std::atoi(argv[1]) : 2;
  if (tries < 1) {
    std::fputs("usage: /escape [TRIES]     1 or more\n", stderr);
    return 1;
  }

  Try best{0, 1};
  for (int n = 0; n < tries && best.cpus() <= kEscaped; ++n) {
    const Try next = compute();
    if (next.cpus() > best.cpus()) best = next;
  }
  const bool escaped = best.cpus() > kEscaped;
  std::printf("%s: had %.2f s of CPU time in %.2f s: %.2f CPUs\n", escaped ? "escaped" : "held",
              best.used, best.elapsed, best.cpus());
  return escaped ? 0 : 1;
}
