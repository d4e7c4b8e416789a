// What was probably meant by a name that does not exist.
#pragma once

#include <string>
#include <vector>

namespace lab {

/// The name with the fewest single-letter changes from `wrong`; empty where none is near.
std::string nearest(const std::string& wrong, const std::vector<std::string>& names);

}  // namespace lab
