// Waiting for something that must come, but not for ever.
#pragma once

#include <chrono>
#include <functional>

namespace check {

/// The longest that any wait of the checks takes; LAB_DEADLINE (seconds) overrides it.
std::chrono::milliseconds patience();

/// Asks again until `holds` is true; false where patience ran out.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds time = patience());

}  // namespace check
