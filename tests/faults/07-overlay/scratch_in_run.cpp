// Mistake: the changes go to a directory in the host's /run, and the lab removes it at its end. It
// does not when it is killed.
// fails: a lab that was killed leaves none of its changes on the host

#include <sys/file.h>

#include "kept_changes.h"
#include "wrong_layers.h"

namespace lab {
namespace {
std::string scratch;
}

KeptChanges::KeptChanges(const std::filesystem::path& directory) {
  if (directory.empty()) {
    scratch = "/run/changes-" + std::to_string(::getpid());
    sys::mkdir(scratch, 0700);
    return;
  }
  locked_ = sys::open(directory, O_RDONLY | O_DIRECTORY);
  if (::flock(locked_.get(), LOCK_EX | LOCK_NB) == -1)
    throw Error(quoted(directory) + " is in use", "wait for the end of the other");
  first_run_ = !std::filesystem::exists(directory / "upper");
}

KeptChanges::~KeptChanges() {
  if (!scratch.empty()) std::filesystem::remove_all(scratch);
  if (!first_run_ || ::unlinkat(locked_.get(), "upper", AT_REMOVEDIR) == -1) return;
  for (const char* made : {"work/work", "work"}) ::unlinkat(locked_.get(), made, AT_REMOVEDIR);
}

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  mount_layers_as({}, image, lower, upper.empty() ? std::filesystem::path(scratch) : upper);
}

}  // namespace lab
