#include "causes_namespaces.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <climits>
#include <cstdlib>
#include <filesystem>

#include "causes_look_up.h"
#include "namespaces.h"
#include "unique_fd.h"

namespace lab::causes {
namespace fs = std::filesystem;
namespace {

int descriptor_of(const Call& call) {
  return std::atoi(call.args.at(0).text().c_str());
}

// `pid:[4026531836]` for a namespace; another path for any other file; "" where it is closed.
std::string behind(const Call& call) {
  std::error_code closed;
  return fs::read_symlink("/proc/self/fd/" + call.args.at(0).text(), closed).string();
}

// The kind of namespace that the descriptor is of; "" where it is none.
std::string kind_of(const Call& call) {
  const std::string link = behind(call);
  const size_t colon = link.find(":[");
  return colon == std::string::npos ? "" : link.substr(0, colon);
}

std::string flag_of(const std::string& kind) {
  for (const NamespaceKind& known : kNamespaceKinds) {
    if (kind == known.file) return known.flag_name;
  }
  return "";
}

bool same_file(int one, int other) {
  struct stat a {
  }, b{};
  return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_ino == b.st_ino &&
         a.st_dev == b.st_dev;
}

}  // namespace

std::string descriptor_is_closed(const Call& call) {
  return yes_if(behind(call).empty());
}

std::string enters_no_namespace(const Call& call) {
  return kind_of(call).empty() ? behind(call) : "";
}

std::string enters_other_kind(const Call& call) {
  const std::string flag = flag_of(kind_of(call)), asked = call.args.at(1).text();
  return flag.empty() || asked == "0" || asked == flag ? "" : flag;
}

std::string enters_own_user_namespace(const Call& call) {
  return yes_if(kind_of(call) == "user" && behind(call) == namespace_of("self", "user"));
}

std::string enters_pid_namespace_above(const Call& call) {
  return yes_if(kind_of(call) == "pid");
}

std::string enters_before_its_user_namespace(const Call& call) {
  if (kind_of(call).empty() || kind_of(call) == "user") return "";
  const UniqueFd owner(::ioctl(descriptor_of(call), NS_GET_USERNS));  // Linux 4.9
  const UniqueFd own(::open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
  return yes_if(owner && own && !same_file(owner.get(), own.get()));
}

std::string in_user_namespace(const Call&) {
  return yes_if(!in_initial_user_namespace());
}

std::string hostname_too_long(const Call& call) {
  const std::string name = call.args.at(0).string();
  return name.size() > HOST_NAME_MAX ? std::to_string(name.size()) : "";
}

// /proc/PID/ns/KIND of a process that the /proc of this mount namespace does not show.
std::string opens_host_process_from_inside(const Call& call) {
  const std::string& path = call.args.at(0).string();
  const bool is_namespace = path.rfind("/proc/", 0) == 0 && path.find("/ns/") != std::string::npos;
  return is_namespace ? path.substr(0, path.find('/', 6)) : "";
}

}  // namespace lab::causes
