#include "sys.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/capability.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "flags.h"
#include "step.h"

namespace lab::sys {
namespace {

// Runs one system call, tells it and checks its result.
template <class Run>
auto checked(const Call& call, Run run) -> decltype(run()) {
  if (listing()) return 0;
  const auto result = run();
  const int error = result == -1 ? errno : 0;
  tell_call(call, static_cast<long>(result), error);
  if (error != 0) throw SyscallError(call, error);
  return result;
}

Call prctl_call(int option, unsigned long arg2, unsigned long arg3) {
  const auto shown = [](const std::string& text) { return Arg::literal(text); };
  const Call call{"prctl", {shown(prctl_option(option)), shown(prctl_argument(option, arg2))}};
  if (option != PR_CAP_AMBIENT) return call;
  return {"prctl", {call.args[0], call.args[1], shown(capability_name(arg3))}};
}

std::string string_list(const std::vector<std::string>& strings) {
  std::string text;
  for (const std::string& string : strings) text += (text.empty() ? "" : ", ") + quoted(string);
  return "[" + text + "]";
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

// One write(2): the files under /proc/sys and of cgroups take a value whole or not at all. Its
// result, or -1 where it wrote a part only.
ssize_t written_whole(int fd, const std::string& text) {
  const ssize_t written = ::write(fd, text.data(), text.size());
  if (written >= 0 && static_cast<size_t>(written) < text.size()) {
    errno = ENOSPC;
    return -1;
  }
  return written;
}

// Told with the path, which says more than the descriptor.
void write_all(const UniqueFd& file, CString path, const std::string& text) {
  checked({"write", {path, text.c_str()}}, [&] { return written_whole(file.get(), text); });
}

Call three_ids(const char* call, unsigned real, unsigned effective, unsigned saved) {
  const auto shown = [](unsigned id) { return Arg::literal(std::to_string(id)); };
  return {call, {shown(real), shown(effective), shown(saved)}};
}

// The new mount API came with Linux 5.2, mount_setattr(2) with 5.12: older headers have none of it. The
// numbers are the same on every architecture.
constexpr long kOpenTree = 428, kMoveMount = 429, kMountSetattr = 442;
constexpr int kOpenTreeClone = 0x1, kMoveMountEmptyPath = 0x4;
constexpr std::uint64_t kMountAttrIdmap = 0x100000;
struct MountAttributes {  // struct mount_attr
  std::uint64_t set, clear, propagation, user_namespace;
};

}  // namespace

void unshare(int flags) {
  checked({"unshare", {Arg::literal(namespace_flags(flags))}}, [&] { return ::unshare(flags); });
}

void setns(int fd, int nstype) {
  checked({"setns", {fd, Arg::literal(namespace_flags(nstype))}},
          [&] { return ::setns(fd, nstype); });
}

void sethostname(CString name) {
  const size_t length = name.get() == nullptr ? 0 : std::strlen(name.get());
  checked({"sethostname", {name, Arg::literal(std::to_string(length))}},
          [&] { return ::sethostname(name.get(), length); });
}

void chroot(CString path) {
  checked({"chroot", {path}}, [&] { return ::chroot(path.get()); });
}

void pivot_root(CString new_root, CString put_old) {
  checked({"pivot_root", {new_root, put_old}},  // glibc has no function for it
          [&] { return ::syscall(SYS_pivot_root, new_root.get(), put_old.get()); });
}

void mount(CString source, CString target, CString filesystemtype, unsigned long mountflags,
           CString data) {
  checked({"mount", {source, target, filesystemtype, Arg::literal(mount_flags(mountflags)), data}},
          [&] {
            return ::mount(source.get(), target.get(), filesystemtype.get(), mountflags,
                           data.get());
          });
}

void umount2(CString target, int flags) {
  checked({"umount2", {target, Arg::literal(umount_flags(flags))}},
          [&] { return ::umount2(target.get(), flags); });
}

UniqueFd open_tree(int directory) {
  if (listing()) return {};
  return UniqueFd(static_cast<int>(checked(
      {"open_tree",
       {directory, "", Arg::literal("AT_EMPTY_PATH|OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC")}},
      [&] {
        return ::syscall(kOpenTree, directory, "", AT_EMPTY_PATH | kOpenTreeClone | O_CLOEXEC);
      })));
}

void idmap_mount(int tree, int user_namespace) {
  MountAttributes attributes{};
  attributes.set = kMountAttrIdmap;
  attributes.user_namespace = static_cast<std::uint64_t>(user_namespace);
  checked({"mount_setattr",
           {tree, "", Arg::literal("AT_EMPTY_PATH"),
            Arg::literal(fmt::format("{{MOUNT_ATTR_IDMAP, userns_fd={}}}", user_namespace))}},
          [&] {
            return ::syscall(kMountSetattr, tree, "", AT_EMPTY_PATH, &attributes,
                             sizeof attributes);
          });
}

void move_mount(int tree, CString target) {
  checked(
      {"move_mount",
       {tree, "", Arg::literal("AT_FDCWD"), target, Arg::literal("MOVE_MOUNT_F_EMPTY_PATH")}},
      [&] { return ::syscall(kMoveMount, tree, "", AT_FDCWD, target.get(), kMoveMountEmptyPath); });
}

void chdir(CString path) {
  checked({"chdir", {path}}, [&] { return ::chdir(path.get()); });
}

void fchdir(int fd) {
  checked({"fchdir", {fd}}, [&] { return ::fchdir(fd); });
}

UniqueFd open(CString path, int flags) {
  if (listing()) return {};
  flags |= O_CLOEXEC;
  return UniqueFd(checked({"open", {path, Arg::literal(open_flags(flags))}},
                          [&] { return ::open(path.get(), flags); }));
}

void close(int fd) {
  checked({"close", {fd}}, [&] { return ::close(fd); });
}

void write(int fd, const std::string& text) {
  checked({"write", {fd, text.c_str()}}, [&] { return written_whole(fd, text); });
}

void write_file(CString path, const std::string& text) {
  if (listing()) return;
  const UniqueFd file = open(path, O_WRONLY);
  write_all(file, path, text);
}

void make_file(CString path, const std::string& text, mode_t mode) {
  if (listing()) return;
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const UniqueFd file(
      checked({"open", {path, Arg::literal(open_flags(flags)), Arg::literal(file_mode(mode))}},
              [&] { return ::open(path.get(), flags, mode); }));
  write_all(file, path, text);
}

void unlink(CString path) {
  checked({"unlink", {path}}, [&] { return ::unlink(path.get()); });
}

void mkdir(CString path, mode_t mode) {
  checked({"mkdir", {path, Arg::literal(file_mode(mode))}},
          [&] { return ::mkdir(path.get(), mode); });
}

void chmod(CString path, mode_t mode) {
  checked({"chmod", {path, Arg::literal(file_mode(mode))}},
          [&] { return ::chmod(path.get(), mode); });
}

void chown(CString path, uid_t owner, gid_t group) {
  checked(
      {"chown", {path, Arg::literal(std::to_string(owner)), Arg::literal(std::to_string(group))}},
      [&] { return ::chown(path.get(), owner, group); });
}

bool flock(int fd, int operation) {
  if (listing()) return true;
  const Call call{"flock", {fd, Arg::literal(lock_operation(operation))}};
  int error = EINTR;
  while (error == EINTR) error = ::flock(fd, operation) == -1 ? errno : 0;
  tell_call(call, error == 0 ? 0 : -1, error);
  if (error != 0 && error != EWOULDBLOCK) throw SyscallError(call, error);
  return error == 0;
}

void rmdir(CString path) {
  checked({"rmdir", {path}}, [&] { return ::rmdir(path.get()); });
}

void mknod(CString path, mode_t mode, dev_t dev) {
  checked({"mknod", {path, Arg::literal(file_mode(mode)), Arg::literal(device_number(dev))}},
          [&] { return ::mknod(path.get(), mode, dev); });
}

void symlink(CString target, CString linkpath) {
  checked({"symlink", {target, linkpath}}, [&] { return ::symlink(target.get(), linkpath.get()); });
}

mode_t umask(mode_t mask) {
  return ::umask(mask);
}  // cannot fail, and changes no file

pid_t fork() {
  // The child has nothing to tell here: the parent's line says which pid it got.
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid != 0) tell_call({"fork", {}}, pid, pid == -1 ? error : 0);
  if (pid == -1) throw SyscallError({"fork", {}}, error);
  return pid;
}

void prctl(int option, unsigned long arg2, unsigned long arg3) {
  checked(prctl_call(option, arg2, arg3), [&] { return ::prctl(option, arg2, arg3, 0, 0); });
}

void kill(pid_t pid, int signal) {
  checked({"kill", {pid, Arg::literal(signal_name(signal))}}, [&] { return ::kill(pid, signal); });
}

void block_signals(const sigset_t& set) {
  checked({"sigprocmask",
           {Arg::literal("SIG_BLOCK"), Arg::literal(signal_set(set)), Arg::literal("NULL")}},
          [&] { return ::sigprocmask(SIG_BLOCK, &set, nullptr); });
}

siginfo_t sigwaitinfo(const sigset_t& set) {
  if (listing()) ::_exit(EXIT_SUCCESS);  // no signal will come: this is the end of the list
  siginfo_t info{};
  while (::sigwaitinfo(&set, &info) == -1) {
    if (errno != EINTR) throw SyscallError({"sigwaitinfo", {Arg::literal(signal_set(set))}}, errno);
  }
  return info;
}

Waited waitpid(pid_t pid, int options) {
  Waited waited;
  if (listing()) return waited;
  while ((waited.pid = ::waitpid(pid, &waited.status, options)) == -1) {
    if (errno != EINTR) throw SyscallError({"waitpid", {pid}}, errno);
  }
  return waited;
}

void setgroups(const std::vector<gid_t>& groups) {
  std::string shown;
  for (const gid_t group : groups) shown += (shown.empty() ? "" : ", ") + std::to_string(group);
  checked(
      {"setgroups", {Arg::literal(std::to_string(groups.size())), Arg::literal("[" + shown + "]")}},
      [&] { return ::setgroups(groups.size(), groups.data()); });
}

void setresgid(gid_t real, gid_t effective, gid_t saved) {
  checked(three_ids("setresgid", real, effective, saved),
          [&] { return ::setresgid(real, effective, saved); });
}

void setresuid(uid_t real, uid_t effective, uid_t saved) {
  checked(three_ids("setresuid", real, effective, saved),
          [&] { return ::setresuid(real, effective, saved); });
}

void cap_set_proc(const std::string& sets) {
  const Call call{"cap_set_proc", {sets.c_str()}};
  using Sets = std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)>;
  const Sets parsed(::cap_from_text(sets.c_str()), ::cap_free);
  if (!parsed) throw SyscallError({"cap_from_text", {sets.c_str()}}, errno);
  checked(call, [&] { return ::cap_set_proc(parsed.get()); });
}

UniqueFd seccomp(unsigned flags, const std::vector<sock_filter>& program) {
  if (listing()) return {};
  const sock_fprog whole{static_cast<unsigned short>(program.size()),
                         const_cast<sock_filter*>(program.data())};
  const long result =
      checked({"seccomp",
               {Arg::literal("SECCOMP_SET_MODE_FILTER"), Arg::literal(seccomp_flags(flags)),
                Arg::literal(fmt::format("{{{} instructions}}", program.size()))}},
              [&] { return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole); });
  return UniqueFd(result == 0 ? -1 : static_cast<int>(result));
}

long bpf(int command, bpf_attr& attributes, const std::string& shown) {
  return checked({"bpf", {Arg::literal(bpf_command(command)), Arg::literal(shown)}},
                 [&] { return ::syscall(SYS_bpf, command, &attributes, sizeof attributes); });
}

void execve(CString pathname, const std::vector<std::string>& argv,
            const std::vector<std::string>& envp) {
  const Call call{"execve",
                  {pathname, Arg::literal(string_list(argv)),
                   Arg::literal(fmt::format("/* {} variables */", envp.size()))}};
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> envp_pointers = pointers(envp);
  tell_final_call(call);
  ::execve(pathname.get(), argv_pointers.data(), envp_pointers.data());
  const int error = errno;
  tell_call(call, -1, error);
  throw SyscallError(call, error, error == ENOENT ? kNotFound : kNotExecutable);
}

}  // namespace lab::sys
