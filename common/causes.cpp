#include "causes.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "causes_look_up.h"
#include "interpreter.h"
#include "mountinfo.h"
#include "namespaces.h"

namespace lab::causes {
namespace {

constexpr auto kPropagations = {"MS_PRIVATE", "MS_SLAVE", "MS_SHARED", "MS_UNBINDABLE"};

// The mount that the mount at `path` is mounted on.
bool parent_is_shared(const std::string& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(path));
  return mount != nullptr && std::any_of(mounts.begin(), mounts.end(), [&](const Mount& other) {
           return other.id == mount->parent && other.shared();
         });
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
  const std::string new_root = string_arg(call, 0);
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
