// What the wrong implementations of enter_namespaces() have in common.
#pragma once

#include <initializer_list>

#include "setns.h"
#include "step.h"
#include "sys.h"

namespace lab {

inline void enter(const Entrances& entrances, std::initializer_list<int> flags) {
  for (const int flag : flags) {
    if (const UniqueFd* entrance = entrances.find(flag)) sys::setns(entrance->get(), flag);
  }
}

inline void enter_root(const Entrances& entrances) {
  sys::fchdir(entrances.root.get());
  sys::chroot(".");
}

}  // namespace lab
