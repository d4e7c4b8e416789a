// What can be said about layers before anything is done.
#pragma once

#include <filesystem>
#include <vector>

namespace lab {

/// Error, with a hint, where overlayfs cannot take these directories as layers: one is missing or
/// is no directory, one lies inside another, there are too many, or the changes cannot be written
/// to `upper` (empty: none is asked for). Precondition: `image` is a directory.
void check_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper);

}  // namespace lab
