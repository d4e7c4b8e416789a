// Mistake: the kernel is left to refuse a second mount with the same upper directory. It allows it.
// fails: a second container on one --upper is refused and the first is unharmed

#include <fcntl.h>

#include "kept_changes.h"
#include "step.h"
#include "sys.h"

namespace lab {

KeptChanges::KeptChanges(const std::filesystem::path& directory) {
  if (directory.empty()) return;
  step("open-upper", "what the overlay writes to",
       [&] { locked_ = sys::open(directory, O_RDONLY | O_DIRECTORY); });
  first_run_ = !std::filesystem::exists(directory / "upper");
}

KeptChanges::~KeptChanges() {
  if (!first_run_ || ::unlinkat(locked_.get(), "upper", AT_REMOVEDIR) == -1) return;
  for (const char* made : {"work/work", "work"}) ::unlinkat(locked_.get(), made, AT_REMOVEDIR);
}

}  // namespace lab
