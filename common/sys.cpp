#include "sys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

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

std::string prctl_option(int option) {
  return option == PR_SET_PDEATHSIG ? "PR_SET_PDEATHSIG" : std::to_string(option);
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

}  // namespace

void unshare(int flags) {
  checked({"unshare", {Arg::literal(namespace_flags(flags))}}, [&] { return ::unshare(flags); });
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

void chdir(CString path) {
  checked({"chdir", {path}}, [&] { return ::chdir(path.get()); });
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

void prctl(int option, unsigned long arg2) {
  const Arg shown = option == PR_SET_PDEATHSIG ? Arg::literal(signal_name(static_cast<int>(arg2)))
                                               : Arg::literal(std::to_string(arg2));
  checked({"prctl", {Arg::literal(prctl_option(option)), shown}},
          [&] { return ::prctl(option, arg2, 0, 0, 0); });
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
