// What `./lab ps` prints.
#pragma once

#include <string>
#include <vector>

#include "container_state.h"

namespace lab {

/// A table of them, a line each, below a line of headings.
std::string table_of(const std::vector<ContainerFacts>& containers);

/// Writes the table of those that run to stdout. Errors: SyscallError.
void list_containers();

}  // namespace lab
