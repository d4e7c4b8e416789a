#include "container_state.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>

#include "error.h"
#include "procfs.h"
#include "step.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

fs::path directory() {
  return state_directory() / "containers";
}

// Taking names and sweeping: one at a time, as who looks whether a name is free holds it meanwhile.
LockFile alone() {
  return LockFile::lock(state_directory() / "containers-lock", state_directory());
}

LockFile try_name(const std::string& name) {
  return LockFile::try_lock(directory() / name / "lock", state_directory());
}

fs::path file_of(const std::string& name) {
  return directory() / name / "state.json";
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  std::error_code none_there;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory(), none_there)) {
    if (entry.is_directory(none_there)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A name whose lock can be had belongs to no one. Who calls this is alone.
bool sweep(const std::string& name) {
  const LockFile left = try_name(name);  // removes its file, and the directory with it
  if (left) ::unlink(file_of(name).c_str());
  return static_cast<bool>(left);
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[sizeof "2026-11-22T12:30:00Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace

fs::path state_directory() {
  if (::geteuid() == 0) return kLockDirectory;
  const char* const own = std::getenv("XDG_RUNTIME_DIR");
  const bool usable = own != nullptr && *own == '/' && ::access(own, W_OK | X_OK) == 0;
  return usable ? fs::path(own) / "lab" : fs::path();
}

std::string to_json(const ContainerFacts& facts) {
  const nlohmann::ordered_json json{
      {"name", facts.name},
      {"lab", facts.lab},
      {"supervisor", facts.supervisor},
      {"pid", facts.pid},
      {"pid_inside", facts.pid_inside},
      {"address", facts.address},
      {"started", facts.started},
      {"command", facts.command},
      {"rootfs", facts.rootfs},
  };
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::optional<ContainerFacts> from_json(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    ContainerFacts facts;
    json.at("name").get_to(facts.name);
    json.at("lab").get_to(facts.lab);
    json.at("supervisor").get_to(facts.supervisor);
    json.at("pid").get_to(facts.pid);
    json.at("pid_inside").get_to(facts.pid_inside);
    json.at("address").get_to(facts.address);
    json.at("started").get_to(facts.started);
    json.at("command").get_to(facts.command);
    json.at("rootfs").get_to(facts.rootfs);
    return facts;
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

ContainerState::ContainerState(const std::string& lab, const std::string& name,
                               const Request& request) {
  if (listing() || state_directory().empty()) return;
  facts_.name = name;
  facts_.lab = lab;
  facts_.supervisor = ::getpid();
  facts_.started = now();
  facts_.command = request.command;
  facts_.rootfs = fs::absolute(request.rootfs).lexically_normal();

  const LockFile mutex = alone();
  for (const std::string& other : names()) sweep(other);
  lock_ = try_name(name);
  if (!lock_) {
    throw Error(fmt::format("the name {} is in use: a running lab has it", name),
                "give another one with --name; ./lab ps lists those that run");
  }
  path_ = file_of(name);
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  file_.reset(::open(path_.c_str(), flags, 0600));
  if (!file_)
    throw SyscallError({"open", {CString(path_), Arg::literal("O_WRONLY|O_CREAT")}}, errno);
  write();
}

void ContainerState::write() const {
  const std::string text = to_json(facts_);
  if (::ftruncate(file_.get(), 0) == -1 ||
      ::pwrite(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    throw SyscallError({"write", {CString(path_), Arg::literal("…")}}, errno);
}

ContainerState::~ContainerState() {
  if (lock_) ::unlink(path_.c_str());  // before the directory, which goes with the lock
}

void ContainerState::note_pids() {
  if (!file_) return;
  std::istringstream pids(pids_of("self"));
  pids >> facts_.pid;
  facts_.pid_inside = facts_.pid;
  for (pid_t deeper = 0; pids >> deeper;) facts_.pid_inside = deeper;
}

void ContainerState::publish(const std::string& address) {
  if (!file_) return;
  facts_.address = address;
  write();
  tell("state", path_);
  file_.reset();
}

std::vector<ContainerFacts> containers() {
  if (state_directory().empty() || names().empty()) return {};
  const LockFile mutex = alone();
  std::vector<ContainerFacts> found;
  for (const std::string& name : names()) {
    if (sweep(name)) continue;
    if (const auto facts = from_json(read_file(file_of(name)))) found.push_back(*facts);
  }
  return found;
}

std::vector<ContainerFacts> running_containers() {
  std::vector<ContainerFacts> running = containers();
  const auto in_the_making = [](const ContainerFacts& facts) { return facts.pid == 0; };
  running.erase(std::remove_if(running.begin(), running.end(), in_the_making), running.end());
  return running;
}

std::optional<ContainerFacts> find_container(const std::string& name) {
  for (const ContainerFacts& facts : running_containers()) {
    if (facts.name == name) return facts;
  }
  return {};
}

}  // namespace lab
