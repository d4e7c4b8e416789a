#include "deadline.h"

#include <cstdlib>
#include <thread>

namespace check {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::chrono::milliseconds patience() {
  const char* seconds = std::getenv("LAB_DEADLINE");
  return seconds == nullptr ? milliseconds(10000) : milliseconds(std::atoi(seconds) * 1000);
}

bool eventually(const std::function<bool()>& holds, milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  while (!holds()) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(1));  // between two looks, not instead of one
  }
  return true;
}

}  // namespace check
