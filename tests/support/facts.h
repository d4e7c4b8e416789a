// Facts that several checks ask for.
#pragma once

#include <string>
#include <vector>

#include "run.h"

namespace check {

/// The environment that the command was started with, as /proc/PID/environ has it.
std::vector<std::string> environment_of(const Run& run);

/// The value of a variable in it; empty where it is not there.
std::string variable(const std::vector<std::string>& environment, const std::string& name);

/// Of the pids that NSpid lists, the one in the innermost namespace.
std::string innermost(const std::string& pids);

/// Waits for the probe; fails the check unless / is the image for it.
void expect_image_is_root(Run& run);

}  // namespace check
