// Mistake: the variables are shown with their values, and a password among them.
// fails: the environment is told by names and not by values

#include "procfs.h"
#include "sections.h"

namespace lab {

Section compare_environments(const Subject& host, const Subject& container) {
  const auto hosts = nul_separated(host.read("environ").value_or("")),
             its = nul_separated(container.read("environ").value_or(""));
  return {{row("variables", cell(hosts.size()), cell(its.size())),
           row("names", cell(hosts), cell(its))},
          {}};
}

}  // namespace lab
