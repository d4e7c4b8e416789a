#include "started_lab.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "error.h"
#include "nearest.h"
#include "step.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr int kStartMilliseconds = 30000;

fs::path directory_of_programs() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

// 00 is this one; 11 enters a container that is there.
// 00 only looks, 11 enters what 10 started, and what 12 starts is a container of 10, or a machine.
bool starts_container(const std::string& lab) {
  const std::string number = lab.substr(0, 2);
  return number != "00" && number != "11" && number != "12";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Their programs lie beside this one: NN-name; an exercise has the word behind it.
std::vector<std::string> labs() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory_of_programs())) {
    const std::string name = entry.path().filename();
    const bool numbered =
        name.size() > 3 && is_digit(name[0]) && is_digit(name[1]) && name[2] == '-';
    const bool variant =
        name.find("-exercise") != std::string::npos || name.find("-wrong-") != std::string::npos;
    if (numbered && !variant) found.push_back(name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string find_lab(const std::string& given) {
  std::string those_that_start;
  std::vector<std::string> names;
  for (const std::string& lab : labs()) {
    const std::string number = lab.substr(0, 2), name = lab.substr(3);
    const bool meant = given == lab || given == number || "0" + given == number || given == name;
    if (meant && !starts_container(lab))
      throw Error(fmt::format("{} starts no container", lab),
                  "--pid PID compares with any process");
    if (meant) return lab;
    names.push_back(name);
    if (starts_container(lab)) those_that_start += " " + number;
  }
  const std::string near = nearest(given, names);
  throw Error(
      fmt::format("no such lab: {}", quoted(given)),
      near.empty() ? "these are built:" + those_that_start : fmt::format("did you mean {}?", near));
}

}  // namespace

StartedLab::StartedLab(const std::string& lab) : name_(find_lab(lab)) {
  int ends[2] = {};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
    throw SyscallError({"socketpair", {}}, errno);
  socket_.reset(ends[0]);
  const UniqueFd commands_end(ends[1]);
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);

  const std::string program = directory_of_programs() / name_;
  tell("run", program + " -- cat");
  lab_ = fork_child([&]() -> int {
    ::dup2(commands_end.get(), STDIN_FILENO);
    ::dup2(commands_end.get(), STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), "--", "cat", nullptr);
    throw SyscallError({"execl", {program.c_str()}}, errno);
  });
  wait_for_command();
}

// cat(1) says what it is told. The kernel adds who says it: the pid that the command has here. Then it
// is the command, and every step of the lab is done.
void StartedLab::wait_for_command() {
  char text[16] = "ready\n";
  ::send(socket_.get(), text, std::strlen(text), MSG_NOSIGNAL);
  pollfd readable{socket_.get(), POLLIN, 0};
  const bool in_time = ::poll(&readable, 1, kStartMilliseconds) == 1;

  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
  iovec part{text, sizeof text};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  const bool answered = in_time && ::recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC) > 0;
  const cmsghdr* credentials = answered ? CMSG_FIRSTHDR(&header) : nullptr;
  if (credentials == nullptr || credentials->cmsg_type != SCM_CREDENTIALS)
    throw Error(fmt::format("{} did not start", name_),
                fmt::format("./lab run {} -- cat shows what it says", name_.substr(0, 2)));
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(credentials), sizeof sender);
  pid_ = std::to_string(sender.pid);
}

StartedLab::~StartedLab() {
  socket_.reset();
  if (pid_.empty()) return;  // what did not start is killed, as a Child is
  try {
    lab_.wait();
  } catch (const Error& error) {
    say(std::string(error.what()) + "\n");
  }
}

}  // namespace lab
