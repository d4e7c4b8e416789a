// Files under /proc, proc(5): reading them, and parsers as pure functions on their text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

/// The whole file; empty where it cannot be read. Reads until the end, as files under /proc have
/// size 0.
std::string read_file(const std::filesystem::path& path);

/// The rest of what can be read from a descriptor; the reading ends with the first error.
std::string read_to_end(int fd);

/// The value of `key` in /proc/PID/status, blanks in a row made one: status_field(text, "NSpid") is
/// "4711 1".
std::string status_field(const std::string& status, const std::string& key);

/// The strings of a file that ends each with a NUL: /proc/PID/cmdline, /proc/PID/environ.
std::vector<std::string> nul_separated(const std::string& text);

/// The pids of a process's children, as the reader's PID namespace has them.
std::vector<std::string> children_of(const std::string& process);

/// The process's pids, from the reader's PID namespace inwards, as NSpid in /proc/PID/status has
/// them.
std::string pids_of(const std::string& process);

}  // namespace lab
