// How a check says what it found: where it failed what was expected, what was seen, how to see it by
// hand, and a hint.
#pragma once

#include <string>

namespace check {

struct Advice {
  std::string by_hand;  ///< a command that shows the same fact
  std::string hint;     ///< where to look; never the solution
};

/// Ends the check as failed unless `expected` was seen.
void expect_equal(const std::string& expected, const std::string& seen, const Advice& advice);

/// The same for what is not a comparison: `expected` and `seen` are told in words.
void expect_true(bool holds, const std::string& expected, const std::string& seen,
                 const Advice& advice);

struct Skip {
  std::string reason;
};

/// Ends the check as skipped: this machine, or the program under test, cannot show it. With
/// LABS_MUST_RUN=1 a skip is a failure. Throws Skip.
[[noreturn]] void skip(const std::string& reason);

}  // namespace check
