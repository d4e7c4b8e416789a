// Mistake: what the first run made in the directory of --upper stays, although nothing was changed.
// fails: an --upper to which nothing was written stays empty

#include <fcntl.h>
#include <sys/file.h>

#include "error.h"
#include "kept_changes.h"
#include "step.h"
#include "sys.h"

namespace lab {

KeptChanges::KeptChanges(const std::filesystem::path& directory) {
  if (directory.empty()) return;
  step("lock-upper", "one container at a time", [&] {
    locked_ = sys::open(directory, O_RDONLY | O_DIRECTORY);
    if (::flock(locked_.get(), LOCK_EX | LOCK_NB) == -1)
      throw Error(quoted(directory) + " is in use", "wait for the end of the other");
  });
}

KeptChanges::~KeptChanges() = default;

}  // namespace lab
