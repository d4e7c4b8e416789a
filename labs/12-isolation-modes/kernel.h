// The kernel that a machine boots, as a file.
#pragma once

#include <filesystem>
#include <string>

namespace lab {

struct Kernel {
  std::filesystem::path file;
  std::filesystem::path unpacked;  ///< vmlinux-RELEASE beside it, the same; empty: there is none
  std::string release;             ///< as uname -r will have it; empty where the file does not tell
  std::filesystem::path modules;   ///< lib/modules/RELEASE beside the file; empty: there is none
};

/// `given` is the file, or a folder in which it is called vmlinuz. Errors: Error where it is not
/// there, or is no kernel for this processor, and where the modules beside it are another one's.
Kernel find_kernel(const std::filesystem::path& given);

/// The release in a bzImage, as the x86 boot protocol has it (Documentation/arch/x86/boot.rst:
/// `kernel_version`); empty in any other file. `head` is the beginning of the file.
std::string release_in(const std::string& head);

}  // namespace lab
