#include "causes_look_up.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "procfs.h"
#include "unique_fd.h"

namespace lab::causes {

std::string yes_if(bool condition) {
  return condition ? "yes" : "";
}

// --- Arguments of the call. ---

std::string string_arg(const Call& call, size_t n) {
  return n < call.args.size() ? call.args[n].string() : "";
}

bool is_null(const Call& call, size_t n) {
  return n < call.args.size() && call.args[n].text() == "NULL";
}

bool has_flag(const Call& call, size_t n, const std::string& flag) {
  return n < call.args.size() &&
         ("|" + call.args[n].text() + "|").find("|" + flag + "|") != std::string::npos;
}

bool has_any_flag(const Call& call, size_t n, std::initializer_list<const char*> flags) {
  return std::any_of(flags.begin(), flags.end(),
                     [&](const char* flag) { return has_flag(call, n, flag); });
}

// --- Files. ---

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::string quoted_if_missing(const std::string& path) {
  return exists(path) ? "" : quoted(path);
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string absolute(const std::string& path) {
  std::error_code unresolved;
  const std::filesystem::path resolved = std::filesystem::canonical(path, unresolved);
  return unresolved ? path : resolved.string();
}

// --- Mounts. ---

Mount mount_at(const std::vector<Mount>& mounts, const std::string& path) {
  const Mount* mount = mount_of_path(mounts, absolute(path));
  return mount != nullptr && mount->target == absolute(path) ? *mount : Mount{};
}

bool is_mount_point(const std::string& path) {
  return mount_at(mounts_of("self"), path).id != 0;
}

bool is_no_mount_point(const std::string& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  return !mounts.empty() && mount_at(mounts, path).id == 0;
}

std::string mount_id_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  return status_field(read_file("/proc/self/fdinfo/" + std::to_string(file.get())), "mnt_id");
}

}  // namespace lab::causes
