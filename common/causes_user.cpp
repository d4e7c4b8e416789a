#include "causes_user.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "causes_look_up.h"
#include "namespaces.h"
#include "procfs.h"
#include "unique_fd.h"

namespace lab::causes {
namespace fs = std::filesystem;
namespace {

bool is_map(const fs::path& path) {
  return path.filename() == "uid_map" || path.filename() == "gid_map";
}

fs::path path_written(const Call& call) {
  return call.args.empty() ? fs::path() : fs::path(call.args[0].string());
}

bool has_place(const char* map, std::uint64_t id) {
  std::istringstream lines(read_file(map));
  std::uint64_t inside = 0, outside = 0, count = 0;
  while (lines >> inside >> outside >> count) {
    if (id >= inside && id - inside < count) return true;
  }
  return false;
}

std::string number_at(const Call& call, size_t index) {
  return index < call.args.size() ? call.args[index].text() : "";
}

// Is that namespace of this process owned by the user namespace that it is in?
bool is_owned(const std::string& kind) {
  const UniqueFd name_space(::open(("/proc/self/ns/" + kind).c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd owner(::ioctl(name_space.get(), NS_GET_USERNS));
  std::error_code gone;
  return owner &&
         fs::equivalent("/proc/self/fd/" + std::to_string(owner.get()), "/proc/self/ns/user", gone);
}

}  // namespace

std::string map_is_written(const Call& call) {
  const fs::path path = path_written(call);
  if (!is_map(path) || !map_of_initial_namespace(call).empty()) return "";
  return read_file(path).empty() ? "" : path.string();
}

std::string map_of_initial_namespace(const Call& call) {
  const fs::path path = path_written(call);
  if (!is_map(path)) return "";
  std::string process = path.parent_path().filename();
  const bool same = namespace_of(process, "user") == namespace_of("self", "user");
  return same && in_initial_user_namespace() ? process : "";
}

std::string setgroups_must_be_denied(const Call& call) {
  const fs::path path = path_written(call);
  if (path.filename() != "gid_map" || (::geteuid() == 0 && in_initial_user_namespace())) return "";
  const fs::path setgroups = path.parent_path() / "setgroups";
  return read_file(setgroups) == "allow\n" ? setgroups.string() : "";
}

std::string maps_id_of_others(const Call& call) {
  return is_map(path_written(call)) && ::geteuid() != 0 ? "others" : "";
}

std::string map_is_malformed(const Call& call) {
  return is_map(path_written(call)) ? path_written(call).string() : "";
}

std::string groups_before_their_map(const Call&) {
  return read_file("/proc/self/gid_map").empty() ? "before" : "";
}

std::string groups_are_denied(const Call&) {
  return read_file("/proc/self/setgroups") == "deny\n" ? "denied" : "";
}

std::string id_has_no_place(const Call& call) {
  const bool of_groups = call.name == "setresgid";
  const size_t first = call.name.find("chown") == std::string::npos ? 0 : 1;
  for (size_t i = first; i < call.args.size(); ++i) {
    const std::string id = number_at(call, i);
    const bool is_gid = of_groups || (first == 1 && i == 2);
    const char* const map = is_gid ? "/proc/self/gid_map" : "/proc/self/uid_map";
    if (!has_place(map, std::strtoull(id.c_str(), nullptr, 10))) return id;
  }
  return "";
}

std::string own_id_has_no_place(const Call&) {
  constexpr uid_t kNoPlace = 65534;  // is shown
  if (in_initial_user_namespace()) return "";
  return ::geteuid() == kNoPlace ? "uid" : ::getegid() == kNoPlace ? "gid" : "";
}

std::string namespace_of_others(const Call& call) {
  if (in_initial_user_namespace() || call.args.size() < 3) return "";
  const std::string type = call.args[2].string();
  const std::string kind = type == "proc"     ? "pid"
                           : type == "sysfs"  ? "net"
                           : type == "mqueue" ? "ipc"
                                              : "mnt";
  return is_owned(kind) ? "" : kind;
}

std::string restricted_by_apparmor(const Call&) {
  const std::string setting = read_file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  return setting == "1\n" && !in_initial_user_namespace() ? "restricted" : "";
}

}  // namespace lab::causes
