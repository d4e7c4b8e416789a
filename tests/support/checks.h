// The checks that are built into this program: doctest's test cases.
#pragma once

#include <string>
#include <vector>

#include "result.h"

namespace check {

struct Check {
  std::string name, file;
  int number = 0;  ///< doctest's
};

/// All of them, or those of the name `only`, in their order.
std::vector<Check> checks(const std::string& only);

/// Runs it. `only` is that of checks().
Result run(const Check& check, const std::string& only);

}  // namespace check
