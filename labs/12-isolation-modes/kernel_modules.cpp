#include "kernel_modules.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "error.h"
#include "procfs.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// `virtio_net` of kernel/drivers/net/virtio-net.ko.xz: in names, a hyphen is an underscore.
std::string name_of(const fs::path& file) {
  std::string name = file.filename();
  name.erase(name.find(".ko"));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// `file: needed needed …`: what must be loaded last comes first.
struct Module {
  std::string file;
  std::vector<std::string> needed;
};

bool is_module(const std::string& word) {
  return word.find(".ko") != std::string::npos;
}

std::vector<Module> parse(const std::string& modules_dep) {
  std::vector<Module> modules;
  std::istringstream lines(modules_dep);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !is_module(line.substr(0, colon))) continue;
    std::istringstream words(line.substr(colon + 1));
    modules.push_back({line.substr(0, colon), {std::istream_iterator<std::string>(words), {}}});
  }
  return modules;
}

bool is_built_in(const std::string& modules_builtin, const std::string& wanted) {
  std::istringstream files(modules_builtin);
  for (std::string file; files >> file;) {
    if (is_module(file) && name_of(file) == wanted) return true;
  }
  return false;
}

const Module& find(const std::vector<Module>& modules, const std::string& wanted) {
  const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& module) {
    return name_of(module.file) == wanted;
  });
  if (found != modules.end()) return *found;
  throw Error(
      fmt::format("the kernel has no driver {}", wanted),
      "the machine's devices are virtio ones; rootfs-scripts/fetch-kernel.sh fetches a kernel "
      "that has their drivers");
}

void check_file(const fs::path& module) {
  if (!fs::is_regular_file(module))
    throw Error(
        fmt::format("{}: there is no such module", module.string()),
        "modules.dep names it; was it removed? rootfs-scripts/fetch-kernel.sh fetches a whole "
        "set");
  if (module.extension() != ".ko")
    throw Error(
        fmt::format("{}: the module is compressed", module.string()),
        "not every kernel unpacks its modules; rootfs-scripts/fetch-kernel.sh fetches plain ones");
}

}  // namespace

std::vector<std::string> modules_in_load_order(const std::string& modules_dep,
                                               const std::string& modules_builtin,
                                               const std::vector<std::string>& wanted) {
  const std::vector<Module> modules = parse(modules_dep);
  std::vector<std::string> ordered;
  const auto load = [&](const std::string& file) {
    if (std::find(ordered.begin(), ordered.end(), file) == ordered.end()) ordered.push_back(file);
  };
  for (const std::string& name : wanted) {
    if (is_built_in(modules_builtin, name)) continue;
    const Module& module = find(modules, name);
    std::for_each(module.needed.rbegin(), module.needed.rend(), load);
    load(module.file);
  }
  return ordered;
}

std::vector<fs::path> modules_of(const fs::path& folder, const std::vector<std::string>& wanted) {
  std::vector<fs::path> paths;
  for (const std::string& file : modules_in_load_order(
           read_file(folder / "modules.dep"), read_file(folder / "modules.builtin"), wanted)) {
    paths.push_back(folder / file);
    check_file(paths.back());
  }
  return paths;
}

}  // namespace lab
