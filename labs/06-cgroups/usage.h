// What the container has used, as its cgroups counted it.
#pragma once

#include "container_cgroups.h"
#include "container_limits.h"

namespace lab {

/// Tells (--explain) the peak of memory, CPU time, throttled periods and the peak of processes.
void tell_usage(const Cgroups& cgroups);

/// Says on stderr, asked or not, that the kernel killed a process of the container for lack of
/// memory, where it did.
void report_out_of_memory(const Cgroups& cgroups, const Limits& limits);

}  // namespace lab
