#include "flags.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/bpf.h>
#include <linux/seccomp.h>
#include <sys/capability.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "namespaces.h"

namespace lab {
namespace {

struct Flag {
  unsigned long bits;
  const char* name;
};

// `nothing` is what no flag at all is called; unknown bits are told in hexadecimal.
std::string decode(unsigned long flags, std::initializer_list<Flag> known, const char* nothing) {
  std::string text;
  for (const Flag& flag : known) {
    if ((flags & flag.bits) != flag.bits) continue;
    text += (text.empty() ? "" : "|") + std::string(flag.name);
    flags &= ~flag.bits;
  }
  if (flags != 0) text += fmt::format("{}{:#x}", text.empty() ? "" : "|", flags);
  return text.empty() ? nothing : text;
}

}  // namespace

std::string mount_flags(unsigned long flags) {
  return decode(flags,
                {{MS_RDONLY, "MS_RDONLY"},
                 {MS_NOSUID, "MS_NOSUID"},
                 {MS_NODEV, "MS_NODEV"},
                 {MS_NOEXEC, "MS_NOEXEC"},
                 {MS_REMOUNT, "MS_REMOUNT"},
                 {MS_BIND, "MS_BIND"},
                 {MS_MOVE, "MS_MOVE"},
                 {MS_REC, "MS_REC"},
                 {MS_UNBINDABLE, "MS_UNBINDABLE"},
                 {MS_PRIVATE, "MS_PRIVATE"},
                 {MS_SLAVE, "MS_SLAVE"},
                 {MS_SHARED, "MS_SHARED"}},
                "0");
}

std::string umount_flags(int flags) {
  return decode(static_cast<unsigned long>(flags),
                {{MNT_FORCE, "MNT_FORCE"},
                 {MNT_DETACH, "MNT_DETACH"},
                 {MNT_EXPIRE, "MNT_EXPIRE"},
                 {UMOUNT_NOFOLLOW, "UMOUNT_NOFOLLOW"}},
                "0");
}

std::string namespace_flags(int flags) {
  std::string text;
  for (const NamespaceKind& kind : kNamespaceKinds) {
    if ((flags & kind.flag) == 0) continue;
    text += (text.empty() ? "" : "|") + std::string(kind.flag_name);
    flags &= ~kind.flag;
  }
  if (flags != 0) text += fmt::format("{}{:#x}", text.empty() ? "" : "|", flags);
  return text.empty() ? "0" : text;
}

std::string open_flags(int flags) {
  // O_RDONLY is 0, and O_PATH ignores the access mode.
  std::string text;
  if ((flags & O_PATH) == 0) {
    const int access = flags & O_ACCMODE;
    text = access == O_RDONLY ? "O_RDONLY" : access == O_WRONLY ? "O_WRONLY" : "O_RDWR";
  }
  const std::string others = decode(static_cast<unsigned long>(flags & ~O_ACCMODE),
                                    {{O_PATH, "O_PATH"},
                                     {O_CREAT, "O_CREAT"},
                                     {O_EXCL, "O_EXCL"},
                                     {O_TRUNC, "O_TRUNC"},
                                     {O_DIRECTORY, "O_DIRECTORY"},
                                     {O_NOFOLLOW, "O_NOFOLLOW"},
                                     {O_NOCTTY, "O_NOCTTY"},
                                     {O_CLOEXEC, "O_CLOEXEC"}},
                                    "");
  return text + (text.empty() || others.empty() ? "" : "|") + others;
}

std::string lock_operation(int operation) {
  return decode(
      static_cast<unsigned long>(operation),
      {{LOCK_SH, "LOCK_SH"}, {LOCK_EX, "LOCK_EX"}, {LOCK_UN, "LOCK_UN"}, {LOCK_NB, "LOCK_NB"}},
      "0");
}

std::string file_mode(mode_t mode) {
  const char* type = S_ISCHR(mode)   ? "S_IFCHR|"
                     : S_ISBLK(mode) ? "S_IFBLK|"
                     : S_ISREG(mode) ? "S_IFREG|"
                                     : "";
  return fmt::format("{}{:04o}", type, mode & 07777);
}

std::string device_number(dev_t dev) {
  return fmt::format("makedev({}, {})", major(dev), minor(dev));
}

std::string signal_name(int signal) {
  for (const auto& [number, name] :
       std::initializer_list<std::pair<int, const char*>>{{SIGHUP, "SIGHUP"},
                                                          {SIGINT, "SIGINT"},
                                                          {SIGQUIT, "SIGQUIT"},
                                                          {SIGKILL, "SIGKILL"},
                                                          {SIGTERM, "SIGTERM"},
                                                          {SIGCHLD, "SIGCHLD"},
                                                          {SIGTTOU, "SIGTTOU"},
                                                          {SIGSEGV, "SIGSEGV"},
                                                          {SIGPIPE, "SIGPIPE"}}) {
    if (number == signal) return name;
  }
  return std::to_string(signal);
}

std::string signal_set(const sigset_t& set) {
  std::string text;
  for (int signal = 1; signal < NSIG; ++signal) {
    if (sigismember(&set, signal) != 1) continue;
    text += (text.empty() ? "" : " ") + signal_name(signal);
  }
  return "[" + text + "]";
}

std::string capability_name(unsigned long capability) {
  char* const name = ::cap_to_name(static_cast<cap_value_t>(capability));
  std::string text = name == nullptr ? std::to_string(capability) : name;
  ::cap_free(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string prctl_option(int option) {
  return option == PR_SET_PDEATHSIG      ? "PR_SET_PDEATHSIG"
         : option == PR_CAPBSET_DROP     ? "PR_CAPBSET_DROP"
         : option == PR_CAP_AMBIENT      ? "PR_CAP_AMBIENT"
         : option == PR_SET_NO_NEW_PRIVS ? "PR_SET_NO_NEW_PRIVS"
         : option == PR_SET_DUMPABLE     ? "PR_SET_DUMPABLE"
         : option == PR_SET_KEEPCAPS     ? "PR_SET_KEEPCAPS"
         : option == PR_SET_THP_DISABLE  ? "PR_SET_THP_DISABLE"
                                         : std::to_string(option);
}

std::string prctl_argument(int option, unsigned long argument) {
  if (option == PR_SET_PDEATHSIG) return signal_name(static_cast<int>(argument));
  if (option == PR_CAPBSET_DROP) return capability_name(argument);
  if (option == PR_CAP_AMBIENT && argument == PR_CAP_AMBIENT_RAISE) return "PR_CAP_AMBIENT_RAISE";
  return std::to_string(argument);
}

std::string seccomp_flags(unsigned flags) {
  // By number: the headers of Ubuntu 18.04 have not all of them.
  return decode(flags,
                {{SECCOMP_FILTER_FLAG_TSYNC, "SECCOMP_FILTER_FLAG_TSYNC"},
                 {2, "SECCOMP_FILTER_FLAG_LOG"},
                 {8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"}},
                "0");
}

std::string bpf_command(int command) {
  return command == BPF_PROG_LOAD     ? "BPF_PROG_LOAD"
         : command == BPF_PROG_ATTACH ? "BPF_PROG_ATTACH"
                                      : std::to_string(command);
}

}  // namespace lab
