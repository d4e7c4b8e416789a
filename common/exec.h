// From this process to the command.
#pragma once

#include <string>
#include <vector>

namespace lab {

/// The step "exec": execve(2) of command[0], looked up in the PATH of `env` where it has no slash,
/// as execvp(3) does. Returns only where the step is left out. Precondition: command is not empty.
/// Errors: exit status 127 where the command is not found, 126 where it cannot be executed.
void exec_command(const std::vector<std::string>& command, const std::vector<std::string>& env);

}  // namespace lab
