#include "time_stamp_counter.h"

#ifdef __x86_64__
#include <x86intrin.h>
#endif

#include <chrono>
#include <limits>
#include <thread>

namespace lab {

#ifdef __x86_64__
namespace {

using Clock = std::chrono::steady_clock;

struct Moment {
  unsigned long long ticks = 0;
  Clock::time_point time;
};

// Both clocks at once: of several readings that between which least time has passed, as this process
// may be made to wait in the midst of one.
Moment now() {
  constexpr int kReadings = 16;
  Moment best;
  unsigned long long least = std::numeric_limits<unsigned long long>::max();
  for (int i = 0; i < kReadings; ++i) {
    const auto before = __rdtsc();
    const auto time = Clock::now();
    const auto passed = __rdtsc() - before;
    if (passed >= least) continue;
    least = passed;
    best = {before, time};
  }
  return best;
}

}  // namespace

unsigned long time_stamp_counter_khz() {
  constexpr auto kLongEnough = std::chrono::milliseconds(5);
  const Moment begin = now();
  std::this_thread::sleep_for(kLongEnough);
  const Moment end = now();
  const std::chrono::duration<double, std::milli> time = end.time - begin.time;
  return static_cast<unsigned long>(static_cast<double>(end.ticks - begin.ticks) / time.count());
}
#else
unsigned long time_stamp_counter_khz() {
  return 0;
}
#endif

}  // namespace lab
