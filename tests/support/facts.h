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

/// The same for each of the signals that the lab passes on.
void expect_signals_pass(Run& run);

/// The same for the command's signal mask, and for the signals that it ignores.
void expect_no_signal_blocked_or_ignored(Run& run);

/// Waits for the probe, and kills it: the program must end with 128+N.
void expect_end_by_signal_comes_back(Run& run);

}  // namespace check
