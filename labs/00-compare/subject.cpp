#include "subject.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "error.h"
#include "pipe.h"
#include "process.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

// /proc/PID/… of a user namespace is closed to who is not root there: it is joined first. Root has
// power over all below its own, and needs not.
void join_user_namespace(const Subject& subject) {
  if (::geteuid() == 0 || subject.name_space("user") == namespace_of("self", "user")) return;
  sys::setns(sys::open(subject.path("ns/user"), O_RDONLY).get(), CLONE_NEWUSER);
}

void join(const Subject& subject, const NamespaceKind& kind) {
  const bool joined = subject.name_space(kind.file) == namespace_of("self", kind.file);
  // One's own mount namespace is joined again: that leads from a chroot to the namespace's root.
  if (joined && kind.flag != CLONE_NEWNS) return;
  const UniqueFd name_space = sys::open(subject.path("ns/") + kind.file, O_RDONLY);
  join_user_namespace(subject);
  sys::setns(name_space.get(), kind.flag);
}

}  // namespace

Subject::Subject(const std::string& pid)
    : pid_(pid), proc_(::open(path("").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!proc_)
    throw Error(fmt::format("no process has the pid {}", pid),
                "ps -e lists those that run, with the pids that the host has for them");
}

Subject Subject::self() {
  return Subject(std::filesystem::read_symlink("/proc/self"));
}

std::optional<std::string> Subject::read(const std::string& file) const {
  tell("read", path(file));
  const UniqueFd opened(::openat(proc_.get(), file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) return std::nullopt;
  return read_to_end(opened.get());
}

std::optional<std::string> Subject::status(const std::string& key) const {
  const std::optional<std::string> text = read("status");
  if (!text) return std::nullopt;
  return status_field(*text, key);
}

std::optional<std::string> Subject::name_space(const std::string& file) const {
  const std::string link = namespace_of(pid_, file);
  return link.empty() ? std::nullopt : std::optional(link);
}

std::optional<std::string> Subject::within(const NamespaceKind& kind,
                                           const std::function<std::string()>& ask) const {
  Pipe pipe;
  Child child = fork_child([&] {
    try {
      join(*this, kind);
    } catch (const SyscallError&) {  // told as not readable
      return EXIT_FAILURE;
    }
    const std::string answer = ask();
    return ::write(pipe.write_end.get(), answer.data(), answer.size()) ==
                   static_cast<ssize_t>(answer.size())
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
  });
  pipe.write_end.reset();
  std::string answer = read_to_end(pipe.read_end.get());
  if (child.wait() != EXIT_SUCCESS) return std::nullopt;
  return answer;
}

void Subject::expect_alive() const {
  const std::string state = status("State").value_or("X");
  if (state[0] != 'X' && state[0] != 'Z') return;  // dead, or a zombie
  throw Error(fmt::format("process {} ended while it was looked at", pid_),
              "a container lives as long as its first process; compare one that waits");
}

const NamespaceKind& namespace_kind(const std::string& file) {
  return *std::find_if(kNamespaceKinds.begin(), kNamespaceKinds.end(),
                       [&](const NamespaceKind& kind) { return kind.file == file; });
}

}  // namespace lab
