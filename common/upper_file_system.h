// Which file systems an overlay can write to.
#pragma once

#include <filesystem>
#include <string>

namespace lab {

/// The name of the file system of `directory` where it is one that overlayfs does not take as upper;
/// empty where it takes it, or where that is not known.
std::string unfit_as_upper(const std::filesystem::path& directory);

}  // namespace lab
