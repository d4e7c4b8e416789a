#include "shifted_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "error.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// An id that no one in the container has: as on an idmapped mount, there the owner is nobody.
std::uint32_t no_ones(const IdMap& map) {
  std::uint32_t id = 65534;
  const auto is_someones = [&](const IdRange& range) {
    return id >= range.outside && id - range.outside < range.count;
  };
  while (id > 1 && std::any_of(map.begin(), map.end(), is_someones)) --id;
  return id;
}

void require(bool done, const char* call, const fs::path& path) {
  if (!done) throw SyscallError({call, {CString(path)}}, errno);
}

// What says who may do what. After the content: a change of owner takes set-user-ID bits away.
void copy_attributes(const struct stat& status, const fs::path& to, const IdMaps& maps) {
  const uid_t uid = outside_of(maps.uids, status.st_uid).value_or(no_ones(maps.uids));
  const gid_t gid = outside_of(maps.gids, status.st_gid).value_or(no_ones(maps.gids));
  require(::lchown(to.c_str(), uid, gid) == 0, "lchown", to);
  if (!S_ISLNK(status.st_mode))
    require(::chmod(to.c_str(), status.st_mode & 07777) == 0, "chmod", to);
  const timespec times[] = {status.st_atim, status.st_mtim};
  require(::utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0, "utimensat", to);
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  require(::lstat(path.c_str(), &status) == 0, "lstat", path);
  return status;
}

void copy_one(const fs::path& from, const fs::path& to, const IdMaps& maps) {
  const struct stat status = status_of(from);
  if (S_ISSOCK(status.st_mode)) return;
  if (S_ISDIR(status.st_mode)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
      const fs::path name = entry.path().filename();
      if (entry.is_directory() && !entry.is_symlink()) fs::create_directory(to / name);
      copy_one(entry.path(), to / name, maps);
    }
  } else if (S_ISREG(status.st_mode)) {
    fs::copy_file(from, to);
  } else if (S_ISLNK(status.st_mode)) {
    fs::copy_symlink(from, to);
  } else {
    require(::mknod(to.c_str(), status.st_mode, status.st_rdev) == 0, "mknod", to);
  }
  copy_attributes(status, to, maps);
}

}  // namespace

void shifted_copy(const fs::path& from, const fs::path& to, const IdMaps& maps) {
  copy_one(from, to, maps);
}

}  // namespace lab
