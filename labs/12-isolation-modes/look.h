// What a process sees of the kernel that it runs on: the same look in a container and in a machine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace lab {

struct Facts {
  std::string release;   ///< uname -r
  std::string boot_id;   ///< one for each start of a kernel: random(4)
  std::string first;     ///< the command line of PID 1
  size_t processes = 0;  ///< those with a pid; of them …
  size_t of_kernel = 0;  ///< … without a command line: the kernel's own threads
};

/// `proc` is a proc(5).
Facts look(const std::filesystem::path& proc);

// Over the channel: pure functions on text.
std::string to_text(const Facts& facts);
Facts facts_from(const std::string& text);

}  // namespace lab
