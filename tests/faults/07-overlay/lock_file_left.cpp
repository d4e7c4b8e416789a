// Mistake: the directory is taken while there is a link in it to the lab's pid. Where a lab was
// killed, the link is found by the next run, which ends there.
// fails: the --upper of a lab that was killed is free again

#include "error.h"
#include "kept_changes.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

fs::path upper;

void refuse(const fs::path& lock) {
  if (fs::exists("/proc" / fs::read_symlink(lock)))
    throw Error(quoted(lock.parent_path()) + " is in use", "wait for the end of the other");
  fs::remove(lock);
  throw Error(quoted(lock) + " was there, of a lab that was killed", "try again");
}

}  // namespace

KeptChanges::KeptChanges(const fs::path& directory) {
  if (directory.empty()) return;
  step("make-lock", "the link says who has taken the directory", [&] {
    const fs::path lock = directory / "lock";
    if (fs::is_symlink(lock)) refuse(lock);
    sys::symlink(std::to_string(::getpid()), lock);
    upper = directory;
    first_run_ = !fs::exists(directory / "upper");
  });
}

KeptChanges::~KeptChanges() {
  if (upper.empty()) return;
  sys::unlink(upper / "lock");
  if (!first_run_ || ::rmdir((upper / "upper").c_str()) == -1) return;
  for (const char* made : {"work/work", "work"}) ::rmdir((upper / made).c_str());
}

}  // namespace lab
