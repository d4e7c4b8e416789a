#include "upper_file_system.h"

#include <sys/vfs.h>

#include <array>

namespace lab {
namespace {

struct FileSystem {
  unsigned long magic;  // statfs(2)
  const char* name;
};

// overlayfs refuses where names can change behind its back (network, FUSE, vfat), and it needs
// trusted.* attributes, which these do not have or keep for themselves.
constexpr std::array kUnfit{
    FileSystem{0x794c7630, "an overlay"}, FileSystem{0x4d44, "vfat"},
    FileSystem{0x2011bab0, "exfat"},      FileSystem{0x6969, "nfs"},
    FileSystem{0xff534d42, "cifs"},       FileSystem{0xfe534d42, "smb"},
    FileSystem{0x01021997, "9p"},         FileSystem{0x65735546, "FUSE"},
    FileSystem{0x9fa0, "proc"},           FileSystem{0x62656572, "sysfs"},
    FileSystem{0x27e0eb, "cgroup"},       FileSystem{0x63677270, "cgroup2"},
};

}  // namespace

std::string unfit_as_upper(const std::filesystem::path& directory) {
  struct statfs status {};
  if (::statfs(directory.c_str(), &status) == -1) return "";
  const auto magic = static_cast<unsigned long>(status.f_type) & 0xffffffff;
  for (const FileSystem& unfit : kUnfit) {
    if (unfit.magic == magic) return unfit.name;
  }
  return "";
}

}  // namespace lab
