#include "kept_changes.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;

KeptChanges::KeptChanges(const fs::path& directory) : directory_(directory) {
  if (directory.empty()) return;
  step("lock-upper", "one container at a time: two that write to one upper directory spoil it",
       [&] {
         locked_ = sys::open(directory, O_RDONLY | O_DIRECTORY);
         if (!sys::flock(locked_.get(), LOCK_EX | LOCK_NB)) {
           throw Error(fmt::format("--upper {} is in use by another container", quoted(directory)),
                       "two that write to one upper directory spoil it: wait for the end of the "
                       "other, or take another directory");
         }
         first_run_ = !fs::exists(directory / "upper");
       });
}

void KeptChanges::give_to(const fs::path& place, uid_t uid, gid_t gid) {
  step("give-upper",
       "the changes are the container's: its root's uid out here owns their directory", [&] {
         struct stat work {
         }, directory{};
         if (::lstat((place / "work").c_str(), &work) == 0 && work.st_uid != uid) {
           throw Error(fmt::format("--upper {} has the changes of a container with other ids: its "
                                   "root is {} out here, and not {}",
                                   quoted(directory_), work.st_uid, uid),
                       "take another directory, or that container's --map");
         }
         if (::stat(place.c_str(), &directory) == 0)
           owner_before_.emplace(directory.st_uid, directory.st_gid);
         sys::chown(place, uid, gid);
       });
}

KeptChanges::~KeptChanges() {
  if (!first_run_ || !locked_) return;
  // Only where it is empty, or was never made.
  if (::unlinkat(locked_.get(), "upper", AT_REMOVEDIR) == -1 && errno != ENOENT) return;
  for (const char* made : {"work/work", "work"}) ::unlinkat(locked_.get(), made, AT_REMOVEDIR);
  if (owner_before_)
    std::ignore = ::fchown(locked_.get(), owner_before_->first, owner_before_->second);
}

}  // namespace lab
