// Lab 07: the image is one layer of several, and what the container writes goes into another.
#pragma once

#include <filesystem>
#include <vector>

namespace lab {

/// Mounts an overlay on `image` (mount(2); overlayfs in the kernel's documentation). Its layers are
/// the image, above it each directory of `lower`, the last one topmost, all of them read-only, and
/// above those `upper`/upper, which takes what is written. An empty `upper` stands for a tmpfs that
/// ends with the mount namespace. What is mounted further below in a layer is not seen. No
/// descriptor stays open. Preconditions: CAP_SYS_ADMIN, a mount namespace of one's own (lab 03),
/// /proc mounted; the directories exist. Errors: SyscallError.
void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper);

}  // namespace lab
