// Who a process is: the host's name, user and group; and on which kernel; with which variables.

#include <fmt/core.h>
#include <sys/utsname.h>

#include <algorithm>
#include <sstream>

#include "procfs.h"
#include "sections.h"

namespace lab {
namespace {

using NameOfUname = char (utsname::*)[sizeof utsname::nodename];

Cell from_uname(const Subject& subject, NameOfUname name) {
  const std::optional<std::string> found = subject.within(namespace_kind("uts"), [name] {
    utsname names{};
    ::uname(&names);
    return std::string(names.*name);
  });
  return found ? cell(*found) : unreadable();
}

// The effective one of "Uid: real effective saved file system".
Cell effective_id(const Subject& subject, const char* key) {
  const std::optional<std::string> ids = subject.status(key);
  if (!ids) return unreadable();
  std::uint64_t id = 0;
  std::istringstream(*ids) >> id >> id;
  return cell(id);
}

// uid_map and gid_map, user_namespaces(7): the first id inside, the first outside, how many.
Cell id_map(const Subject& subject, const char* file) {
  const std::optional<std::string> map = subject.read(file);
  if (!map) return unreadable();
  constexpr std::uint64_t kAll = 4294967295;
  List ranges;
  std::string text;
  std::istringstream lines(*map);
  for (std::uint64_t inside = 0, outside = 0, count = 0; lines >> inside >> outside >> count;) {
    ranges.push_back({List{{inside}, {outside}, {count}}});
    if (!text.empty()) text += ", ";
    text += count == kAll ? "each id is itself"
                          : fmt::format("{} is {} ({} of them)", inside, outside, count);
  }
  return {{ranges}, text.empty() ? "none" : text};
}

// There is nothing to join for it: no namespace has a boot id of its own.
Cell boot_id(const Subject& subject) {
  const std::optional<std::string> id = subject.within(
      namespace_kind("uts"), [] { return read_file("/proc/sys/kernel/random/boot_id"); });
  return id ? cell(id->substr(0, id->find('\n'))) : unreadable();
}

std::vector<std::string> names_of(const std::vector<std::string>& variables) {
  std::vector<std::string> names;
  names.reserve(variables.size());
  for (const std::string& variable : variables)
    names.push_back(variable.substr(0, variable.find('=')));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Section compare_identities(const Subject& host, const Subject& container) {
  const auto of_both = [&](const char* what, auto look, auto file) {
    return row(what, look(host, file), look(container, file));
  };
  Row hostname = of_both("hostname", from_uname, &utsname::nodename);
  if (host.name_space("uts") != container.name_space("uts")) hostname.same = false;  // as a copy is
  return {{hostname, of_both("user id", effective_id, "Uid"),
           of_both("group id", effective_id, "Gid"), of_both("user ids inside", id_map, "uid_map"),
           of_both("group ids inside", id_map, "gid_map")},
          {}};
}

Section compare_kernels(const Subject& host, const Subject& container) {
  return {{row("release", from_uname(host, &utsname::release),
               from_uname(container, &utsname::release)),
           row("boot id", boot_id(host), boot_id(container))},
          {}};
}

Section compare_environments(const Subject& host, const Subject& container) {
  const std::optional<std::string> of_host = host.read("environ"),
                                   of_container = container.read("environ");
  if (!of_host || !of_container) return {{row("variables", unreadable(), unreadable())}, {}};
  std::vector<std::string> hosts = nul_separated(*of_host), its = nul_separated(*of_container);
  std::sort(hosts.begin(), hosts.end());
  std::sort(its.begin(), its.end());
  std::vector<std::string> both;
  std::set_intersection(hosts.begin(), hosts.end(), its.begin(), its.end(),
                        std::back_inserter(both));
  // The values may be secrets: the names will do.
  return {{row("variables", cell(hosts.size()), cell(its.size())),
           row("as on the host", cell(hosts.size()), cell(both.size())),
           {"names", cell(names_of(hosts)), cell(names_of(its)), hosts == its}},
          {}};
}

}  // namespace lab
