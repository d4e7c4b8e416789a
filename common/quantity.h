// Sizes, shares and counts, as the command line has them: pure functions on text.
#pragma once

#include <cstdint>
#include <string>

namespace lab {

// What is not of the form asked for is refused: Error, with a hint that shows the form.

/// Bytes: a whole number, below 2^63, that K, M or G (powers of 1024) may follow: "64M".
std::uint64_t parse_size(const std::string& text);

/// CPUs: a decimal number from 0.01 to 8192, the most that a kernel is built for: "0.4".
double parse_cpus(const std::string& text);

/// Processes: a whole number from 1 to 4194304, the kernel's own limit, proc(5) on pid_max.
std::uint64_t parse_pids(const std::string& text);

/// The shortest text that parse_size() takes for `bytes`: "64M".
std::string size_text(std::uint64_t bytes);

}  // namespace lab
