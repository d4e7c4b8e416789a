// Facts that several checks ask for.
#pragma once

#include <string>
#include <vector>

#include "mountinfo.h"
#include "run.h"

namespace check {

/// The environment that the command was started with, as /proc/PID/environ has it.
std::vector<std::string> environment_of(const Run& run);

/// The value of a variable in it; empty where it is not there.
std::string variable(const std::vector<std::string>& environment, const std::string& name);

/// Of the pids that NSpid lists, the one in the innermost namespace.
std::string innermost(const std::string& pids);

/// PID 1 of the PID namespace that a process is in, which is it or stands above it.
pid_t pid1_above(std::string process);

/// The last mount on `target` that the command sees; an empty one where there is none.
lab::Mount mount_on(const Run& run, const std::string& target);

/// Waits for the probe; fails the check unless / is the image for it.
void expect_image_is_root(Run& run);

/// The same for each of the signals that the lab passes on.
void expect_signals_pass(Run& run);

/// The same for the command's signal mask, and for the signals that it ignores.
void expect_no_signal_blocked_or_ignored(Run& run);

/// Waits for the probe, and kills it: the program must end with 128+N.
void expect_end_by_signal_comes_back(Run& run);

/// The program refuses: 125, with all of `words` in the message, and nothing on stdout.
void expect_refused(const Request& request, const std::vector<std::string>& words);

}  // namespace check
