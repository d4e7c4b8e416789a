#include "facts.h"

#include <fmt/format.h>

#include "procfs.h"
#include "report.h"

namespace check {

std::vector<std::string> environment_of(const Run& run) {
  return lab::nul_separated(lab::read_file("/proc/" + run.process() + "/environ"));
}

std::string variable(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& line : environment) {
    if (line.rfind(name + "=", 0) == 0) return line.substr(name.size() + 1);
  }
  return "";
}

std::string innermost(const std::string& pids) {
  return pids.substr(pids.rfind(' ') + 1);
}

void expect_image_is_root(Run& run) {
  run.wait_for_probe();
  expect_equal(token(), lab::read_file("/proc/" + run.process() + "/root/token"),
               {fmt::format("sudo ls /proc/{}/root/", run.process()),
                "which call changes where a path that begins with / begins?"});
}

}  // namespace check
