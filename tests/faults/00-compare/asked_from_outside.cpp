// Mistake: what only a member of the namespace can tell is asked from outside, and the host answers.
// fails: each namespace is told by its number and own only where it is
// fails: an old root above the root directory is told
// fails: the file systems are told with type and sizes
// fails: the file system on the root is own where the host has not mounted it
// fails: the network links are told with their addresses
// fails: the host's name is told as each side has it

#include "subject.h"

namespace lab {

std::optional<std::string> Subject::within(const NamespaceKind&,
                                           const std::function<std::string()>& ask) const {
  return ask();
}

}  // namespace lab
