// The same command in both modes, side by side.
#pragma once

#include <string>
#include <vector>

#include "machine.h"

namespace lab {

/// Runs the command in a container and then in a machine, has the machine's kernel panic, and
/// prints what differs as a table on stdout. `options` are the container's. Errors: those of both
/// modes; Error where a command ends before it can be looked at.
int compare(const MachineWish& wish, const std::vector<std::string>& options,
            CaughtSignals& signals);

}  // namespace lab
