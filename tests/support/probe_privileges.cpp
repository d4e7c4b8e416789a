// What the probe may do: system calls that a filter or a missing capability refuses, devices, and
// set-user-ID programs. The calls are harmless: where they are let through, their arguments are wrong,
// or ask for what is there already.

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

#include "probe.h"

namespace probe {
namespace {

using Words = std::istringstream;

struct Call {
  const char* name;
  long (*make)();
};

long clone_with(unsigned long flags) {
  const long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid(static_cast<pid_t>(pid), nullptr, 0);
  return pid;
}

long ioctl_with(std::uint64_t request) {
  return syscall(SYS_ioctl, STDIN_FILENO, request, "x");
}

const Call kCalls[] = {
    {"acct", [] { return syscall(SYS_acct, "/no-such-file"); }},
    {"add_key", [] { return syscall(SYS_add_key, nullptr, nullptr, nullptr, 0, 0); }},
    {"clone-newuser", [] { return clone_with(CLONE_NEWUSER); }},
    {"clone-newnet", [] { return clone_with(CLONE_NEWNET); }},
    {"clone", [] { return clone_with(0); }},
    {"clone3", [] { return syscall(435, nullptr, 0); }},
    {"fanotify_init", [] { return syscall(SYS_fanotify_init, ~0U, 0); }},
    {"get_mempolicy", [] { return syscall(SYS_get_mempolicy, nullptr, nullptr, 0, nullptr, 0); }},
    {"init_module", [] { return syscall(SYS_init_module, nullptr, 0, nullptr); }},
    {"io_uring_setup", [] { return syscall(425, 0, nullptr); }},
    {"kcmp", [] { return syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0); }},
    {"kexec_load", [] { return syscall(SYS_kexec_load, 0, ~0UL, nullptr, 0); }},
    {"keyctl", [] { return syscall(SYS_keyctl, 0, -3, 0); }},
    {"mount", [] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }},
    {"newest", [] { return syscall(470); }},
    {"perf_event_open", [] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
    {"process_vm_readv",
     [] { return syscall(SYS_process_vm_readv, getpid(), nullptr, 0, nullptr, 0, 0); }},
    {"ptrace", [] { return syscall(SYS_ptrace, PTRACE_PEEKDATA, 0, 0, 0); }},
    {"reboot", [] { return syscall(SYS_reboot, 0, 0, 0, nullptr); }},
    {"request_key", [] { return syscall(SYS_request_key, nullptr, nullptr, nullptr, 0); }},
    {"sethostname", [] { return syscall(SYS_sethostname, "", -1); }},
    {"setns", [] { return syscall(SYS_setns, -1, 0); }},
    {"settimeofday", [] { return syscall(SYS_settimeofday, nullptr, nullptr); }},
    {"swapon", [] { return syscall(SYS_swapon, nullptr, 0); }},
    {"syslog", [] { return syscall(SYS_syslog, 10, nullptr, 0); }},
    {"tiocsti", [] { return ioctl_with(TIOCSTI); }},
    {"tiocsti-above-32-bits", [] { return ioctl_with((std::uint64_t{1} << 32) | TIOCSTI); }},
    {"umount2", [] { return syscall(SYS_umount2, "", -1); }},
    {"unshare", [] { return syscall(SYS_unshare, 0); }},
    {"userfaultfd", [] { return syscall(SYS_userfaultfd, -1); }},
};

std::string make_call(Words& words) {
  const std::string name = next_word(words);
  for (const Call& call : kCalls) {
    if (name == call.name) return outcome(call.make() == -1 ? -1 : 0);
  }
  return "unknown call " + name;
}

// As a program for 32-bit x86 makes calls, with the numbers that they have there, and zeros as
// arguments. Where the kernel has no such programs, a signal ends who tries.
std::string make_call_of_x86(Words& words) {
#ifdef __x86_64__
  const long number = next_number(words);
  const pid_t child = fork();
  if (child == 0) {
    long result = number;
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(0L), "c"(0L), "d"(0L), "S"(0L), "D"(0L)
                 : "memory", "r8", "r9", "r10", "r11");
    _exit(static_cast<int>(-result));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) return "no 32-bit calls";
  errno = WEXITSTATUS(status);
  return outcome(errno == 0 ? 0 : -1);
#else
  (void)words;
  return "no 32-bit calls";
#endif
}

// Whom a program runs as that nobody starts.
std::string run_as_nobody(Words& words) {
  const std::string program = next_word(words);
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(65534) == -1 || setuid(65534) == -1) _exit(2);
    execl(program.c_str(), program.c_str(), "is-user", "0", nullptr);
    _exit(3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int said = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return said == 0 ? "root" : said == 1 ? "nobody" : "failed " + std::to_string(said);
}

std::string make_character_device(Words& words) {  // PATH MAJOR MINOR
  const std::string path = next_word(words);
  const auto major = static_cast<unsigned>(next_number(words));
  const auto minor = static_cast<unsigned>(next_number(words));
  return outcome(mknod(path.c_str(), S_IFCHR | 0600, makedev(major, minor)));
}

std::string open_for(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd == -1) return outcome(-1);
  close(fd);
  return "ok";
}

// How much can be read there, at once.
std::string bytes_in(Words& words) {
  const int fd = open(next_word(words).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  char text[4096];
  const ssize_t size = read(fd, text, sizeof text);
  const std::string said = size == -1 ? outcome(-1) : std::to_string(size);
  close(fd);
  return said;
}

}  // namespace

const std::vector<Verb> privilege_verbs{
    {"call", make_call},               // NAME, of the table above
    {"call32", make_call_of_x86},      // NUMBER
    {"run-as-nobody", run_as_nobody},  // PATH of a probe: "root" or "nobody"
    {"mknod", make_character_device},
    {"bytes-in", bytes_in},
    {"open", [](Words& words) { return open_for(next_word(words), O_RDONLY); }},
    {"open-to-write", [](Words& words) { return open_for(next_word(words), O_WRONLY); }},
};

}  // namespace probe
