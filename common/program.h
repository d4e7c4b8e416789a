// Other programs that a lab runs.
#pragma once

#include <string>
#include <vector>

namespace lab {

/// Runs a program, found along PATH, to its end; returns what it said.
/// Errors: Error with its exit status and what it said, where it fails or is not there.
std::string run_program(const std::vector<std::string>& argv);

/// The program of that name along PATH, as a path; empty where there is none.
std::string find_program(const std::string& name);
inline bool has_program(const std::string& name) {
  return !find_program(name).empty();
}

}  // namespace lab
