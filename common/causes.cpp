#include "causes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "interpreter.h"
#include "mountinfo.h"
#include "namespaces.h"
#include "procfs.h"
#include "unique_fd.h"
#include "upper_file_system.h"

namespace lab::causes {
namespace {

constexpr auto kPropagations = {"MS_PRIVATE", "MS_SLAVE", "MS_SHARED", "MS_UNBINDABLE"};

std::string yes_if(bool condition) {
  return condition ? "yes" : "";
}

// --- Arguments of the call. ---

const std::string& string_arg(const Call& call, size_t n) {
  static const std::string none;
  return n < call.args.size() ? call.args[n].string() : none;
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

// --- Mounts. Without /proc the table is empty, and nothing is known. ---

// The mount that was made at `path` last; id 0 where there is none.
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

// The mount that `path` leads to, which need not be the last one made there.
std::string mount_id_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  return status_field(read_file("/proc/self/fdinfo/" + std::to_string(file.get())), "mnt_id");
}

// The mount that the mount at `path` is mounted on.
bool parent_is_shared(const std::string& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(path));
  return mount != nullptr && std::any_of(mounts.begin(), mounts.end(), [&](const Mount& other) {
           return other.id == mount->parent && other.shared();
         });
}

// --- mount(source, target, "overlay", flags, data) ---

// Splits where `separator` has no backslash before it. The backslashes stay.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) parts.back() += text[++i];
  }
  return parts;
}

std::string without_backslashes(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

bool is_overlay(const Call& call) {
  return string_arg(call, 2) == "overlay";
}

// The value of an option, backslashes and all; "" where it is missing, or the mount is no overlay.
std::string overlay_option(const Call& call, const std::string& key) {
  if (!is_overlay(call)) return "";
  for (const std::string& option : split(string_arg(call, 4), ',')) {
    if (option.rfind(key + "=", 0) == 0) return option.substr(key.size() + 1);
  }
  return "";
}

std::string upperdir(const Call& call) {
  return without_backslashes(overlay_option(call, "upperdir"));
}

std::string workdir(const Call& call) {
  return without_backslashes(overlay_option(call, "workdir"));
}

std::vector<std::string> lowerdirs(const Call& call) {
  std::vector<std::string> directories;
  for (const std::string& name : split(overlay_option(call, "lowerdir"), ':')) {
    if (!name.empty()) directories.push_back(without_backslashes(name));
  }
  return directories;
}

std::vector<std::string> overlay_directories(const Call& call) {
  std::vector<std::string> directories = lowerdirs(call);
  for (const std::string& directory : {upperdir(call), workdir(call)}) {
    if (!directory.empty()) directories.push_back(directory);
  }
  return directories;
}

template <class Predicate>
std::string first_quoted(const std::vector<std::string>& paths, Predicate is_cause) {
  const auto found = std::find_if(paths.begin(), paths.end(), is_cause);
  return found == paths.end() ? "" : quoted(*found);
}

bool lies_inside(const std::string& inner, const std::string& outer) {
  return absolute(inner).rfind(absolute(outer) + "/", 0) == 0;
}

}  // namespace

// --- Any call. ---

std::string always(const Call&) {
  return yes_if(true);
}

std::string not_root(const Call&) {
  return yes_if(::geteuid() != 0);
}

// A process whose root is a plain directory has no mount at "/" in its table. A chroot to a mount
// point cannot be told from a root of its own.
std::string in_chroot(const Call&) {
  return yes_if(is_no_mount_point("/"));
}

// --- open(path, flags) ---

std::string opens_directory(const Call& call) {
  return yes_if(has_flag(call, 1, "O_DIRECTORY"));
}

std::string opens_terminal(const Call& call) {
  return yes_if(string_arg(call, 0) == "/dev/tty");
}

// --- execve(program, ...) ---

std::string program_missing(const Call& call) {
  return quoted_if_missing(string_arg(call, 0));
}

std::string program_is_directory(const Call& call) {
  return yes_if(is_directory(string_arg(call, 0)));
}

std::string program_on_noexec(const Call& call) {
  struct statvfs status {};
  return yes_if(::statvfs(string_arg(call, 0).c_str(), &status) == 0 &&
                (status.f_flag & ST_NOEXEC) != 0);
}

std::string script_has_carriage_return(const Call& call) {
  const std::string interpreter = interpreter_of(string_arg(call, 0));
  return yes_if(!interpreter.empty() && interpreter.back() == '\r');
}

std::string interpreter_missing(const Call& call) {
  const std::string interpreter = interpreter_of(string_arg(call, 0));
  return interpreter.empty() ? "" : quoted_if_missing(interpreter);
}

std::string loader_of_interpreter_missing(const Call& call) {
  const std::string loader = interpreter_of(interpreter_of(string_arg(call, 0)));
  return loader.empty() ? "" : quoted_if_missing(loader);
}

// --- unshare(flags), fork() ---

std::string asks_for_user_namespace(const Call& call) {
  return yes_if(has_flag(call, 0, "CLONE_NEWUSER"));
}

std::string user_namespace_in_chroot(const Call& call) {
  return asks_for_user_namespace(call).empty() ? "" : in_chroot(call);
}

std::string pid_namespace_asked_again(const Call& call) {
  const std::string own = namespace_of("self", "pid");
  return yes_if(has_flag(call, 0, "CLONE_NEWPID") &&
                namespace_of("self", "pid_for_children") != own);
}

// Bits without a name among the namespaces are told last, in hexadecimal.
std::string unknown_namespace_flag(const Call& call) {
  const std::string flags = call.args.empty() ? "" : call.args[0].text();
  const size_t at = flags.find("0x");
  return at == std::string::npos ? "" : flags.substr(at);
}

// After the PID 1 of the children's namespace has ended, the link cannot be read any more.
std::string children_have_no_init(const Call&) {
  return yes_if(namespace_of("self", "pid_for_children") != namespace_of("self", "pid"));
}

// --- mount(source, target, type, flags, data), umount2(target, flags) ---

std::string two_propagations(const Call& call) {
  return yes_if(std::count_if(kPropagations.begin(), kPropagations.end(),
                              [&](const char* flag) { return has_flag(call, 3, flag); }) > 1);
}

std::string propagation_with_other_flags(const Call& call) {
  if (!has_any_flag(call, 3, kPropagations)) return "";
  for (const char* other :
       {"MS_RDONLY", "MS_NOSUID", "MS_NODEV", "MS_NOEXEC", "MS_BIND", "MS_REMOUNT"}) {
    if (has_flag(call, 3, other)) return other;
  }
  return "";
}

std::string change_of_no_mount_point(const Call& call) {
  return yes_if((has_any_flag(call, 3, kPropagations) || has_flag(call, 3, "MS_REMOUNT")) &&
                is_no_mount_point(string_arg(call, 1)));
}

// Without a type, only these flags say what mount(2) is to do.
std::string bind_flag_missing(const Call& call) {
  return yes_if(is_null(call, 2) && !has_any_flag(call, 3, kPropagations) &&
                !has_any_flag(call, 3, {"MS_BIND", "MS_REMOUNT", "MS_MOVE"}));
}

// The flags left out here are those that make the kernel ignore the data.
std::string has_data(const Call& call) {
  const bool ignored =
      has_any_flag(call, 3, kPropagations) || has_any_flag(call, 3, {"MS_BIND", "MS_MOVE"});
  return string_arg(call, 4).empty() || ignored ? "" : quoted(string_arg(call, 4));
}

std::string remounts(const Call& call) {
  return yes_if(has_flag(call, 3, "MS_REMOUNT"));
}

std::string bind_source_missing(const Call& call) {
  return has_flag(call, 3, "MS_BIND") ? quoted_if_missing(string_arg(call, 0)) : "";
}

std::string mount_target_missing(const Call& call) {
  return quoted_if_missing(string_arg(call, 1));
}

std::string umount_target_is_mount_point(const Call& call) {
  return yes_if(is_mount_point(string_arg(call, 0)));
}

// --- mount(source, target, "overlay", flags, data) ---

std::string options_cut_off(const Call& call) {
  return yes_if(string_arg(call, 4).size() > 4095);
}

std::string asks_for_overlayfs(const Call& call) {
  return yes_if(string_arg(call, 2) == "overlayfs");
}

std::string overlay_is_unknown(const Call& call) {
  return yes_if(is_overlay(call));
}

std::string overlay_without_lowerdir(const Call& call) {
  return yes_if(is_overlay(call) && lowerdirs(call).empty());
}

std::string overlay_of_one_layer(const Call& call) {
  return yes_if(is_overlay(call) && lowerdirs(call).size() == 1 && upperdir(call).empty());
}

std::string overlay_without_workdir(const Call& call) {
  return yes_if(!upperdir(call).empty() && workdir(call).empty());
}

std::string overlay_workdir_is_upperdir(const Call& call) {
  return yes_if(!upperdir(call).empty() && absolute(upperdir(call)) == absolute(workdir(call)));
}

std::string overlay_workdir_and_upperdir_nested(const Call& call) {
  return yes_if(!upperdir(call).empty() && (lies_inside(workdir(call), upperdir(call)) ||
                                            lies_inside(upperdir(call), workdir(call))));
}

std::string overlay_workdir_on_other_mount(const Call& call) {
  return yes_if(!upperdir(call).empty() &&
                mount_id_of(upperdir(call)) != mount_id_of(workdir(call)));
}

std::string overlay_upperdir_unfit(const Call& call) {
  return upperdir(call).empty() ? "" : unfit_as_upper(upperdir(call));
}

std::string overlay_upperdir_read_only(const Call& call) {
  struct statvfs status {};
  return yes_if(!upperdir(call).empty() && ::statvfs(upperdir(call).c_str(), &status) == 0 &&
                (status.f_flag & ST_RDONLY) != 0);
}

std::string overlay_on_overlay(const Call& call) {
  return first_quoted(lowerdirs(call), [](const std::string& lower) {
    return unfit_as_upper(lower) == "an overlay";
  });
}

std::string overlay_directory_missing(const Call& call) {
  return first_quoted(overlay_directories(call),
                      [](const std::string& directory) { return !exists(directory); });
}

std::string overlay_directory_is_file(const Call& call) {
  return first_quoted(overlay_directories(call), [](const std::string& directory) {
    return exists(directory) && !is_directory(directory);
  });
}

std::string overlay_layers_overlap(const Call& call) {
  const std::vector<std::string> all = overlay_directories(call);
  return first_quoted(all, [&](const std::string& one) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& other) {
      return &one != &other && (absolute(one) == absolute(other) || lies_inside(one, other));
    });
  });
}

std::string overlay_upperdir_in_use(const Call& call) {
  return upperdir(call).empty() ? "" : quoted(upperdir(call));
}

// What is to be made is not there; the directory that it is to be made in tells the mount.
std::string on_overlay_without_upperdir(const Call& call) {
  const std::string& made = string_arg(call, call.name == "symlink" ? 1 : 0);
  const std::string directory = std::filesystem::path(made).parent_path();
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(directory.empty() ? "." : directory));
  return yes_if(mount != nullptr && mount->type == "overlay" &&
                mount->super_options.find("upperdir=") == std::string::npos);
}

// --- pivot_root(new_root, put_old) ---

std::string new_root_missing(const Call& call) {
  return quoted_if_missing(string_arg(call, 0));
}

std::string new_root_is_the_root(const Call& call) {
  return yes_if(absolute(string_arg(call, 0)) == "/");
}

std::string new_root_is_no_mount_point(const Call& call) {
  return yes_if(is_no_mount_point(string_arg(call, 0)));
}

// A working directory stays on the mount that it was entered on; its path leads to the newer one.
std::string new_root_entered_before_mount(const Call& call) {
  const std::string& new_root = string_arg(call, 0);
  const Mount last = mount_at(mounts_of("self"), new_root);
  const std::string id = mount_id_of(new_root);
  return yes_if(std::filesystem::path(new_root).is_relative() && last.id != 0 && !id.empty() &&
                id != std::to_string(last.id));
}

std::string new_roots_parent_is_shared(const Call& call) {
  return yes_if(parent_is_shared(string_arg(call, 0)));
}

std::string root_is_initramfs(const Call&) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* root = mount_of_path(mounts, "/");
  return yes_if(root != nullptr && root->type == "rootfs");
}

std::string put_old_missing(const Call& call) {
  return quoted_if_missing(string_arg(call, 1));
}

std::string put_old_is_no_directory(const Call& call) {
  return is_directory(string_arg(call, 1)) ? "" : quoted(string_arg(call, 1));
}

std::string put_old_is_outside(const Call& call) {
  const std::string new_root = absolute(string_arg(call, 0));
  const std::string put_old = absolute(string_arg(call, 1));
  return yes_if(put_old != new_root && put_old.rfind(new_root + "/", 0) != 0);
}

std::string put_old_is_on_shared(const Call& call) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(string_arg(call, 1)));
  return yes_if(mount != nullptr && mount->shared());
}

}  // namespace lab::causes
