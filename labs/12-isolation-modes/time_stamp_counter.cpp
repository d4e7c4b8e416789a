#include "time_stamp_counter.h"

#ifdef __x86_64__
#include <x86intrin.h>
#endif

#include <chrono>

namespace lab {

#ifdef __x86_64__
unsigned long time_stamp_counter_khz() {
  using Clock = std::chrono::steady_clock;
  constexpr auto kLongEnough = std::chrono::milliseconds(5);  // exact to a few millionths
  const auto begin = Clock::now();
  const auto ticks = __rdtsc();
  auto end = begin;
  while (end - begin < kLongEnough) end = Clock::now();
  const std::chrono::duration<double, std::milli> time = end - begin;
  return static_cast<unsigned long>(static_cast<double>(__rdtsc() - ticks) / time.count());
}
#else
unsigned long time_stamp_counter_khz() {
  return 0;
}
#endif

}  // namespace lab
