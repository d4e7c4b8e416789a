// The option --propagation, which lab 03 and every later one takes.
#pragma once

#include <sys/mount.h>

#include <string>

#include "app.h"

namespace lab {

class PropagationOption {
 public:
  explicit PropagationOption(App& app) {
    app.choice("--propagation", "slave: what the host mounts later appears inside too",
               {"private", "slave"}, name_);
  }
  PropagationOption(const PropagationOption&) = delete;
  PropagationOption& operator=(const PropagationOption&) = delete;

  unsigned long flag() const { return name_ == "slave" ? MS_SLAVE : MS_PRIVATE; }  ///< for mount(2)

 private:
  std::string name_ = "private";
};

}  // namespace lab
