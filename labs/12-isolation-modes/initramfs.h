// A file system as an archive that the kernel unpacks into its memory: initramfs,
// Documentation/driver-api/early-userspace/buffer-format.rst.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "unique_fd.h"

namespace lab {

/// A file to be added to an image.
struct AddedFile {
  std::string path;  ///< without the leading slash; its folders are added before it
  mode_t mode;       ///< S_IFREG or S_IFDIR, and the permissions
  std::string content;
};

/// How much memory the kernel needs for a while to unpack `image`: that of the archive, and twice
/// what is in it, for the kernel gives its first file system half of the rest (tmpfs(5)).
std::uint64_t memory_to_unpack(const std::filesystem::path& image);

/// The archive of `image` and of `added`, in a file that has no name (memfd_create(2)): owners,
/// modes, devices, symbolic and hard links are kept; extended attributes have no place in the
/// format. What is mounted below the image is left out; so is what this user may not read, told on
/// stderr. The step "pack-image". Errors: Error where the image cannot be read, or has one of
/// `added` itself; SyscallError.
UniqueFd pack_image(const std::filesystem::path& image, const std::vector<AddedFile>& added);

}  // namespace lab
