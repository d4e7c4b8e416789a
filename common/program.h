// Other programs that a lab runs.
#pragma once

#include <string>
#include <vector>

namespace lab {

/// Runs a program, found along PATH, to its end; returns what it said.
/// Errors: Error with its exit status and what it said, where it fails or is not there.
std::string run_program(const std::vector<std::string>& argv);

/// Is there a program of that name along PATH?
bool has_program(const std::string& name);

}  // namespace lab
