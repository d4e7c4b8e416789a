// A copy of an image, for kernels and file systems without idmapped mounts.
#pragma once

#include <filesystem>

#include "id_maps.h"

namespace lab {

/// Copies all that is below `from` into the directory `to`, with owners that are inside `maps` what
/// they are on disk; an id that has no place there becomes nobody's. `to` itself gets owner and mode
/// of `from`. Sockets are left out. Precondition: root, and no one changes `from` meanwhile.
/// Errors: std::filesystem::filesystem_error; SyscallError.
void shifted_copy(const std::filesystem::path& from, const std::filesystem::path& to,
                  const IdMaps& maps);

}  // namespace lab
