// What a machine can have, and what an ordinary user cannot give it: asked before anything is made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "network_options.h"  // lab 05

namespace lab {

/// How many processors share the CPU time `cpus`; one where none is asked for. Error where that
/// many cannot be had, and for a fraction without root: only a cgroup gives a part of a processor.
unsigned processors_for(const std::optional<double>& cpus);

/// Error where a kernel and `image`, unpacked, do not fit into `memory` bytes: with how many they
/// do.
void check_memory(std::uint64_t memory, const std::filesystem::path& image);

/// Says on stderr that there is no network card. Error where an option asks for one.
void tell_no_network(const NetworkOptions& options);

}  // namespace lab
