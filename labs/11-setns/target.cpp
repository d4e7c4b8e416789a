#include "target.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>
#include <vector>

#include "container_state.h"
#include "error.h"
#include "namespaces.h"
#include "nearest.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr const char* kList = "./lab ps lists those that run";

bool is_pid(const std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr size_t kMostDigits = 9;
  return !text.empty() && text.size() <= kMostDigits && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), is_digit);
}

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code unreadable;
  return fs::equivalent(one, other, unreadable);
}

// Neither a namespace nor a root of its own. `process` is its directory in /proc.
bool is_on_host(const fs::path& process) {
  const bool shares_all =
      std::all_of(kNamespaceKinds.begin(), kNamespaceKinds.end(), [&](const NamespaceKind& kind) {
        const fs::path own = fs::path("/proc/self/ns") / kind.file;
        return !fs::exists(own) || same_file(process / "ns" / kind.file, own);
      });
  return shares_all && same_file(process / "root", "/");
}

// `process` is its directory in /proc.
std::string parent_of(const fs::path& process) {
  return status_field(read_file(process / "status"), "PPid");
}

bool descends_from(const std::string& ancestor, const fs::path& process) {
  std::string parent = parent_of(process);
  while (!parent.empty() && parent != "0" && parent != ancestor)
    parent = parent_of("/proc/" + parent);
  return parent == ancestor;
}

// A lab has a container and is in none; its child may be half in it (lab 09). What is to be the first
// process has its full powers until it runs the command.
void refuse_what_is_no_container_yet(const std::string& pid, const fs::path& process) {
  const std::string parent = parent_of(process);
  for (const ContainerFacts& facts : containers()) {
    const std::string supervisor = std::to_string(facts.supervisor);
    if (facts.pid == 0 && (pid == supervisor || descends_from(supervisor, process)))
      throw Error(fmt::format("process {} is of a container that is being made", pid), kList);
    if (facts.pid == 0 || pid == std::to_string(facts.pid) ||
        (pid != supervisor && parent != supervisor))
      continue;
    throw Error(fmt::format("process {} is the lab itself, outside of its container", pid),
                fmt::format("the container's first process is meant: --pid {}, or {}", facts.pid,
                            facts.name));
  }
}

}  // namespace

Target::Target(const std::string& pid)
    : pid_(pid), directory_(::open(("/proc/" + pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) throw Error(fmt::format("the process {} has ended", pid), kList);
}

fs::path Target::directory() const {
  return fmt::format("/proc/self/fd/{}", directory_.get());
}

bool Target::has_ended() const {
  const std::string state = status_field(read_file(directory() / "status"), "State");
  if (state.empty() || state.front() == 'Z' || state.front() == 'X') return true;
  std::error_code error;  // on its way to its end it has no namespaces any more
  std::ignore = fs::read_symlink(directory() / "ns/mnt", error);
  return error == std::errc::no_such_file_or_directory;
}

// Its pid may be another process's by now: a container's first process is below its lab.
Target Target::first_process_of(const ContainerFacts& facts) {
  Target target(std::to_string(facts.pid));
  const bool is_its = descends_from(std::to_string(facts.supervisor), target.directory()) &&
                      !is_on_host(target.directory());
  if (!is_its || target.has_ended())
    throw Error(fmt::format("the container {} has ended", facts.name), kList);
  return target;
}

Target Target::named(const std::string& name) {
  const std::vector<ContainerFacts> running = running_containers();
  std::vector<std::string> names;
  for (const ContainerFacts& facts : running) {
    if (facts.name == name) return first_process_of(facts);
    names.push_back(facts.name);
  }
  const std::string near = nearest(name, names);
  throw Error(fmt::format("no running container has the name {}", quoted(name)),
              near.empty() ? kList : fmt::format("did you mean {}? {}", near, kList));
}

Target Target::with_pid(const std::string& text) {
  if (!is_pid(text))
    throw Error(fmt::format("--pid {}: not a pid", quoted(text)), "for example --pid 4711");
  if (!fs::exists("/proc/" + text + "/status"))
    throw Error(fmt::format("--pid {}: there is no such process", text), kList);
  Target target(text);
  refuse_what_is_no_container_yet(text, target.directory());
  if (target.has_ended()) throw Error(fmt::format("--pid {}: the process has ended", text), kList);
  if (is_on_host(target.directory())) {
    throw Error(fmt::format("process {} is in no container: it shares every namespace, and the "
                            "root, with this one",
                            text),
                kList);
  }
  return target;
}

int told_where_it_ended(const Target& target, const std::function<int()>& body) {
  try {
    return body();
  } catch (const SyscallError& error) {
    if (!target || !target.has_ended()) throw;
    throw Error(fmt::format("the container ended meanwhile: {}", error.what()), kList);
  }
}

TargetOption::TargetOption(App& app) {
  app.operand_in_place_of_image("NAME", [this](const std::string& name) {
    if (target_)
      throw Error(fmt::format("--pid and the name {}: which of the two?", quoted(name)),
                  "one of them says which container; the command comes after --");
    target_ = Target::named(name);
  });
  app.option("--pid", "PID", "a process of the container, as the host has it; else NAME",
             [this](const std::string& text) { target_ = Target::with_pid(text); });
  app.flag("--list", "enter none: print which containers run", list_);
}

const Target& TargetOption::target() const {
  if (!target_ && !listing())
    throw Error("which container?",
                std::string("11-setns NAME -- COMMAND, or --pid PID; ") + kList);
  return target_;
}

}  // namespace lab
