#include "kept_changes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;

KeptChanges::KeptChanges(const fs::path& directory) {
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

KeptChanges::~KeptChanges() {
  if (!first_run_ || !locked_) return;
  // Only where it is empty.
  if (::unlinkat(locked_.get(), "upper", AT_REMOVEDIR) == -1) return;
  for (const char* made : {"work/work", "work"}) ::unlinkat(locked_.get(), made, AT_REMOVEDIR);
}

}  // namespace lab
