// Waiting for something that must come, but not for ever.
#pragma once

#include <chrono>
#include <functional>

namespace check {

/// The longest that any wait of the checks takes; LAB_DEADLINE (seconds) overrides it.
std::chrono::milliseconds patience();

/// Asks again until `holds` is true; false where that is not so within `time`.
bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds time = patience());

}  // namespace check
