// Which of a kernel's modules must be loaded, and in which order: modules.dep(5) and
// modules.builtin, as depmod(8) writes them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

/// The files, below the folder of the two texts, of `wanted` and of all that they depend on: each
/// one behind what it needs. What is built into the kernel has no file. Errors: Error where the
/// kernel has one of `wanted` neither way.
std::vector<std::string> modules_in_load_order(const std::string& modules_dep,
                                               const std::string& modules_builtin,
                                               const std::vector<std::string>& wanted);

/// The same from `folder`, lib/modules/RELEASE, as whole paths. Errors: Error, also where a file is
/// missing or compressed.
std::vector<std::filesystem::path> modules_of(const std::filesystem::path& folder,
                                              const std::vector<std::string>& wanted);

}  // namespace lab
