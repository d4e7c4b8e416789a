#include "stand_in.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <set>
#include <string>

#include "mountinfo.h"
#include "sys.h"

namespace lab {
namespace {

struct DirectoryId {
  dev_t device;
  ino_t inode;
};

DirectoryId root_directory() {
  struct stat status {};
  ::stat("/", &status);
  return {status.st_dev, status.st_ino};
}

}  // namespace

void make_read_only(const std::filesystem::path& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, std::filesystem::canonical(path));
  if (mount == nullptr) return;
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
  if (mount->has_option("nosuid")) flags |= MS_NOSUID;
  if (mount->has_option("nodev")) flags |= MS_NODEV;
  if (mount->has_option("noexec")) flags |= MS_NOEXEC;
  sys::mount(nullptr, mount->target, nullptr, flags);
}

void enter_stand_in_host(const std::filesystem::path& image) {
  if (std::getenv("LAB_STAND_IN") != nullptr) return;
  sys::unshare(CLONE_NEWNS);
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  make_read_only("/");
  make_read_only(image);
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED);
}

int tell_what_is_left(const std::function<int()>& body) {
  std::set<int> before;
  for (const Mount& mount : mounts_of("self")) before.insert(mount.id);
  const DirectoryId root = root_directory();

  const int status = body();

  const DirectoryId root_now = root_directory();
  if (root_now.device != root.device || root_now.inode != root.inode) {
    say("left on the host: the root of its processes is now the image\n");
    return status;
  }
  for (const Mount& mount : mounts_of("self")) {
    if (before.count(mount.id) != 0) continue;
    say(fmt::format("left on the host: {} mounted on {}\n", mount.type, mount.target));
  }
  return status;
}

}  // namespace lab
