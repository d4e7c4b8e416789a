// Mistake: whatever strtod(3) reads is a number of seconds: also 1e3, and what follows a number is
// dropped.
// fails: --timeout ends the command in both modes
// fails: what a mode cannot have is refused before anything is made

#include <cstdlib>

#include "error.h"
#include "isolation_options.h"

namespace lab {

std::chrono::milliseconds parse_seconds(const std::string& option, const std::string& text) {
  const double seconds = std::strtod(text.c_str(), nullptr);
  if (seconds <= 0) throw Error(option + ": not a number of seconds", "for example 30");
  return std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

}  // namespace lab
