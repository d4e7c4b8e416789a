// Mistake: the kernel is asked through the container's /proc, and a container need not have one.
// fails: the kernel is the same

#include "procfs.h"
#include "sections.h"

namespace lab {
namespace {

Cell setting(const Subject& subject, const std::string& file) {
  const std::string text = read_file(subject.path("root/proc/sys/kernel/" + file));
  return text.empty() ? unreadable() : cell(text.substr(0, text.find('\n')));
}

}  // namespace

Section compare_kernels(const Subject& host, const Subject& container) {
  return {{row("release", setting(host, "osrelease"), setting(container, "osrelease")),
           row("boot id", setting(host, "random/boot_id"), setting(container, "random/boot_id"))},
          {}};
}

}  // namespace lab
